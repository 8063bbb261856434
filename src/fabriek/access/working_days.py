"""Dutch working days: Monday to Friday, without public holidays. Pure arithmetic on dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holidays:
    """Public holidays of the years `first` up to and including `last`."""

    days: frozenset[date]
    first: int
    last: int

    @classmethod
    def of(cls, years: Mapping[str, Mapping[str, date]]) -> "Holidays":
        """From a table of years to names to dates, as in data/holidays_nl.toml."""
        days = frozenset(day for named in years.values() for day in named.values())
        known = sorted(int(year) for year in years)
        return cls(days, known[0], known[-1])

    def is_working_day(self, day: date) -> bool:
        """LookupError for a year of which the holidays are not known: better no deadline than a
        wrong one."""
        if not self.first <= day.year <= self.last:
            raise LookupError(f"holidays of {day.year} are not known: add them to holidays_nl.toml")
        return day.weekday() < 5 and day not in self.days


def add_working_days(start: date, count: int, holidays: Holidays) -> date:
    """The `count`th working day after `start`, which itself never counts. `count` is 1 or more."""
    if count < 1:
        raise ValueError("count is 1 or more")
    day = start
    while count:
        day += DAY
        count -= holidays.is_working_day(day)
    return day


def working_days_until(today: date, deadline: date, holidays: Holidays) -> int:
    """How many working days are left after today, up to and including the deadline; 0 when it is
    today or past."""
    count, day = 0, today
    while day < deadline:
        day += DAY
        count += holidays.is_working_day(day)
    return count
