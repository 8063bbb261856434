"""What may be asked of an extension. Pure: a mode and how a project stands in, findings out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from fabriek.access.rules import Finding, Limits, Mode, add_months
from fabriek.core.problems import Reason

NONE = Decimal(0)
UNITS = {
    "gpu_hours": Reason("unit-gpu-hours"),
    "cpu_hours": Reason("unit-cpu-hours"),
    "storage_gib": Reason("unit-storage-gib"),
}


@dataclass(frozen=True)
class Amounts:
    """Time and hours: what is asked for, what there is, or what there is room for."""

    months: int = 0
    gpu_hours: Decimal = NONE
    cpu_hours: Decimal = NONE
    storage_gib: Decimal = NONE


@dataclass(frozen=True)
class Standing:
    """How a project stands. `had`: the hours and storage granted so far in all, and the months by
    which earlier extensions made it longer. `place_taken`: another application of its organisation
    holds the one place of the mode."""

    had: Amounts
    ends_at: datetime
    open_already: bool = False
    place_taken: bool = False


def room(mode: Mode, had: Amounts) -> Amounts:
    """The most that may still be asked for."""

    def left(limits: Limits, granted: Decimal) -> Decimal:
        return max(NONE, limits.most - granted)

    return Amounts(
        months=max(0, mode.extension_months - had.months),
        gpu_hours=left(mode.gpu_hours, had.gpu_hours),
        cpu_hours=left(mode.cpu_hours, had.cpu_hours),
        storage_gib=left(mode.storage_gib, had.storage_gib),
    )


def check(
    mode: Mode, asked: Amounts, standing: Standing, now: datetime, days_after_end: int
) -> list[Finding]:
    """Everything that stands in the way of this extension, at once; empty when it is possible."""
    found = [*_whether(mode, asked, standing, now, days_after_end)]
    most = room(mode, standing.had)
    if asked.months > most.months:
        facts = {"asked": asked.months, "most": most.months, "mode": mode.name}
        found.append(Finding("months", "extension-months-too-many", facts))
    for name, unit in UNITS.items():
        wanted: Decimal = getattr(asked, name)
        limit: Decimal = getattr(most, name)
        if wanted > limit:
            shown = {"asked": f"{wanted.normalize():f}", "most": f"{limit.normalize():f}"}
            found.append(
                Finding(name, "extension-too-much", {**shown, "unit": unit, "mode": mode.name})
            )
    return found


def _whether(
    mode: Mode, asked: Amounts, standing: Standing, now: datetime, days_after_end: int
) -> Iterable[Finding]:
    if standing.open_already:
        yield Finding("", "extension-open")
    if asked == Amounts():
        yield Finding("months", "extension-nothing-asked")
    if now > standing.ends_at + timedelta(days=days_after_end):
        yield Finding("", "extension-too-late", {"days": days_after_end})
    yield from revival(mode, asked.months, standing, now)


def revival(mode: Mode, months: int, standing: Standing, now: datetime) -> Iterable[Finding]:
    """What stands in the way of making a project run again that has ended."""
    if now < standing.ends_at:
        return
    if not months:
        yield Finding("months", "extension-needs-months")
    if mode.one_place and standing.place_taken:
        yield Finding("", "playground-taken", {"mode": mode.name})


def new_end(ends_at: datetime, now: datetime, months: int) -> datetime:
    """The end after an extension: months after the old one, or after now when that has passed."""
    return add_months(max(ends_at, now), months) if months else ends_at
