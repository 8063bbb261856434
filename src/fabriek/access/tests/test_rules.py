"""The rules of access, by example and by property."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.access import data_files, rules
from fabriek.access.rules import Case, Judge, Limits
from fabriek.core.problems import Problem

MODES = data_files.modes()
NL = data_files.holidays()
KINDS = ["start-up", "sme", "large-company", "research", "education", "public-body", "health-care"]
GOOD = Case(
    gpu_hours=Decimal(100),
    cpu_hours=Decimal(100),
    storage_gib=Decimal(10),
    months=3,
    organisation_kind="start-up",
    country="NL",
    country_group="eu",
    experience="yes",
)


def codes(mode: str, **facts) -> list[str]:
    return [f.code for f in rules.check(MODES[mode], replace(GOOD, **facts), MODES.values())]


def test_the_five_modes_are_complete() -> None:
    assert list(MODES) == ["playground", "fast-lane", "large-scale", "science", "education"]
    for mode in MODES.values():
        assert mode.text["nl"] != mode.text["en"] and mode.cost["nl"] and mode.source
        assert mode.grant_at_once == (not mode.reviews)
        assert all(months > 0 for months in mode.months)


@pytest.mark.parametrize(
    ("mode", "facts", "expected"),
    [
        ("playground", {}, []),
        ("playground", {"gpu_hours": Decimal(5000)}, []),
        ("playground", {"gpu_hours": Decimal("5000.000001")}, ["gpu-hours-too-many"]),
        ("playground", {"cpu_hours": Decimal(50001)}, ["cpu-hours-too-many"]),
        ("playground", {"storage_gib": Decimal(2049)}, ["storage-too-many"]),
        ("playground", {"storage_gib": Decimal(0)}, ["storage-too-few"]),
        ("playground", {"gpu_hours": Decimal(0), "cpu_hours": Decimal(0)}, ["nothing-asked"]),
        ("playground", {"months": 4}, ["months-not-allowed"]),
        ("playground", {"experience": ""}, []),
        ("playground", {"place_taken": True}, ["playground-taken"]),
        ("playground", {"organisation_kind": None}, ["organisation-not-yours"]),
        ("playground", {"organisation_kind": "defence"}, ["defence-not-eligible"]),
        ("playground", {"country_group": "associated"}, []),
        ("playground", {"country_group": "other"}, ["country-not-eligible"]),
        ("playground", {"purpose": ("purpose-unknown", {})}, ["purpose-unknown"]),
        ("fast-lane", {"place_taken": True}, []),
        ("fast-lane", {"experience": " \n"}, ["experience-missing"]),
        ("fast-lane", {"experience": None}, []),
        ("fast-lane", {"organisation_kind": "research"}, ["kind-not-eligible"]),
        ("large-scale", {"gpu_hours": Decimal(50000)}, ["gpu-hours-too-few"]),
        ("large-scale", {"gpu_hours": Decimal("50000.5")}, []),
        ("science", {"organisation_kind": "research", "months": 6}, []),
        ("science", {}, ["kind-not-eligible", "months-not-allowed"]),
        ("education", {"organisation_kind": "education"}, []),
    ],
)
def test_check(mode: str, facts: dict, expected: list[str]) -> None:
    assert codes(mode, **facts) == expected


def test_everything_is_said_at_once() -> None:
    found = codes("playground", gpu_hours=Decimal(9999), months=9, country_group="other")
    assert found == ["country-not-eligible", "gpu-hours-too-many", "months-not-allowed"]


def test_a_mode_may_ask_for_cpu_hours() -> None:
    mode = replace(MODES["playground"], cpu_hours=Limits(Decimal(10), least=Decimal(5)))
    found = rules.check(mode, replace(GOOD, cpu_hours=Decimal(4)), [mode])
    assert [f.code for f in found] == ["cpu-hours-too-few"]


def test_the_way_out_names_modes_that_fit() -> None:
    case = replace(GOOD, gpu_hours=Decimal(20000))
    (found,) = rules.check(MODES["playground"], case, MODES.values())
    assert found.facts["fits"] == "Fast Lane"
    assert "Fast Lane" in Problem(found.code, **found.facts).way_out("nl")


@given(
    st.sampled_from(sorted(MODES)),
    st.sampled_from([*KINDS, "defence", None]),
    st.decimals(0, 2_000_000, places=6),
    st.decimals(0, 20_000_000, places=6),
    st.decimals(0, 300_000, places=6),
    st.integers(0, 24),
    st.sampled_from(["eu", "associated", "other", ""]),
    st.booleans(),
)
def test_what_passes_is_inside_every_limit(
    mode_id, kind, gpu, cpu, storage, months, group, taken
) -> None:
    mode = MODES[mode_id]
    case = Case(gpu, cpu, storage, months, kind, "XX", group, taken, "yes")
    found = rules.check(mode, case, MODES.values())
    fits = (
        kind in mode.organisations
        and group in {"eu", "associated"}
        and (mode.gpu_hours.over is None or gpu > mode.gpu_hours.over)
        and gpu <= mode.gpu_hours.most
        and cpu <= mode.cpu_hours.most
        and mode.storage_gib.least <= storage <= mode.storage_gib.most
        and gpu + cpu > 0
        and months in mode.months
        and not (taken and mode.one_place)
    )
    assert (not found) == fits
    for finding in found:
        problem = Problem(finding.code, **finding.facts)
        for text in (problem.sentence, problem.way_out):
            assert "?" not in text("nl") + text("en"), finding  # every place has its fact


@pytest.mark.parametrize(
    ("mode", "submitted", "due"),
    [
        ("playground", "2026-11-23T09:00", "2026-11-25T16:00"),  # two working days, 17:00
        ("fast-lane", "2026-11-20T09:00", "2026-11-26T16:00"),
        ("fast-lane", "2026-04-01T09:00", "2026-04-09T15:00"),  # Easter; summer time
        ("fast-lane", "2026-11-22T23:30", "2026-11-27T16:00"),  # in Amsterdam it is Monday
        ("large-scale", "2026-11-23T09:00", "2026-12-15T16:00"),  # cut-off on 1 December
        ("large-scale", "2026-12-01T22:00", "2026-12-15T16:00"),  # in time on the day itself
        ("large-scale", "2026-12-02T09:00", "2026-12-30T16:00"),  # the next one is the 15th
        ("science", "2026-12-15T09:00", "2027-01-26T16:00"),
    ],
)
def test_deadlines(mode: str, submitted: str, due: str) -> None:
    at = datetime.fromisoformat(submitted).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert rules.deadline(MODES[mode], at, NL) == expected


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2035, 8, 1), timezones=st.just(UTC))


@given(MOMENTS, st.sampled_from(sorted(MODES)))
def test_a_deadline_is_a_working_day_at_five(at: datetime, mode_id: str) -> None:
    due = rules.deadline(MODES[mode_id], at, NL).astimezone(rules.AMSTERDAM)
    assert due > at and (due.hour, due.minute) == (17, 0)
    assert NL.is_working_day(due.date())


def test_science_is_decided_within_a_month_of_its_cut_off() -> None:
    for year in range(2025, 2035):
        for month in range(1, 13):
            at = datetime(year, month, 1, 12, tzinfo=UTC)
            assert rules.deadline(MODES["science"], at, NL) < rules.add_months(at, 1)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-23T09:00", 3, "2027-02-23T09:00"),
        ("2026-11-30T09:00", 3, "2027-02-28T09:00"),
        ("2026-02-28T12:00", 12, "2027-02-28T12:00"),
        ("2026-06-15T10:00", 6, "2026-12-15T11:00"),  # the same hour in Amsterdam
    ],
)
def test_months(start: str, months: int, end: str) -> None:
    at = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert rules.add_months(at, months) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@given(st.lists(st.integers(0, 40 * 24), min_size=1))
def test_each_notice_is_due_once(hours: list[int]) -> None:
    ends = datetime(2026, 12, 31, tzinfo=UTC)
    sent: list[int] = []
    for before in sorted(hours, reverse=True):
        due = rules.notice_due(ends, ends - timedelta(hours=before), sent[-1] if sent else None)
        if due is not None:
            assert before <= due * 24
            sent.append(due)
    assert sent == sorted(set(sent), reverse=True) and set(sent) <= {30, 7, 1}


@pytest.mark.parametrize(("days", "counted"), [(28, 30), (30, 30), (31, None), (92, None)])
def test_short_allocations_skip_the_first_notice(days: int, counted: int | None) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    assert rules.first_notice(start, start + timedelta(days=days)) == counted


JUDGE = Judge(1, frozenset({10}), False, False)


@pytest.mark.parametrize(
    ("judge", "applicant", "organisation", "why"),
    [
        (JUDGE, 2, 11, None),
        (JUDGE, 1, 11, "applicant"),
        (JUDGE, 2, 10, "organisation"),
        (replace(JUDGE, shares_project=True), 2, 11, "project"),
        (replace(JUDGE, declared=True), 2, 11, "declared"),
    ],
)
def test_conflict_of_interest(judge, applicant, organisation, why) -> None:
    assert rules.conflict_of_interest(judge, applicant, organisation) == why
