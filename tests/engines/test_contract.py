"""What every engine must do, whichever it is. Real agents, and the API's agent side."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fabriek.compute.engines.contract import EngineError, SightingState
from fabriek.compute.engines.testing import GONE, Bench

SLEEP = ["sleep", "60"]


def test_a_job_runs_to_its_end_and_is_seen_to(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "echo here; exit 3"])
    report = attempt.wait()
    assert (report["outcome"], report["exit_code"]) == ("exited", 3)
    assert attempt.log == b"here\n"
    assert bench.wait_gone(name) == SightingState.ENDED
    sighting = bench.engine.find(name)
    assert sighting is not None
    assert sighting.started_at is not None
    assert sighting.ended_at is not None
    assert sighting.started_at <= sighting.ended_at


def test_facts_and_capacity_are_told(bench: Bench) -> None:
    facts, capacity = bench.engine.describe(), bench.engine.capacity()
    assert facts.name
    assert facts.holds_confidential == (facts.sandbox == "bubblewrap")
    assert capacity.cpus >= 1
    assert capacity.memory_mib > 0


def test_an_unknown_name_is_not_found_and_can_be_cancelled_and_forgotten(bench: Bench) -> None:
    assert bench.engine.find("fabriek-x-1-1") is None
    assert bench.engine.observe() == {}
    bench.engine.cancel("fabriek-x-1-1")
    bench.engine.forget("fabriek-x-1-1")
    assert bench.engine.observe() == {}


@pytest.mark.parametrize("name", ["", "..", ".", "a/b", "a\0b", ".hidden", "x" * 300])
def test_a_name_that_is_none_is_refused(bench: Bench, name: str) -> None:
    with pytest.raises(EngineError) as refused:
        bench.engine.submit(bench.order(name))
    assert refused.value.code == "engine-refused"
    assert not refused.value.retry


@pytest.mark.parametrize(
    "too_much", [{"cpus": 10_000}, {"memory_mib": 10**9}, {"gpus": 1, "gpu_kind": "no-such-gpu"}]
)
def test_an_order_that_can_never_run_is_refused(bench: Bench, too_much: dict[str, object]) -> None:
    name, attempt = bench.prepare(["true"])
    with pytest.raises(EngineError) as refused:
        bench.engine.submit(bench.order(name, **too_much))
    assert refused.value.code == "engine-refused"
    assert bench.engine.find(name) is None
    assert attempt.claims == 0


def test_submitting_again_starts_nothing_again(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "echo once; sleep 0.3"])
    for _ in range(3):
        bench.engine.submit(bench.order(name))
    attempt.wait()
    bench.engine.submit(bench.order(name))
    bench.wait_gone(name)
    bench.engine.submit(bench.order(name))
    time.sleep(0.2)
    assert attempt.claims == 1
    assert attempt.log == b"once\n"


def test_many_submissions_at_once_start_one_agent(bench: Bench) -> None:
    name, attempt = bench.prepare(["sh", "-c", "echo once"])
    gate = threading.Barrier(8)

    def submit() -> None:
        gate.wait()
        bench.engine.submit(bench.order(name))

    with ThreadPoolExecutor(8) as pool:
        for result in [pool.submit(submit) for _ in range(8)]:
            result.result()
    attempt.wait()
    bench.wait_gone(name)
    assert attempt.claims == 1
    assert attempt.log == b"once\n"


def test_one_question_shows_all(bench: Bench) -> None:
    running, _ = bench.start(SLEEP)
    done, attempt = bench.start(["true"])
    attempt.wait()
    bench.wait_gone(done)
    bench.wait_state(running, SightingState.RUNNING)
    seen = bench.engine.observe()
    assert {name: sighting.state for name, sighting in seen.items()} == {
        running: SightingState.RUNNING,
        done: SightingState.ENDED,
    }


def test_cancelling_ends_a_running_job_gracefully(bench: Bench) -> None:
    code = "import signal,time,sys\nsignal.signal(15, lambda *_: (print('bye'), sys.exit(0)))\n"
    name, attempt = bench.start(["python3", "-uc", code + "print('up')\ntime.sleep(60)"])
    _until(lambda: b"up" in attempt.log)
    bench.engine.cancel(name)
    bench.engine.cancel(name)
    report = attempt.wait(10)
    assert report["outcome"] == "stopped"
    assert b"bye" in attempt.log
    assert bench.wait_gone(name) == SightingState.ENDED
    assert bench.leftovers(name) == []


def test_cancelling_before_the_agent_begins_starts_nothing(bench: Bench) -> None:
    name, attempt = bench.prepare(["true"])
    bench.engine.cancel(name)
    bench.engine.submit(bench.order(name))
    bench.engine.cancel(name)
    state = bench.wait_gone(name)
    assert state in GONE
    assert bench.leftovers(name) == []
    assert attempt.report is None or attempt.report["outcome"] in {"stopped", "exited"}


def test_an_agent_that_does_not_listen_is_killed(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "trap '' TERM; echo up; sleep 60"], grace_s=600)
    _until(lambda: b"up" in attempt.log)
    bench.engine.cancel(name)
    assert bench.wait_gone(name, timeout_s=15) == SightingState.LOST
    assert bench.leftovers(name) == []


def test_forgetting_drops_what_is_over_and_nothing_else(bench: Bench) -> None:
    running, _ = bench.start(SLEEP)
    done, attempt = bench.start(["true"])
    attempt.wait()
    bench.wait_gone(done)
    bench.wait_state(running, SightingState.RUNNING)
    for name in (running, done):
        _until(lambda name=name: bench.engine.forget(name) or True)
    _until(lambda: bench.engine.forget(done) or bench.engine.find(done) is None)
    assert set(bench.engine.observe()) == {running}


def test_an_agent_that_may_not_run_the_attempt_ends_without_a_report(bench: Bench) -> None:
    name, attempt = bench.prepare(["true"])
    attempt.superseded = True
    bench.engine.submit(bench.order(name))
    assert bench.wait_gone(name) == SightingState.ENDED
    assert attempt.report is None
    assert bench.leftovers(name) == []


def _until(true: object, timeout_s: float = 15) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)
