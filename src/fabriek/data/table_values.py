"""Reading the cells of a column as numbers or dates: all of them, or none. Pure."""

import math
import re
from collections.abc import Sequence
from datetime import datetime

_COMMA_NUMBER = re.compile(r"\s*[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?\s*", re.ASCII)
_ISO_DATE = re.compile(r"\s*\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*+)?\s*", re.ASCII)
_OTHER_DATE = re.compile(
    r"\s*(?:(\d{4})[/.](\d{1,2})[/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))\s*", re.ASCII
)


def numbers(values: Sequence[str], *, decimal_comma: bool) -> list[float] | None:
    """The cells as finite numbers. With `decimal_comma` also as `1.234,5` is written."""
    joined = "".join(values)
    if "_" in joined or not joined.isascii():
        return None
    try:
        found = list(map(float, values))
    except ValueError:
        if not decimal_comma or "," not in joined:
            return None
        found = _comma_numbers(values)
    return found if found and all(map(math.isfinite, found)) else None


def _comma_numbers(values: Sequence[str]) -> list[float]:
    found = []
    for value in values:
        if _COMMA_NUMBER.fullmatch(value) is None:
            return []
        found.append(float(value.replace(".", "").replace(",", ".")))
    return found


def dates(values: Sequence[str]) -> list[datetime] | None:
    """The cells as dates or moments, without their time zone (only their order is used).

    Year first, or day before month; month before day where nothing else fits.
    """
    try:
        if _ISO_DATE.fullmatch(values[0]):
            of = {value: _iso(value) for value in set(values)}
            return [of[value] for value in values]
        if _OTHER_DATE.fullmatch(values[0]) is None:
            return None
        parts = [_parts(value) for value in values]
    except ValueError:
        return None
    for swap in (False, True):
        try:
            return [datetime(y, d if swap else m, m if swap else d) for y, m, d in parts]
        except ValueError:
            continue
    return None


def _iso(value: str) -> datetime:
    if _ISO_DATE.fullmatch(value) is None:
        raise ValueError(value)
    found = datetime.fromisoformat(value.strip())
    return found.replace(tzinfo=None) if found.tzinfo else found


def _parts(value: str) -> tuple[int, int, int]:
    found = _OTHER_DATE.fullmatch(value)
    if found is None:
        raise ValueError(value)
    year, month, day, first, second, last = found.groups()
    if year:
        return int(year), int(month), int(day)
    return int(last), int(second), int(first)
