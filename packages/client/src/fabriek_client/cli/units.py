"""Sizes and durations as people write them, read and shown."""

import math
import re

from fabriek_client.cli.kit import WrongUsage
from fabriek_client.words import language, say

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([MGT])(?:i?B)?", re.ASCII | re.IGNORECASE)
_AMOUNT = re.compile(r"\d{1,15}(?:[.,]\d{1,6})?", re.ASCII)
_MIB = {"M": 1, "G": 1024, "T": 1024 * 1024}


def duration_s(text: str) -> int:
    """`90s`, `30m`, `2h`, `1h30m`, `1d` in seconds. WrongUsage for anything else."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found or not any(found.groups()) or len(text) > 30:
        raise WrongUsage(say("common.bad-duration", value=text), say("common.bad-duration-out"))
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def memory_mib(text: str) -> int:
    """`512M`, `4G`, `1.5G` in MiB. WrongUsage for anything else."""
    found = _MEMORY.fullmatch(text.strip())
    if not found or len(text) > 30:
        raise WrongUsage(say("common.bad-memory", value=text), say("common.bad-memory-out"))
    return round(float(found[1]) * _MIB[found[2].upper()])


def amount(text: str, option: str) -> float:
    """`12`, `12.5` or `12,5` as a number. WrongUsage for anything else."""
    if not _AMOUNT.fullmatch(text.strip()):
        raise WrongUsage(
            say("common.bad-amount", option=option, value=text), say("common.bad-amount-out")
        )
    return float(text.replace(",", "."))


def shown_size(size_bytes: float) -> str:
    """`34 kB`, `1.2 GB`: powers of a thousand, as disks and networks are sold."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size_bytes < 999.5 or unit == "TB":
            digits = 1 if unit != "B" and size_bytes < 9.95 else 0
            return f"{shown_number(size_bytes, digits)} {unit}"
        size_bytes /= 1000
    raise AssertionError("the last unit takes everything")


def shown_memory(mib: int) -> str:
    """`512 MiB`, `1.5 GiB`: memory in the units it was asked in."""
    return f"{mib} MiB" if mib < 1024 else f"{shown_number(mib / 1024, 2)} GiB"


def shown_duration(seconds: float) -> str:
    """`45 s`, `12 min 30 s`, `3 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    hours = say("common.hour-sign")
    return f"{whole // 3600} {hours} {whole % 3600 // 60:02} min"


def shown_number(value: float, digits: int) -> str:
    """A number with at most so many decimals, with the marks of the language in use."""
    return _marked(f"{value:,.{digits}f}")


def _marked(text: str) -> str:
    """Python's `1,234.50` as `1,234.5` in English and `1.234,5` in Dutch."""
    tidy = text.rstrip("0").rstrip(".") if "." in text else text
    return tidy.translate(str.maketrans(",.", ".,")) if language() == "nl" else tidy


def shown_amount(value: float) -> str:
    """A number with three figures that count, small ones too: `0.000397`, `12.3`, `5000`."""
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return shown_number(value, digits)


def shown_energy(kwh: float) -> str:
    """`1.2 kWh`, or `3.4 Wh` for what a small job takes."""
    return f"{shown_amount(kwh)} kWh" if kwh >= 0.1 else f"{shown_amount(kwh * 1000)} Wh"


def shown_files(count: int) -> str:
    """`1 file`, `12 files`."""
    return say("common.one-file") if count == 1 else say("common.files", count=count)


def shown_time(stamp: str | None) -> str:
    """A time of the factory (UTC) as it is in the Netherlands: `2026-03-02 14:05`."""
    if not stamp:
        return ""
    from datetime import datetime
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        moment = datetime.fromisoformat(stamp)
        if moment.tzinfo is None:
            return stamp
        return moment.astimezone(ZoneInfo("Europe/Amsterdam")).strftime("%Y-%m-%d %H:%M")
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return stamp
