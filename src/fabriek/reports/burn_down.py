"""What is left of each budget, day by day, and where that leads. No database: figures in, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from fabriek.ledger.queries import Balance, Day
from fabriek.ledger.rules import AMSTERDAM, Forecast, Outlook, day_of, forecast

Points = tuple[tuple[datetime, Decimal | float], ...]
_AHEAD = (Outlook.RUNS_OUT, Outlook.LASTS, Outlook.UNUSED)


@dataclass(frozen=True)
class Course:
    """One budget: `points` is what was left until now, `ahead` what its pace makes of the rest."""

    balance: Balance
    used: Decimal
    points: Points
    ahead: Points
    forecast: Forecast

    @property
    def is_level(self) -> bool:
        """Whether it is an amount in use that goes up and down, as storage is."""
        return is_level(self.balance)

    @property
    def percent_left(self) -> int:
        """What is left at the end, in whole percents of what was granted."""
        return round(self.forecast.left_share * 100)

    @property
    def is_nearly_used(self) -> bool:
        """Whether more is wanted soon: nine tenths is used, or it runs out before the end."""
        nearly = self.balance.granted > 0 and self.used >= self.balance.granted * Decimal("0.9")
        return nearly or self.forecast.outlook is Outlook.RUNS_OUT


def is_level(balance: Balance) -> bool:
    """Storage is held and given back; hours are used up."""
    return balance.unit == "storage-gib"


def course(balance: Balance, days: Sequence[Day], now: datetime) -> Course:
    """The course of one account, from its sums by day.

    Storage has no pace: data come in at once and stay, so its growth says little of what follows.
    """
    level = is_level(balance)
    used = balance.held if level else balance.settled
    found = forecast(
        granted=balance.granted,
        used=used,
        used_by_day={} if level else {day.day: day.settled for day in days},
        starts_at=balance.valid_from,
        ends_at=balance.valid_until,
        now=now,
    )
    points = _points(balance, days, now)
    ahead = () if level else _ahead(balance, found, points, now)
    return Course(balance, used, points, ahead, found)


def _points(balance: Balance, days: Sequence[Day], now: datetime) -> Points:
    """One point for the start and one for the end of each day since, until now or the end."""
    level, by_day = is_level(balance), {day.day: day for day in days}
    last = min(now, balance.valid_until)
    day = day_of(balance.valid_from)
    left = by_day[day].granted if day in by_day else Decimal(0)
    points: list[tuple[datetime, Decimal | float]] = [(balance.valid_from, left)]
    left = Decimal(0)
    while day <= day_of(last):
        if added := by_day.get(day):
            left += added.granted - (added.held if level else added.settled)
        day += timedelta(days=1)
        points.append((min(datetime.combine(day, time(), AMSTERDAM), last), left))
    return tuple(points)


def _ahead(balance: Balance, found: Forecast, points: Points, now: datetime) -> Points:
    if found.outlook not in _AHEAD:
        return ()
    end = found.runs_out_at or balance.valid_until
    return ((now, points[-1][1]), (end, float(balance.granted) * found.left_share))
