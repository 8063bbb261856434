"""The Dutch working-day clock."""

import tomllib
from datetime import date, timedelta

import holidays as package
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.access import data_files
from fabriek.access.working_days import Holidays, add_working_days, working_days_until

NL = data_files.holidays()
DAYS = st.dates(date(2025, 1, 1), date(2035, 10, 1))


def test_the_file_agrees_with_the_holidays_package() -> None:
    assert (NL.first, NL.last) == (2025, 2035)
    assert NL.days == set(package.country_holidays("NL", years=range(2025, 2036)))


def test_the_file_names_every_day() -> None:
    years = tomllib.loads((data_files.DATA / "holidays_nl.toml").read_text())
    assert all(len(named) in {10, 11} for named in years.values())


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-23", 1, "2026-11-24"),  # Monday to Tuesday
        ("2026-11-20", 1, "2026-11-23"),  # Friday to Monday
        ("2026-11-21", 1, "2026-11-23"),  # Saturday to Monday
        ("2026-04-02", 2, "2026-04-08"),  # Good Friday and Easter Monday are skipped
        ("2026-04-24", 1, "2026-04-28"),  # King's Day
        ("2026-12-24", 1, "2026-12-28"),  # Christmas on Friday and Saturday
        ("2025-05-02", 1, "2025-05-06"),  # Liberation Day, once in five years
        ("2026-05-04", 1, "2026-05-05"),  # and not in the others
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_examples(start: str, count: int, end: str) -> None:
    assert add_working_days(date.fromisoformat(start), count, NL) == date.fromisoformat(end)


@given(DAYS, st.integers(1, 40))
def test_so_many_working_days_lie_between(start: date, count: int) -> None:
    end = add_working_days(start, count, NL)
    assert NL.is_working_day(end)
    assert working_days_until(start, end, NL) == count
    assert working_days_until(end, start, NL) == 0
    assert working_days_until(start, end - timedelta(days=1), NL) == count - 1


@given(DAYS, st.integers(1, 20), st.integers(1, 20))
def test_first_some_then_more_is_all_at_once(start: date, first: int, more: int) -> None:
    both = add_working_days(add_working_days(start, first, NL), more, NL)
    assert both == add_working_days(start, first + more, NL)


def test_beyond_the_known_years_there_is_no_answer() -> None:
    with pytest.raises(LookupError, match="2036"):
        add_working_days(date(2035, 12, 31), 1, NL)
    with pytest.raises(ValueError):
        add_working_days(date(2026, 1, 1), 0, NL)
    assert Holidays(frozenset(), 2026, 2026).is_working_day(date(2026, 12, 25))
