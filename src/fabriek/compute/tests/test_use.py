"""Use over time: bounded, kept once however often it is told, and true after thinning."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.compute import reconciler, use_series
from fabriek.compute.models import Attempt, Job

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])
STARTED = "2026-11-21T10:00:00Z"

gaps = st.lists(st.floats(0.1, 5000), min_size=1, max_size=1500)


def series(steps: list[float], cpus: float = 1.5) -> list[Any]:
    points: list[Any] = []
    at_s = 0.0
    for step in steps:
        at_s += step
        new = [at_s, at_s * cpus, 100.0, 5.0]
        if use_series.wants(points, new):
            points = use_series.extended(points, new)
    return points


@given(gaps)
def test_a_series_is_bounded_in_order_and_begins_at_the_start(steps: list[float]) -> None:
    points = series(steps)
    assert len(points) <= use_series.MOST
    times = [point[0] for point in points]
    assert times == sorted(set(times)) and times[0] == 0.0


@given(gaps, st.floats(0, 64))
def test_thinning_does_not_change_the_use(steps: list[float], cpus: float) -> None:
    points = series(steps, cpus)
    for use in use_series.shown(points)[1:]:
        assert use.cpus == pytest.approx(cpus, abs=0.002)


@given(gaps)
def test_the_last_report_is_kept_and_repeating_it_changes_nothing(steps: list[float]) -> None:
    points = series(steps)
    last = [sum(steps) + 1, 9.0, 1.0, 1.0]
    once = use_series.extended(points, last)
    assert once[-1] == last
    assert use_series.extended(once, last) == once


def test_a_long_job_writes_its_series_ever_less_often() -> None:
    points: list[Any] = []
    written = 0
    for beat in range(1, 34_560):  # two days, a beat every five seconds
        new = [beat * 5.0, 1.0, 1.0, 1.0]
        if use_series.wants(points, new):
            points, written = use_series.extended(points, new), written + 1
    assert written < 1200
    assert 100 < len(points) <= use_series.MOST


def usage(at_s: float, cpu_s: float, memory_mib: float = 10) -> dict[str, Any]:
    return {
        "started_at": STARTED,
        "usage": {"at_s": at_s, "cpu_s": cpu_s, "memory_mib": memory_mib, "memory_peak_mib": 20},
    }


def test_beats_make_the_series(engine: Any, place: Any, run_one: Any) -> None:
    job = place.submit()
    agent = run_one(job)
    for body in (usage(2, 4), usage(2, 4), usage(4, 5, 30)):
        assert agent.beat(**body)[0] == 200
    status, found = place.api.get(f"/jobs/{job.pk}/usage")
    assert (status, found["attempt"]) == (200, 1)
    assert [point["t_s"] for point in found["points"]] == [0, 2, 4]
    assert [point["cpus"] for point in found["points"]] == [0, 2, 0.5]
    assert found["points"][-1]["memory_mib"] == 30
    job.refresh_from_db()
    assert set(job.usage) == {"cpu_s", "memory_peak_mib", "disk_peak_mib"}


def test_a_job_shorter_than_a_beat_has_a_start_and_an_end(
    engine: Any, place: Any, run_one: Any
) -> None:
    job = place.submit()
    agent = run_one(job)
    report = {"usage": {"at_s": 0.4, "cpu_s": 0.2, "memory_mib": 3}}
    assert agent.finish(**report)[0] == 204
    assert agent.finish(**report)[0] in {204, 401, 409}
    reconciler.tick()
    points = place.api.get(f"/jobs/{job.pk}/usage")[1]["points"]
    assert [(p["t_s"], p["cpus"]) for p in points] == [(0, 0), (0.4, 0.5)]
    job = Job.objects.get(pk=job.pk)
    assert set(job.usage) == {"cpu_s", "memory_peak_mib", "disk_peak_mib"}


def test_an_agent_that_tells_no_time_makes_no_series(engine: Any, place: Any, run_one: Any) -> None:
    job = place.submit()
    assert place.api.get(f"/jobs/{job.pk}/usage")[1] == {"attempt": 0, "points": []}
    agent = run_one(job)
    agent.beat(started_at=STARTED, usage={"cpu_s": 3})
    agent.finish()
    assert Attempt.objects.get().use == []


def test_another_attempt_begins_anew(engine: Any, place: Any, run_one: Any) -> None:
    from fabriek.compute.engines.contract import SightingState

    job = place.submit()
    run_one(job).beat(**usage(5, 5))
    engine.seen = dict.fromkeys(engine.seen, SightingState.LOST)
    reconciler.tick()
    assert run_one(job).beat(**usage(1, 1))[0] == 200
    found = place.api.get(f"/jobs/{job.pk}/usage")[1]
    assert found["attempt"] == 2
    assert [point["t_s"] for point in found["points"]] == [0, 1]
