"""How a job ends, and what its time comes to."""

from decimal import Decimal

import pytest

from fabriek.compute.rules import JobState, ending, hours


def test_a_job_that_went_well_needs_no_reason() -> None:
    assert ending("exited", 0, "") == (JobState.SUCCEEDED, "")


@pytest.mark.parametrize("exit_code", [1, -9, None])
def test_any_other_exit_is_a_failure_of_the_command(exit_code: int | None) -> None:
    assert ending("exited", exit_code, "") == (JobState.FAILED, "command-failed")


@pytest.mark.parametrize(
    ("why", "state", "reason"),
    [
        ("cancelled-by-person", JobState.CANCELLED, "cancelled-by-person"),
        ("allocation-ended", JobState.FAILED, "allocation-ended"),
        ("", JobState.FAILED, "node-stopped"),
    ],
)
def test_only_a_person_cancels(why: str, state: JobState, reason: str) -> None:
    assert ending("stopped", None, why) == (state, reason)


def test_what_ended_on_its_own_keeps_its_own_reason_although_it_was_asked_to_stop() -> None:
    assert ending("exited", 0, "cancelled-by-person") == (JobState.SUCCEEDED, "")
    assert ending("time-limit", None, "cancelled-by-person") == (JobState.FAILED, "time-limit")


@pytest.mark.parametrize(
    ("units", "seconds", "expected"),
    [
        (1, 3600, "1"),
        (4, 5400, "6"),
        (0, 3600, "0"),
        (1, 0.0036, "0.000001"),
        (3, 1, "0.000833"),
        (2, 0.1, "0.000056"),
    ],
)
def test_hours_are_units_times_seconds(units: int, seconds: float, expected: str) -> None:
    assert hours(units, seconds) == Decimal(expected)
    assert hours(units, seconds).as_tuple().exponent == -6
