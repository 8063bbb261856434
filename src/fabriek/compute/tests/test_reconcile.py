"""The reconciler: each job ends once, is charged once, and its holds are closed."""

from decimal import Decimal
from typing import Any

import pytest

from fabriek.compute import queries, reconciler
from fabriek.compute.engines.contract import SightingState
from fabriek.compute.models import Attempt, Job
from fabriek.data import queries as data
from fabriek.ledger import queries as ledger

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def books_are_right() -> bool:
    return ledger.check(lambda s: queries.live_subjects(s) | data.live_subjects(s)) == []


def test_a_job_runs_and_is_charged_what_it_used(engine: Any, place: Any, run_one: Any) -> None:
    job = place.submit(cpus=2)
    agent = run_one(job)
    assert agent.beat(b"hello\n", 0, started_at="2026-11-21T10:00:00Z")[1] == {
        "log_offset": 6,
        "stop": None,
    }
    job.refresh_from_db()
    assert job.state == "running"
    assert agent.finish(log_offset=6, metrics={"auc": 0.9})[0] == 204
    reconciler.tick()
    job.refresh_from_db()
    assert (job.state, job.exit_code, job.metrics) == ("succeeded", 0, {"auc": 0.9})
    assert job.charged == {"cpu-hour": "1.000000"}
    assert Decimal(place.left("cpu-hour")) == 99
    # half a core's worth busy: 2 cores for half an hour, 900 s of CPU time
    assert job.energy["source"] == "node-kind-model" and job.energy["quality"] == "estimated"
    assert Decimal(job.energy["kwh"]) > 0
    assert books_are_right()
    assert place.api.get(f"/jobs/{job.pk}/log")[1]["text"] == "hello\n"


@pytest.mark.parametrize(
    ("outcome", "exit_code", "state", "reason"),
    [
        ("exited", 3, "failed", "command-failed"),
        ("time-limit", None, "failed", "time-limit"),
        ("memory-limit", None, "failed", "memory-limit"),
        ("disk-limit", None, "failed", "disk-limit"),
        ("log-limit", None, "failed", "log-limit"),
        ("command-not-found", None, "failed", "command-not-found"),
        ("sandbox-failed", None, "failed", "sandbox-failed"),
        ("input-failed", None, "failed", "input-failed"),
        ("output-failed", None, "failed", "output-failed"),
        ("stopped", None, "failed", "node-stopped"),
        ("nonsense", None, "failed", "sandbox-failed"),
    ],
)
def test_each_ending_says_which(
    engine: Any,
    place: Any,
    run_one: Any,
    outcome: str,
    exit_code: int | None,
    state: str,
    reason: str,
) -> None:
    job = place.submit()
    run_one(job).finish(outcome, exit_code=exit_code)
    reconciler.tick()
    _, shown = place.api.get(f"/jobs/{job.pk}")
    assert (shown["state"], shown["reason"]) == (state, reason)
    assert "?" not in shown["reason_sentence"] + shown["way_out"]
    assert books_are_right()


def test_the_same_report_twice_charges_once(engine: Any, place: Any, run_one: Any) -> None:
    job = place.submit()
    agent = run_one(job)
    assert agent.finish()[0] == 204
    assert agent.finish()[0] == 204
    reconciler.tick()
    reconciler.tick()
    assert Decimal(place.left("cpu-hour")) == Decimal("99.5")
    assert agent.finish()[0] in {204, 401}
    assert books_are_right()


def test_a_lost_agent_means_another_attempt_and_only_one_result(
    engine: Any, place: Any, run_one: Any
) -> None:
    job = place.submit()
    first = run_one(job)
    name = Attempt.objects.get(job=job).name
    engine.seen[name] = SightingState.LOST
    reconciler.tick()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("starting", 2)
    assert first.beat()[0] in {401, 409}
    assert first.finish()[0] in {401, 409}
    second = run_one(job)
    second.finish()
    reconciler.tick()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("succeeded", 2)
    assert Decimal(place.left("cpu-hour")) == Decimal("99.5")
    assert books_are_right()


