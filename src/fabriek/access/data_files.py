"""The room's data files, read once."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from fabriek.access.rules import Limits, Mode, Requests
from fabriek.access.working_days import Holidays

DATA = Path(__file__).parent / "data"


@cache
def holidays() -> Holidays:
    """Dutch public holidays, from data/holidays_nl.toml."""
    return Holidays.of(tomllib.loads((DATA / "holidays_nl.toml").read_text("utf-8")))


@cache
def modes() -> Mapping[str, Mode]:
    """Every access mode, by id, from data/modes.toml."""
    entries = tomllib.loads((DATA / "modes.toml").read_text("utf-8"))
    return {key: _mode(key, entry) for key, entry in entries.items()}


@cache
def requests() -> Requests:
    """What may be asked beside and after an application, from data/requests.toml."""
    found = tomllib.loads((DATA / "requests.toml").read_text("utf-8"))
    return Requests(
        drafts_most=found["draft"]["most"],
        extension_working_days=found["extension"]["working_days"],
        extension_days_after_end=found["extension"]["days_after_end"],
        appeal_days=found["appeal"]["days"],
        appeal_working_days=found["appeal"]["working_days"],
    )


def _mode(key: str, entry: Mapping[str, Any]) -> Mode:
    return Mode(
        id=key,
        name=entry["name"],
        organisations=frozenset(entry["organisations"]),
        country_groups=frozenset(entry["country_groups"]),
        civilian=entry["civilian"],
        gpu_hours=_limits(entry["gpu_hours"]),
        cpu_hours=_limits(entry["cpu_hours"]),
        storage_gib=_limits(entry["storage_gib"]),
        months=tuple(entry["months"]),
        extension_months=entry["extension_months"],
        working_days=entry["decision"]["working_days"],
        cutoff_days=tuple(entry["decision"].get("cutoff_days", ())),
        grant_at_once=entry["grant"] == "at-once",
        reviews=tuple(entry["reviews"]),
        one_place=entry.get("one_place", False),
        needs_experience=entry.get("needs_experience", False),
        text={"nl": entry["nl"], "en": entry["en"]},
        cost={"nl": entry["cost_nl"], "en": entry["cost_en"]},
        source=entry["source"],
    )


def _limits(entry: Mapping[str, int]) -> Limits:
    return Limits(**{bound: Decimal(amount) for bound, amount in entry.items()})
