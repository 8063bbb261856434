"""Submitting a job from a blueprint: who may, what is checked, and what is stored."""

from pathlib import Path
from typing import Any

import kit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.compute.blueprints import loading, rules
from fabriek.compute.models import Job
from fabriek.core.problems import Problem

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


@pytest.fixture
def table(place: Any, tmp_path: Path) -> str:
    kit.folder(tmp_path / "in", {"a.csv": b"x,y\n1,2\n", "sub/b.csv": b"p,q\n"})
    return kit.push(place.api, place.project.slug, "numbers", tmp_path / "in")


def post(place: Any, name: str, **body: Any) -> tuple[int, Any]:
    return place.api.post(f"/projects/{place.project.slug}/blueprints/{name}/jobs", body)


def test_the_job_is_what_the_blueprint_says(engine: Any, place: Any, table: str) -> None:
    status, job = post(
        place,
        "learn-from-table",
        inputs={"table": table},
        parameters={"file": "sub/b.csv", "target": "q; rm -rf /"},
        cpus=1,
    )
    assert status == 201, job
    assert job["command"] == [
        "python3",
        "train.py",
        "--file=inputs/table/sub/b.csv",
        "--target=q; rm -rf /",
        "--kind=auto",
    ]
    assert job["blueprint"] == "learn-from-table"
    assert job["name"] == "Learn a model from a table"
    assert (job["cpus"], job["memory_mib"], job["time_limit_s"]) == (1, 2048, 600)
    assert job["code"] == "learn-from-table@1"
    assert job["inputs"] == [{"name": "table", "dataset": table}]
    assert job["parameters"]["language"] == "en" and job["parameters"]["seed"] == 20
    row = Job.objects.get(pk=job["id"])
    assert (row.output_kind, row.output_name) == ("model", "first-model")


def test_the_same_code_is_the_same_version(engine: Any, place: Any, table: str) -> None:
    answers = {"inputs": {"table": table}, "parameters": {"file": "a.csv"}}
    found = {post(place, "describe-table", **answers)[1]["code"] for _ in range(3)}
    assert found == {"describe-table@1"}
    path = f"/projects/{place.project.slug}/datasets/describe-table"
    dataset = place.api.get(path)[1]
    assert (dataset["kind"], dataset["versions"]) == ("code", 1)
    files = place.api.get(f"/datasets/{dataset['id']}/versions/1/files")[1]["items"]
    assert [file["path"] for file in files] == list(loading.code("describe-table"))
    content = place.api.get(f"/datasets/{dataset['id']}/versions/1/files/describe.py")[1]
    assert content == loading.code("describe-table")["describe.py"]


def test_data_of_the_same_name_are_not_in_the_way(engine: Any, place: Any, table: str) -> None:
    body = {"slug": "describe-table", "kind": "data"}
    assert place.api.post(f"/projects/{place.project.slug}/datasets", body)[0] == 201
    answers = {"inputs": {"table": table}, "parameters": {"file": "a.csv"}}
    assert post(place, "describe-table", **answers)[1]["code"] == "describe-table-2@1"


def test_ones_own_command(engine: Any, place: Any, table: str) -> None:
    command = "python3 -c 'print(1) | cat' --x=\"a b\""
    status, job = post(place, "own-command", parameters={"command": command}, code=table)
    assert status == 201, job
    assert job["command"] == ["python3", "-c", "print(1) | cat", "--x=a b"]
    assert (job["code"], job["inputs"], job["parameters"]) == (table, [], {})