def test_after_three_losses_the_job_gives_up_and_pays_nothing(engine: Any, place: Any) -> None:
    job = place.submit()
    for _ in range(4):
        reconciler.tick()
        for name in engine.seen:
            engine.seen[name] = SightingState.LOST
    reconciler.tick()
    job.refresh_from_db()
    assert (job.state, job.reason, job.attempts) == ("failed", "node-lost", 3)
    assert Decimal(place.left("cpu-hour")) == 100
    assert books_are_right()


def test_an_agent_that_ended_without_a_report_is_a_loss(
    engine: Any, place: Any, run_one: Any
) -> None:
    job = place.submit()
    run_one(job)
    engine.seen[Attempt.objects.get().name] = SightingState.ENDED
    reconciler.tick()
    job.refresh_from_db()
    assert job.attempts == 2


def test_a_lost_answer_to_a_submission_starts_nothing_twice(engine: Any, place: Any) -> None:
    job = place.submit()
    engine.fail_submit_after_taking = True
    reconciler.tick()
    assert Attempt.objects.get().state == "made"
    reconciler.tick()
    assert Attempt.objects.get().state == "submitted"
    assert len(engine.orders) == 1
    job.refresh_from_db()
    assert job.attempts == 1


def test_an_engine_that_is_away_changes_nothing(engine: Any, place: Any, run_one: Any) -> None:
    job = place.submit()
    run_one(job)
    engine.unreachable = True
    assert reconciler.tick() is False
    job.refresh_from_db()
    assert job.attempts == 1


def test_a_waiting_job_is_cancelled_at_once(engine: Any, place: Any) -> None:
    job = place.submit()
    status, shown = place.api.post(f"/jobs/{job.pk}/cancel")
    assert (status, shown["state"], shown["reason"]) == (200, "cancelled", "cancelled-by-person")
    assert place.api.post(f"/jobs/{job.pk}/cancel")[0] == 200  # again is harmless
    reconciler.tick()
    assert not engine.orders
    assert Decimal(place.left("cpu-hour")) == 100
    assert books_are_right()


def test_a_running_job_is_told_to_stop_by_its_next_beat(
    engine: Any, place: Any, run_one: Any
) -> None:
    job = place.submit()
    agent = run_one(job)
    place.api.post(f"/jobs/{job.pk}/cancel")
    assert agent.beat()[1]["stop"] == "cancelled-by-person"
    agent.finish("stopped")
    reconciler.tick()
    job.refresh_from_db()
    assert (job.state, job.reason) == ("cancelled", "cancelled-by-person")
    assert Decimal(place.left("cpu-hour")) == Decimal("99.5")


def test_a_job_that_is_over_cannot_be_cancelled(engine: Any, place: Any, run_one: Any) -> None:
    job = place.submit()
    run_one(job).finish()
    reconciler.tick()
    status, answer = place.api.post(f"/jobs/{job.pk}/cancel")
    assert (status, answer["code"]) == (409, "illegal-move")


def test_the_end_of_the_allocation_stops_what_runs_and_drops_what_waits(
    engine: Any, place: Any, run_one: Any
) -> None:
    from datetime import timedelta

    from fabriek.access.models import Allocation
    from fabriek.core import clock
    from fabriek.ledger.models import Account

    running = place.submit(cpus=4)
    agent = run_one(running)
    waiting = place.submit(cpus=4)
    over = clock.now() - timedelta(seconds=1)
    Allocation.objects.update(ends_at=over)
    Account.objects.update(valid_until=over)
    reconciler.tick()
    assert agent.beat()[1]["stop"] == "allocation-ended"
    agent.finish("stopped")
    reconciler.tick()
    for job in (running, waiting):
        job.refresh_from_db()
        assert (job.state, job.reason) == ("failed", "allocation-ended")
    assert books_are_right()


def test_jobs_beyond_the_capacity_wait_their_turn_and_say_why(
    engine: Any, place: Any, run_one: Any
) -> None:
    first, second = place.submit(cpus=3), place.submit(cpus=2)
    agent = run_one(first)
    assert len(engine.orders) == 1
    status, why = place.api.get(f"/jobs/{second.pk}/why")
    assert (status, why["code"], why["position"]) == (200, "waiting-for-room", 1)
    assert why["expected_start"] is not None
    agent.finish()
    reconciler.tick()
    assert len(engine.orders) == 2
    assert place.api.get(f"/jobs/{second.pk}/why")[1]["code"] == "not-waiting"


