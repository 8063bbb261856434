"""Where idle time went, and running again."""

from datetime import timedelta
from typing import Any

import kit
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fabriek.compute import overviews
from fabriek.compute.models import Job
from fabriek.core import clock
from fabriek.core.problems import Problem

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])
HOUR = timedelta(hours=1)


def lived(job: Job, queued: int, started: int | None, ended: int | None, now: Any) -> None:
    """Give a job its times, in hours before now."""
    times = [None if hours is None else now - hours * HOUR for hours in (queued, started, ended)]
    state = "succeeded" if ended is not None else "running" if started is not None else "queued"
    Job.objects.filter(pk=job.pk).update(
        submitted_at=times[0], started_at=times[1], ended_at=times[2], state=state
    )


def test_idle_time_of_a_project(engine: Any, place: Any) -> None:
    now = clock.now()
    lived(place.submit(), 9, 8, 6, now)
    lived(place.submit(), 2, None, None, now)
    other = kit.person()
    kit.project(other)
    found = overviews.idle_split(place.project.pk, now - 10 * HOUR, now)
    hours = [part / 3600 for part in vars(found.split).values()]
    assert hours == pytest.approx([2, 5, 3])
    assert found.since == now - 10 * HOUR


def test_idle_time_costs_the_same_after_many_jobs(
    engine: Any, place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overviews, "IDLE_JOBS", 5)
    now = clock.now()
    lived(place.submit(), 90, 80, None, now)  # still runs, and is older than all that is looked at
    for hours in range(20, 8, -1):
        lived(place.submit(), hours, hours, hours - 1, now)
    with CaptureQueriesContext(connection) as asked:
        found = overviews.idle_split(place.project.pk, now - 100 * HOUR, now)
    assert len(asked) == 2
    assert found.since == now - 14 * HOUR  # as far back as the jobs looked at reach
    assert found.split.ran_s == pytest.approx(14 * 3600)


def test_a_job_again_is_what_was_asked(engine: Any, place: Any, tmp_path: Any) -> None:
    kit.folder(tmp_path / "in", {"a.csv": b"x\n"})
    data = kit.push(place.api, place.project.slug, "numbers", tmp_path / "in")
    job = place.submit(
        command=["python3", "-c", "print('a b')"],
        inputs=[{"dataset": data, "name": "other"}],
        environment={"A": "1"},
        parameters={"depth": 3},
        code=data,
    )
    found = overviews.again(place.manager, job.pk)
    assert found.blueprint == "own-command"
    assert found.parameters == {"command": "python3 -c 'print('\"'\"'a b'\"'\"')'"}
    assert (found.inputs, found.code) == ({"other": data}, data)
    assert found.kept["environment"] == {"A": "1"} and found.kept["parameters"] == {"depth": 3}
    assert (found.cpus, found.memory_mib, found.time_limit_s) == (1, 100, 3600)


def test_a_job_from_a_blueprint_again(engine: Any, place: Any, tmp_path: Any) -> None:
    kit.folder(tmp_path / "in", {"a.csv": b"x\n"})
    data = kit.push(place.api, place.project.slug, "numbers", tmp_path / "in")
    body = {"inputs": {"table": data}, "parameters": {"file": "a.csv", "common": 7}}
    path = f"/projects/{place.project.slug}/blueprints/describe-table/jobs"
    job = place.api.post(path, body)[1]["id"]
    found = overviews.again(place.manager, job)
    assert (found.blueprint, found.inputs) == ("describe-table", {"table": data})
    assert found.parameters["common"] == 7 and found.parameters["file"] == "a.csv"
    assert found.code == ""


def test_nobody_runs_again_what_they_may_not_see(engine: Any, place: Any) -> None:
    with pytest.raises(Problem, match="") as refused:
        overviews.again(kit.person(), place.submit().pk)
    assert refused.value.code == "not-found"
