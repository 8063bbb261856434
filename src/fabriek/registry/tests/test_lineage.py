"""The picture of where a version came from, from its frozen facts alone."""

import pytest
from django.utils import translation

from fabriek.registry import queries, records
from fabriek.registry.lineage import graph
from fabriek.registry.tests.conftest import facts, stored


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def edges(**fields: object) -> list[tuple[str, str]]:
    return graph(facts(**fields), "forecast@1", "p")[1]


def test_data_and_code_lead_to_the_job_and_the_job_to_the_model() -> None:
    assert edges() == [
        ("data:readings@1", "job:7"),
        ("data:code@1", "job:7"),
        ("job:7", "model"),
    ]
    nodes = graph(facts(), "forecast@1", "p")[0]
    assert {node.id: node.href for node in nodes} == {
        "job:7": "/en/jobs/7/",
        "data:readings@1": "/en/projects/p/data/readings/1/",
        "data:code@1": "/en/projects/p/data/code/1/",
        "model": "",
    }


def test_an_input_that_a_job_made_goes_back_to_that_jobs_inputs() -> None:
    origin = {
        "job": 3,
        "job_name": "clean",
        "code": None,
        "inputs": [stored("raw")],
        "output": stored("readings"),
    }
    assert edges(origins=[origin]) == [
        ("data:raw@1", "job:3"),
        ("job:3", "data:readings@1"),
        ("data:readings@1", "job:7"),
        ("data:code@1", "job:7"),
        ("job:7", "model"),
    ]


def test_versions_of_before_origins_were_kept_have_their_picture() -> None:
    old = facts()
    del old["origins"]
    assert len(graph(old, "forecast@1", "p")[0]) == 4


def test_personal_data_are_marked() -> None:
    entry = stored("people") | {"personal_data": True}
    nodes = graph(facts(inputs=[entry]), "forecast@1", "p")[0]
    assert next(n for n in nodes if n.id == "data:people@1").note == "personal data"


def test_records_are_told_in_the_pages_own_figures() -> None:
    found = facts(parameters={"a*b": "<x>", "rate": 0.5}, code=None)
    assert records.lines("parameters", found) == ["a*b: <x>", "rate: 0.5"]
    assert records.lines("code", found) == []
    assert records.lines("data", found) == ["readings@1, 1 file, 64 bytes"]
    training = records.lines("training", found)[0]
    assert training.startswith("job 7, 1 CPU core, 100 MiB, ") and training.endswith("30 min")
    with translation.override("nl"):
        assert records.lines("parameters", found)[1] == "rate: 0,5"
        assert "geschat (bron: node-kind-model)" in records.lines("energy", found)[0]
    assert set(records._FIELDS) == {n for n, f in queries.card_fields().items() if not f.by_person}