def test_the_agent_of_a_closed_attempt_is_ended_and_forgotten(
    engine: Any, place: Any, run_one: Any
) -> None:
    job = place.submit()
    run_one(job).finish()
    reconciler.tick()
    reconciler.tick()
    name = Attempt.objects.get().name
    assert name in engine.cancelled  # still seen running: asked to end
    engine.seen[name] = SightingState.ENDED
    reconciler.tick()
    assert engine.forgotten == [name]


def test_only_one_agent_can_claim_an_attempt(engine: Any, place: Any, run_one: Any) -> None:
    from fabriek.compute.tests.conftest import Agent

    job = place.submit()
    agent = run_one(job)
    assert Agent(agent.name, nonce="m" * 32).claim()[1]["code"] == "attempt-superseded"
    first_token = agent.token
    assert agent.claim()[0] == 200  # the same agent, whose answer was lost
    assert agent.token != first_token
    agent.token, second_token = first_token, agent.token
    assert agent.beat()[0] == 401
    agent.token = second_token
    assert agent.beat()[0] == 200


@pytest.mark.parametrize("secret", ["", "x", "0" * 64 + ".fabriek-x-1-1", "é.fabriek-x-1-1"])
def test_a_wrong_secret_claims_nothing(engine: Any, place: Any, secret: str) -> None:
    from fabriek.compute.tests.conftest import Agent

    place.submit()
    reconciler.tick()
    agent = Agent(Attempt.objects.get().name)
    status, answer = agent._post("claim", {"secret": secret, "nonce": "n" * 32})
    assert (status, answer["code"]) == (409, "attempt-superseded")


def test_an_attempts_token_opens_nothing_else(engine: Any, place: Any, run_one: Any) -> None:
    import kit

    job = place.submit()
    agent = kit.Api(place.manager, run_one(job).token)
    for path in ("/me", "/tokens", "/projects", f"/jobs/{job.pk}", "/applications"):
        assert agent.get(path)[0] == 403, path


@pytest.mark.parametrize(
    "change",
    [
        {"started_at": None},
        {"ended_at": "2026-11-21T09:00:00Z"},
        {"log": "not base64!"},
        {"exit_code": 10**9},
        {"metrics": {"auc": "high"}},
        {"usage": {"cpu_s": -1}},
    ],
)
def test_a_report_that_makes_no_sense_is_refused(
    engine: Any, place: Any, run_one: Any, change: dict[str, Any]
) -> None:
    job = place.submit()
    status, answer = run_one(job).finish(**change)
    assert status == 422 and answer["code"] in {"report-invalid", "invalid-input"}
    assert Job.objects.get().state == "starting"


def test_what_a_job_brings_home_after_the_allocation_ended_is_kept(
    engine: Any, place: Any, run_one: Any, tmp_path: Any
) -> None:
    from datetime import timedelta

    import kit

    from fabriek.access.models import Allocation
    from fabriek.core import clock
    from fabriek.ledger.models import Account
    from fabriek_vault.hub import push_path

    job = place.submit(output={"kind": "output", "name": "results"})
    agent = run_one(job)
    over = clock.now() - timedelta(seconds=1)
    Allocation.objects.update(ends_at=over)
    Account.objects.update(valid_until=over)
    reconciler.tick()
    result = kit.folder(tmp_path / "out", {"a.txt": b"hours of work"})
    version = push_path(kit.Api(place.manager, agent.token), job.output_dataset_id, result)
    output = {"dataset_id": job.output_dataset_id, "version": version.number}
    assert agent.finish("stopped", output=output)[0] == 204
    reconciler.tick()
    job.refresh_from_db()
    assert (job.reason, job.output.number) == ("allocation-ended", 1)
    assert books_are_right()


def test_a_job_that_cannot_start_leaves_the_worker_at_rest(engine: Any, place: Any) -> None:
    """A round that changed nothing says so: the worker waits for a nudge instead of spinning."""
    place.submit(cpus=4)
    assert reconciler.tick() is True
    place.submit(cpus=4)
    assert reconciler.tick() is False
