"""Numbers with units, as people type them."""

import math
import re
from decimal import Decimal, InvalidOperation

from fabriek.core.problems import Problem, Reason

_MEMORY = re.compile(r"(\d{1,9})\s*([KMGT])?i?B?", re.IGNORECASE)
_MIB = {"K": 1 / 1024, None: 1, "M": 1, "G": 1024, "T": 1024 * 1024}
_DURATION_PART = re.compile(r"(\d{1,9})\s*([smhd])", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def memory_mib(text: str) -> int:
    """`512M`, `4G`, `2048` (MiB) to whole MiB, rounded up; Problem `invalid-quantity`."""
    match = _MEMORY.fullmatch(text.strip())
    if match is None:
        raise _invalid("memory", text, Reason("write-memory"))
    unit = match.group(2).upper() if match.group(2) else None
    mib = math.ceil(int(match.group(1)) * _MIB[unit])
    return _positive("memory", text, mib)


def duration_s(text: str) -> int:
    """`90s`, `10m`, `1h30m`, `2d`, `hh:mm:ss` or `mm:ss` to seconds; `invalid-quantity`."""
    tidy = text.strip()
    if re.fullmatch(r"\d{1,6}(:\d{1,2}){1,2}", tidy):
        seconds = 0
        for part in tidy.split(":"):
            seconds = seconds * 60 + int(part)
        return _positive("time", text, seconds)
    parts = _DURATION_PART.findall(tidy)
    if not parts or "".join(n + u for n, u in parts) != re.sub(r"\s+", "", tidy):
        raise _invalid("time", text, Reason("write-time"))
    return _positive("time", text, sum(int(n) * _SECONDS[u.lower()] for n, u in parts))


def amount(what: str, value: object, *, least: Decimal, most: Decimal) -> Decimal:
    """A finite Decimal with at most six places inside [least, most]; Problem `invalid-quantity`."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _invalid(what, str(value), Reason("not-a-number")) from None
    if not number.is_finite():
        raise _invalid(what, str(value), Reason("not-finite"))
    if not least <= number <= most:
        raise _invalid(
            what, str(value), Reason("outside", {"least": f"{least:f}", "most": f"{most:f}"})
        )
    if number != number.quantize(Decimal("0.000001")):
        raise _invalid(what, str(value), Reason("six-decimals"))
    return number


def _positive(what: str, text: str, value: int) -> int:
    if value < 1:
        raise _invalid(what, text, Reason("nothing"))
    return value


def _invalid(what: str, value: str, why: Reason) -> Problem:
    return Problem("invalid-quantity", what=what, value=ascii(value[:40]), why=why)
