"""Stretches to count a column's values in: round numbers, years, months, days. Pure."""

import math
from datetime import datetime
from itertools import pairwise

_BINS_MOST = 12
_PERIODS_MOST = 120


def bin_edges(low: float, high: float, *, whole: bool) -> list[float]:
    """Round edges around [low, high], for at most 12 bins; none where floats are too coarse."""
    span = high - low
    if not math.isfinite(span):
        return []
    if span == 0:
        return [low - 0.5, low + 0.5] if low - 0.5 < low < low + 0.5 else []
    if whole and span < _BINS_MOST:
        return _strictly([low - 0.5 + step for step in range(round(span) + 2)])
    rough = span / (_BINS_MOST - 2)
    power = 10.0 ** math.floor(math.log10(rough)) if rough else 0.0
    if not power:
        return []
    size = next(step * power for step in (1, 2, 5, 10) if step * power >= rough * 0.999)
    if whole:
        size = max(size, 1.0)
    first = math.floor(low / size)
    count = math.floor(high / size) - first + 1
    if count > _BINS_MOST + 1:
        return []
    return _strictly([(first + step) * size for step in range(count + 1)])


def _strictly(edges: list[float]) -> list[float]:
    rising = all(low < high for low, high in pairwise(edges))
    return edges if rising else []


def periods(low: datetime, high: datetime, characters: int) -> list[str]:
    """Every year, month or day from low to high, also those without a date; none if too many."""
    if high.year - low.year >= _PERIODS_MOST:
        return []
    if characters == 4:
        return [f"{year:04}" for year in range(low.year, high.year + 1)]
    if characters == 7:
        months = range(low.year * 12 + low.month - 1, high.year * 12 + high.month)
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]
    first, last = low.toordinal(), high.toordinal()
    return [datetime.fromordinal(day).isoformat()[:10] for day in range(first, last + 1)]
