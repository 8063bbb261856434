"""The one flow, end to end: data in, a job, a model, the account of it."""

from decimal import Decimal
from pathlib import Path

import kit
import live

TRAIN = b"""
import json, os, pathlib
rows = pathlib.Path("inputs/numbers/n.csv").read_text().split()
rate = json.loads(os.environ["FABRIEK_PARAMETERS"])["rate"]
print("rows:", len(rows), flush=True)
out = pathlib.Path(os.environ["FABRIEK_OUTPUT"])
(out / "weights.txt").write_text(str(sum(map(float, rows)) * rate))
(out / "metrics.json").write_text(json.dumps({"auc": 0.875}))
"""


def test_from_data_to_a_documented_model(newcomer: live.Person, tmp_path: Path) -> None:
    numbers = kit.folder(tmp_path / "numbers", {"n.csv": b"1\n2\n3\n"})
    code = kit.folder(tmp_path / "code", {"train.py": TRAIN})
    data = newcomer.push("numbers", numbers)
    snapshot = newcomer.push("code", code, kind="code")
    job_id = newcomer.submit(
        "python3",
        "train.py",
        code=snapshot,
        inputs=[{"dataset": data}],
        parameters={"rate": 0.5},
        output={"kind": "model", "name": "summer"},
    )
    job = newcomer.wait(job_id)
    assert job["state"] == "succeeded", (job, newcomer.log(job_id))
    assert newcomer.log(job_id) == "rows: 3\n"
    assert job["metrics"] == {"auc": 0.875}
    assert job["model_version"] == "summer@1"
    assert job["isolation"]["sandbox"] in {"bubblewrap", "none"}
    assert Decimal(job["charged"]["cpu-hour"]) > 0
    project = newcomer.project
    version = newcomer.get(f"/projects/{project}/models/summer/versions/1")
    lineage = version["lineage"]
    assert lineage["inputs"][0]["reference"] == data
    assert lineage["code"]["reference"] == snapshot
    assert lineage["parameters"] == {"rate": 0.5}
    assert lineage["energy"]["quality"] == "estimated"
    assert lineage["purpose"] == "product-development"
    assert "summary" in version["missing"]
    answer = newcomer.http.patch(
        f"/api/v1/projects/{project}/models/summer/versions/1/card",
        json={"summary": "Adds numbers. <script>alert(1)</script>"},
    )
    assert "summary" not in answer.json()["missing"]
    report = newcomer.get(f"/projects/{project}/report")
    used = {row["unit"]: row for row in report["budgets"]}
    assert Decimal(used["cpu-hour"]["settled"]) == Decimal(job["charged"]["cpu-hour"])
    assert Decimal(used["cpu-hour"]["held"]) == 0
    assert report["models"][0]["version"] == "summer@1"
    markdown = newcomer.http.get(f"/api/v1/projects/{project}/report?format=markdown").text
    assert "summer@1" in markdown and "estimated" in markdown


def test_the_books_the_log_and_the_vault_are_right(
    factory: live.Factory, newcomer: live.Person, tmp_path: Path
) -> None:
    newcomer.wait(newcomer.submit("true"))
    live.until(lambda: factory.server("audit", "verify").returncode == 0, what="the seal")
    for command in (("ledger", "check"), ("vault", "verify"), ("audit", "verify")):
        done = factory.server(*command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_failing_command_says_so(newcomer: live.Person) -> None:
    job = newcomer.wait(newcomer.submit("sh", "-c", "echo oh no; exit 3"))
    assert (job["state"], job["reason"], job["exit_code"]) == ("failed", "command-failed", 3)
    assert "3" in job["reason_sentence"]


def test_a_running_job_is_cancelled_within_seconds(newcomer: live.Person) -> None:
    job_id = newcomer.submit("sleep", "600", time_limit_s=900)
    live.until(lambda: newcomer.job(job_id)["state"] == "running", what="the start")
    newcomer.post(f"/jobs/{job_id}/cancel")
    job = newcomer.wait(job_id, 30)
    assert (job["state"], job["reason"]) == ("cancelled", "cancelled-by-person")


def test_the_log_can_be_followed_while_it_grows(newcomer: live.Person) -> None:
    job_id = newcomer.submit("sh", "-c", "echo first; sleep 3; echo last")
    live.until(lambda: "first" in newcomer.log(job_id), what="the first line")
    assert newcomer.job(job_id)["state"] not in live.OVER
    newcomer.wait(job_id)
    assert newcomer.log(job_id) == "first\nlast\n"
