"""Data, jobs, models and the report, against a real factory."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("client")
TRAIN = """
import json, os, sys
print("\\x1b[31mred\\x1b[0m", "\\u202e", flush=True)
print(sorted(os.listdir(".")), sorted(os.listdir("inputs")), os.environ["WHO"], flush=True)
print(os.environ["FABRIEK_PARAMETERS"], flush=True)
json.dump({"auc": 0.75}, open("output/metrics.json", "w"))
"""


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


def test_what_is_pushed_comes_back(member: Any, tmp_path: Path) -> None:
    member.ok("use", member.project)
    data = write(tmp_path / "Some Data", a_csv="1,2\n", b_txt="")
    (data / "deep").mkdir()
    (data / "deep" / "c.bin").write_bytes(os.urandom(200_000))
    assert "some-data@1: 3 files" in member.ok("data", "push", data)
    assert "some-data@1" in member.ok("data", "push", data)
    write(data, a_csv="1,3\n")
    pushed = json.loads(member.ok("data", "push", data, "--json"))
    assert (pushed["dataset"], pushed["number"]) == ("some-data", 2)
    assert "some-data" in member.ok("data", "list")
    assert member.ok("data", "list", "--kind", "model", "--json") != ""
    assert len(json.loads(member.ok("data", "versions", "some-data", "--json"))) == 2
    assert "deep/c.bin" in member.ok("data", "files", "some-data@1")
    for reference, text in (("some-data@1", "1,2\n"), (f"{member.project}/some-data", "1,3\n")):
        out = tmp_path / f"out-{text[2]}"
        member.ok("data", "pull", reference, out)
        assert (out / "a.csv").read_text() == text
        assert (out / "deep/c.bin").read_bytes() == (data / "deep/c.bin").read_bytes()
    assert "[destination-exists]" in member.run("data", "pull", "some-data@1", out).stderr


def test_what_cannot_be_pushed_says_why(member: Any, tmp_path: Path) -> None:
    member.ok("use", member.project)
    (tmp_path / "empty").mkdir()
    linked = write(tmp_path / "linked", a_txt="x")
    (linked / "link").symlink_to("/etc/passwd")
    for path, code in (
        (tmp_path / "none", "no-such-path"),
        (tmp_path / "empty", "nothing-to-store"),
        (linked, "unsupported-file"),
    ):
        done = member.run("data", "push", path)
        assert done.returncode == 1
        assert f"[{code}]" in done.stderr
        member.language = "nl"
        assert "Wat u kunt doen" in member.run("data", "push", path).stderr
        member.language = "en"
    assert "'link'" in done.stderr
    assert member.run("data", "list", "--json").stdout.count("linked") == 0


def test_data_does_not_end_up_less_protected_than_asked(member: Any, tmp_path: Path) -> None:
    member.ok("use", member.project)
    data = write(tmp_path / "patients", a_csv="1\n")
    member.ok("data", "push", data)
    done = member.run("data", "push", data, "--classification", "confidential")
    assert done.returncode == 1
    assert "[dataset-differs]" in done.stderr
    assert "[dataset-differs]" in member.run("data", "push", data, "--personal-data").stderr
    member.ok("data", "push", data, "--classification", "internal", "--no-personal-data")


def test_ctrl_c_says_how_to_go_on_and_the_next_push_does(member: Any, tmp_path: Path) -> None:
    member.ok("use", member.project)
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        for _ in range(24):
            file.write(os.urandom(16_000_000))
    process = member.start("data", "push", large)
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    if process.returncode:  # on a fast machine it may have been done
        assert process.returncode == 130
        assert "What was sent is kept" in err
        assert f"fabriek data push {large}" in err
    assert "large@1: 1 file, 384 MB" in member.ok("data", "push", large)


def test_a_job_from_code_to_card(member: Any, tmp_path: Path) -> None:
    member.ok("use", member.project)
    member.ok("data", "push", write(tmp_path / "numbers", a_csv="1\n2\n"))
    code = write(tmp_path / "code", train_py=TRAIN)
    options = ["--cpus", "1", "--memory", "512M", "--time", "1m", "--code", code, "--env", "WHO=me"]
    options += ["--input", "in=numbers@1", "--input", "numbers", "--param", "rate=0.5"]
    options += ["--param", "name=x", "--param", "on=true", "--name", "first [bold]try"]
    done = member.run("run", *options, "--model", "adder", "--follow", "python3", "train.py")
    assert done.returncode == 0, done.stdout + done.stderr
    log = done.stdout
    assert log.startswith("\\x1b[31mred\\x1b[0m \\u202e\n")
    assert "'train.py'" in log and "['in', 'numbers'] me" in log.replace(
        "['numbers', 'in']", "['in', 'numbers']"
    )
    assert '"rate": 0.5' in log and '"name": "x"' in log and '"on": true' in log
    assert "Input: numbers@1 (the newest)" in done.stderr
    assert "-> code@" in done.stderr
    assert "succeeded" in done.stderr and "Model: adder@1" in done.stderr
    job = json.loads(member.ok("jobs", "--limit", "1", "--json"))[0]
    number = job["id"]
    assert "first [bold]try" in member.ok("jobs")
    assert "auc 0.75" in member.ok("job", "show", number)
    assert member.ok("logs", number) == log == member.ok("logs", "-f", number)
    assert member.ok("logs", number, "--offset", "5") != log
    assert "finished well" in member.ok("why", number)
    assert "adder" in member.ok("models", "list")
    assert "auc 0.75" in member.ok("models", "show", "adder")
    assert "numbers@1" in member.ok("models", "show", "adder@1")
    done = member.run("model", "card", "adder@1", "--set", "summary=Adds <b>up</b>")
    assert done.returncode == 0
    assert "Still to be filled in: intended_use" in done.stderr
    assert "Adds" in member.ok("model", "card", "adder@1")
    assert "[card-field" in member.run("model", "card", "adder@1", "--set", "x=y").stderr
    card = tmp_path / "card.md"
    member.ok("model", "card", f"{member.project}/adder@1", "--output", card)
    assert "Adds" in card.read_text()


def test_what_a_job_left_becomes_a_model_afterwards(member: Any) -> None:
    member.ok("use", member.project)
    words = ["run", "--no-code", "--output", "left", "--wait", "--json", "--"]
    job = json.loads(member.ok(*words, "sh", "-c", "echo 1 > output/weights"))
    assert job["output"] == {"dataset": "left", "version": 1}
    assert member.ok("model", "register", job["id"], "late") == "Registered: late@1\n"
    assert "left@1" in member.ok("models", "show", "late@1")
    again = json.loads(member.ok("model", "register", job["id"], "late", "--json"))
    assert again == {"model_version": "late@1"}
    empty = json.loads(member.ok("run", "--no-code", "--wait", "--json", "true"))
    done = member.run("model", "register", empty["id"], "late")
    assert done.returncode == 1
    assert "What you can do" in done.stderr


def test_a_job_that_fails_ends_with_3(member: Any) -> None:
    member.ok("use", member.project)
    for flag in ("--wait", "--follow"):
        done = member.run("run", "--no-code", flag, "--", "sh", "-c", "echo no >&2; exit 7")
        assert done.returncode == 3, done.stderr
        assert "[command-failed]" in done.stderr and "What you can do" in done.stderr
    done = member.run("run", "--no-code", "--wait", "--json", "--", "sh", "-c", "exit 7")
    assert done.returncode == 3
    assert json.loads(done.stdout)["exit_code"] == 7


def test_what_is_refused_ends_with_1_and_is_not_submitted(member: Any) -> None:
    member.ok("use", member.project)
    before = member.ok("jobs", "--json")
    for options, code in (
        (["--cpus", "4000"], "job-too-large"),
        (["--cpus", "0"], "invalid-input"),
        (["--gpus", "1"], "job-too-large"),
        (["--input", "nothing@1"], "no-such-version"),
        (["--purpose", "defence"], "purpose-not-cleared"),
        (["--time", "1000d"], "job-too-large"),
    ):
        done = member.run("run", "--no-code", *options, "true")
        assert done.returncode == 1, (options, done.stderr)
        assert re_code(done.stderr) == code or options == ["--gpus", "1"], done.stderr
        assert "What you can do" in done.stderr
    assert member.ok("jobs", "--json") == before


def re_code(text: str) -> str:
    return text.split("[")[1].split("]", maxsplit=1)[0]


def test_ctrl_c_leaves_the_job_running_until_it_is_cancelled(member: Any) -> None:
    member.ok("use", member.project)
    words = ["run", "--no-code", "-f", "--", "sh", "-c", "echo begun; sleep 100"]
    process = member.start(*words)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    number = json.loads(member.ok("jobs", "--state", "running", "--json"))[0]["id"]
    assert f"fabriek logs -f {number}" in err
    member.ok("cancel", number)
    done = member.run("logs", "-f", number)
    assert done.returncode == 0
    assert done.stdout.startswith("begun\n")
    member.ok("cancel", number)
    assert json.loads(member.ok("job", "show", number, "--json"))["state"] == "cancelled"


def test_the_report(member: Any, tmp_path: Path) -> None:
    facts = json.loads(member.ok("report", member.project, "--json"))
    assert facts["project"]["slug"] == member.project
    path = tmp_path / "report.md"
    assert member.ok("report", member.project, "-o", path) == ""
    assert path.read_text().startswith("# Report of project")
    member.language = "nl"
    assert member.ok("report", member.project).startswith("# Verslag van project")
    done = member.run("report", member.project, "-o", tmp_path / "no" / "where")
    assert done.returncode == 1
    assert "[not-written]" in done.stderr


def test_a_stranger_sees_nothing(member: Any, person: Any, tmp_path: Path) -> None:
    project = member.project
    made = json.loads(member.ok("run", "-p", project, "--no-code", "--json", "true"))
    number = made["id"]
    data = write(tmp_path / "secret", a_csv="1")
    member.ok("data", "push", data, "-p", project)
    for command in (
        ["jobs", "-p", project],
        ["job", "show", number],
        ["logs", number],
        ["cancel", number],
        ["why", number],
        ["data", "list", "-p", project],
        ["data", "pull", f"{project}/secret@1", "x"],
        ["models", "list", "-p", project],
        ["report", project],
        ["projects", "show", project],
    ):
        done = person.run(*command)
        assert done.returncode == 1
        assert "[not-found]" in done.stderr, done.stderr


@pytest.mark.parametrize("name", ["../../me", "a/b/c", "%2e%2e", "..", "\u202ex", "x" * 300, "🚀"])
def test_odd_names_are_refused_and_shown_safely(member: Any, name: str) -> None:
    done = member.run("projects", "show", name)
    assert done.returncode == 1, done.stderr
    assert "\u202e" not in done.stderr
    done = member.run("data", "files", name, "-p", member.project)
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