@pytest.mark.parametrize(
    ("name", "parameters", "where"),
    [
        ("learn-from-table", {"file": "a.csv"}, "target"),
        ("learn-from-table", {"file": "a.csv", "target": "a\nb"}, "target"),
        ("learn-from-table", {"file": "a.csv", "target": "a" * 201}, "target"),
        ("learn-from-table", {"file": "a.csv", "target": 3}, "target"),
        ("learn-from-table", {"file": "a.csv", "target": "a", "kind": "magic"}, "kind"),
        ("learn-from-table", {"file": "a.csv", "target": "a", "more": "x"}, "'more'"),
        ("describe-table", {"file": "a.csv", "common": 0}, "common"),
        ("describe-table", {"file": "a.csv", "common": 51}, "common"),
        ("describe-table", {"file": "a.csv", "common": "many"}, "common"),
        ("describe-table", {"file": "a.csv", "common": True}, "common"),
        ("own-command", {"command": "echo 'a"}, "command"),
        ("own-command", {"command": "  "}, "command"),
        ("own-command", {"command": []}, "command"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    engine: Any, place: Any, table: str, name: str, parameters: dict[str, Any], where: str
) -> None:
    inputs = {} if name == "own-command" else {"table": table}
    status, answer = post(place, name, inputs=inputs, parameters=parameters)
    assert (status, answer["code"]) == (422, "invalid-input"), answer
    assert answer["facts"]["where"] == where
    assert Job.objects.count() == 0


def test_data_and_files_must_be_there(engine: Any, place: Any, table: str) -> None:
    good = {"file": "a.csv"}
    for inputs, parameters, code in (
        ({}, good, "invalid-input"),
        ({"table": "numbers@2"}, good, "no-such-version"),
        ({"table": table, "other": table}, good, "invalid-input"),
        ({"table": table}, {"file": "c.csv"}, "no-such-file"),
        ({"table": table}, {"file": "../a.csv"}, "no-such-file"),
    ):
        answer = post(place, "describe-table", inputs=inputs, parameters=parameters)[1]
        assert answer["code"] == code, answer


def test_who_may(engine: Any, place: Any, table: str) -> None:
    answers = {"inputs": {"table": table}, "parameters": {"file": "a.csv"}}
    path = f"/projects/{place.project.slug}/blueprints/describe-table/jobs"
    for role, expected in (("viewer", 403), ("member", 201)):
        who = kit.api(kit.member(place.project, role))
        assert who.post(path, answers)[0] == expected
    assert kit.api(kit.person()).post(path, answers)[0] == 404
    assert post(place, "no-such", **answers)[0] == 404


def test_too_large_is_refused_as_any_job(engine: Any, place: Any, table: str) -> None:
    answers = {"inputs": {"table": table}, "parameters": {"file": "a.csv"}}
    assert post(place, "describe-table", **answers, cpus=99)[1]["code"] == "job-too-large"


def test_the_list_is_in_the_callers_language(place: Any) -> None:
    _, english = place.api.get("/blueprints")
    place.api.language = "nl"
    _, dutch = place.api.get("/blueprints")
    assert [one["id"] for one in english] == ["learn-from-table", "describe-table", "own-command"]
    for here, there in zip(english, dutch, strict=True):
        assert here["name"] != there["name"] and here["text"] != there["text"]
    common = next(p for p in english[1]["parameters"] if p["name"] == "common")
    assert (common["least"], common["most"], common["default"]) == (1, 50, 5)


def test_every_blueprint_is_whole() -> None:
    for one in loading.blueprints().values():
        names = {parameter.name for parameter in one.parameters}
        inputs = {found.name for found in one.inputs}
        assert bool(loading.code(one.id)) != one.takes_code
        for parameter in one.parameters:
            assert parameter.type in rules.TYPES
            assert not parameter.of or parameter.of in names | inputs
            assert bool(parameter.options) == (parameter.type == "choice")
        for language in ("nl", "en"):
            told = [one.name[language], one.text[language], one.output[language]]
            told += [word for p in one.parameters for word in vars(p.words[language]).values()]
            assert all(told), one.id
        assert not names & inputs


@given(st.text(max_size=300), st.text(max_size=40))
def test_a_value_stays_inside_its_word(target: str, file: str) -> None:
    blueprint = loading.blueprint("learn-from-table")
    try:
        values = rules.checked(blueprint, {"target": target, "file": file})
    except Problem as problem:
        assert problem.facts["where"] in {"target", "file"}
        return
    words = rules.command(blueprint, values)
    assert len(words) == len(blueprint.command)
    assert words[3] == f"--target={target}"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_blueprint_is_in_the_users_pages(language: str) -> None:
    page = Path(__file__).parents[4] / "docs" / "users" / language / "jobs.md"
    text = page.read_text("utf-8").partition("<!-- blueprints -->\n")[2].partition("\n\n")[0]
    listed = [line.split("`")[1] for line in text.splitlines() if "`" in line.split("|")[1]]
    assert listed == list(loading.blueprints())
