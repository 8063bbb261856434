"""Axes: from any finite figures to a range, a few round ticks and their words."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_MOST = 1e100
_LEAST = 1e-100
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TIME_STEPS = (
    *(1, 2, 5, 10, 20, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE),
    *(30 * _MINUTE, _HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY, 14 * _DAY),
)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400)


@dataclass(frozen=True)
class Scale:
    """A range with its ticks: (place, words). `share` says how far along a value lies."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    text: Callable[[float], str]

    def share(self, value: float) -> float:
        """Where the value lies between low (0) and high (1)."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def tame(value: float) -> float:
    """The figure, kept away from the edges of what a float can hold."""
    if abs(value) < _LEAST:
        return 0.0
    return min(_MOST, max(-_MOST, value))


def stamp(moment: datetime) -> float:
    """A moment as seconds; one without a zone is in the page's zone."""
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=timezone.get_current_timezone())
    if moment.year < _FIRST.year:
        return _FIRST.timestamp()
    return _LAST.timestamp() if moment.year >= _LAST.year else moment.timestamp()


def numbers(
    low: float, high: float, *, ticks: int = 4, snug: bool = False, whole: bool = False
) -> Scale:
    """A scale of numbers; `snug` ends at the figures, otherwise at the ticks around them. `whole`:
    of things that are counted, so that no tick stands between two of them."""
    low, high = _apart(low, high)
    step = _nice(high - low, ticks)
    if whole:
        step = max(1.0, math.ceil(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if snug:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    places = [k * step for k in range(first, last + 1)]
    if not snug:
        low, high = places[0], places[-1]

    def text(value: float) -> str:
        return figure(value, step)

    return Scale(low, high, [(place, text(place)) for place in places], text)


def times(low: float, high: float, *, ticks: float = 4.5) -> Scale:
    """A scale of moments (seconds), with ticks at whole minutes, hours, days, months or years."""
    if high - low < 1:
        low, high = low - 30, high + 30
    aim = (high - low) / ticks
    step = next((one for one in _TIME_STEPS if one >= aim), 0)
    places = _clock_ticks(low, high, step) if step else _month_ticks(low, high, aim)
    within_a_day = local(low).date() == local(high).date()
    seen = [place for place in places if low <= place.timestamp() <= high]
    words = [_tick_words(place, step, within_a_day, place is seen[0]) for place in seen]
    stamps = [place.timestamp() for place in seen]
    return Scale(low, high, list(zip(stamps, words, strict=True)), moment)


def local(seconds: float) -> datetime:
    """Seconds as a moment in the page's zone."""
    return timezone.localtime(datetime.fromtimestamp(seconds, UTC))


def moment(seconds: float) -> str:
    """A moment in full, as a table shows it."""
    return date_format(local(seconds), "SHORT_DATETIME_FORMAT")


def figure(value: float, step: float | None = None) -> str:
    """A number as short as its axis allows: 0,25 or 1.200 or 2,5 million."""
    value = value + 0.0
    if value == 0:
        return "0"
    fine = abs(step) if step else abs(value) / 1000
    if abs(value) >= 1e15 or abs(value) < 1e-6:
        return f"{value:.3g}".replace(".", _point())
    for power, words in ((9, _("%(number)s billion")), (6, _("%(number)s million"))):
        if abs(value) >= 10**power and (step is None or fine >= 10 ** (power - 2)):
            return words % {"number": _grouped(value / 10**power, fine / 10**power)}
    return _grouped(value, fine)


def _grouped(value: float, fine: float) -> str:
    places = 0
    while (
        places < 9 and abs(fine * 10**places - round(fine * 10**places)) > 1e-6 * fine * 10**places
    ):
        places += 1
        if fine * 10**places >= 10:
            break
    rounded = round(value, places)
    if rounded == 0:
        rounded = 0.0
    shown = f"{rounded:.{places}f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return number_format(shown, use_l10n=True, force_grouping=True)


def _point() -> str:
    return number_format("0.5", use_l10n=True)[1]


def _apart(low: float, high: float) -> tuple[float, float]:
    """Two ends that differ enough to lay ticks between."""
    low, high = tame(low), tame(high)
    size = max(abs(low), abs(high))
    if high - low > size * 1e-9 and high - low > _LEAST:
        return low, high
    half = size / 2 if size > _LEAST else 0.5
    return low - half, high + half


def _nice(span: float, ticks: int) -> float:
    raw = span / ticks
    unit = 10.0 ** math.floor(math.log10(raw))
    return next(unit * one for one in (1, 2, 2.5, 5, 10) if unit * one >= raw * (1 - 1e-9))


def _clock_ticks(low: float, high: float, step: int) -> list[datetime]:
    start = local(low).replace(hour=0, minute=0, second=0, microsecond=0)
    if step >= 7 * _DAY:
        start -= timedelta(days=start.weekday())
    if step < _DAY:  # long days would give many ticks before the first that is shown
        start += timedelta(seconds=math.floor((low - start.timestamp()) / step) * step)
    return [start + timedelta(seconds=k * step) for k in range(int((high - low) / step) + 3)]


def _month_ticks(low: float, high: float, aim: float) -> list[datetime]:
    step = next((one for one in _MONTH_STEPS if one * 30.4 * _DAY >= aim), _MONTH_STEPS[-1])
    first, last = local(low), local(high)
    start = (first.year * 12 + first.month - 1) // step
    end = (last.year * 12 + last.month - 1) // step
    zero = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = [k * step for k in range(start, end + 1)]
    return [zero.replace(year=one // 12, month=one % 12 + 1) for one in months]


def _tick_words(place: datetime, step: int, within_a_day: bool, first: bool) -> str:
    month = "b" if get_language() == "nl" else "M"  # Dutch writes months without a capital
    if not step:
        return date_format(place, "Y" if place.month == 1 else f"{month} Y" if first else month)
    if step >= _DAY or (not within_a_day and (place.hour, place.minute) == (0, 0)):
        return date_format(place, f"j {month}")
    return date_format(place, "H:i:s" if step < _MINUTE else "H:i")
