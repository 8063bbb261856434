"""How long an account lasts at the pace it is used. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PACE_DAYS = 14
"""The pace is the mean of so many days, today included, or of all days where there are fewer."""
SOONEST = timedelta(days=1)
"""Before this much of an account's time went by, its pace says nothing."""
_DAY_S = 86400


class Outlook(StrEnum):
    """What can be said about an account's end."""

    NOTHING_GRANTED = "nothing-granted"
    USED_UP = "used-up"
    OVER = "over"
    TOO_EARLY = "too-early"
    UNUSED = "unused"  # nothing was used lately
    RUNS_OUT = "runs-out"
    LASTS = "lasts"


@dataclass(frozen=True)
class Forecast:
    """Where an account is heading. `left_share` is what is left at the end of its time, 0 to 1.

    `per_day` is the pace, over the last `days`; `runs_out_at` only with RUNS_OUT.
    """

    outlook: Outlook
    per_day: float
    days: int
    left_share: float
    runs_out_at: datetime | None = None


def forecast(
    *,
    granted: Decimal,
    used: Decimal,
    used_by_day: Mapping[date, Decimal],
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> Forecast:
    """What the pace of the last days means for the rest. Less use than before counts as none."""
    left = max(0.0, float(granted - used))
    share = left / float(granted) if granted > 0 else 0.0
    first, days = _window(starts_at, now)
    spent = float(sum(amount for day, amount in used_by_day.items() if day >= first))
    elapsed = (now - max(_midnight(first), starts_at)).total_seconds() / _DAY_S
    per_day = max(0.0, spent) / elapsed if elapsed > 0 else 0.0
    plain = (
        (granted <= 0, Outlook.NOTHING_GRANTED),
        (left <= 0, Outlook.USED_UP),
        (now >= ends_at, Outlook.OVER),
        (now - starts_at < SOONEST, Outlook.TOO_EARLY),
        (per_day <= 0, Outlook.UNUSED),
    )
    for holds, outlook in plain:
        if holds:
            return Forecast(outlook, per_day, days, share)
    days_left = (ends_at - now).total_seconds() / _DAY_S
    if left / per_day < days_left:
        end = now + timedelta(days=left / per_day)
        return Forecast(Outlook.RUNS_OUT, per_day, days, 0.0, end)
    at_end = (left - per_day * days_left) / float(granted)
    return Forecast(Outlook.LASTS, per_day, days, max(0.0, at_end))


def day_of(moment: datetime) -> date:
    """The day in Amsterdam that a moment belongs to."""
    return moment.astimezone(AMSTERDAM).date()


def _window(starts_at: datetime, now: datetime) -> tuple[date, int]:
    """The first of the days that the pace is the mean of, and how many there are."""
    today = day_of(now)
    first = max(day_of(starts_at), today - timedelta(days=PACE_DAYS - 1))
    return first, max(1, (today - first).days + 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM)
