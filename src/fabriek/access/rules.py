"""The rules of access. Pure: a mode and the facts of a case in, findings out."""

import calendar
import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from fabriek.access.working_days import DAY, Holidays, add_working_days

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CLOSING = time(17)  # a deadline is the end of its working day
NOTICE_DAYS = (30, 7, 1)
AMOUNTS = (
    ("gpu_hours", "gpu-hours-too-many", "gpu-hours-too-few"),
    ("cpu_hours", "cpu-hours-too-many", "cpu-hours-too-few"),
    ("storage_gib", "storage-too-many", "storage-too-few"),
)


@dataclass(frozen=True)
class Limits:
    """What may be asked of one unit: at least, more than, at most."""

    most: Decimal
    least: Decimal = Decimal(0)
    over: Decimal | None = None


@dataclass(frozen=True)
class Mode:
    """One way to get access, as in data/modes.toml."""

    id: str
    name: str
    organisations: frozenset[str]
    country_groups: frozenset[str]
    civilian: bool
    gpu_hours: Limits
    cpu_hours: Limits
    storage_gib: Limits
    months: tuple[int, ...]
    extension_months: int
    working_days: int
    cutoff_days: tuple[int, ...]
    grant_at_once: bool
    reviews: tuple[str, ...]
    one_place: bool
    needs_experience: bool
    text: Mapping[str, str]
    cost: Mapping[str, str]
    source: str


@dataclass(frozen=True)
class Requests:
    """What may be asked beside and after an application, as in data/requests.toml."""

    drafts_most: int
    extension_working_days: int
    extension_days_after_end: int
    appeal_days: int
    appeal_working_days: int


@dataclass(frozen=True)
class Case:
    """The facts of an application, as far as they are known; None: not filled in yet.

    `organisation_kind` is None when the person does not belong to the organisation. `purpose` is
    why governance refuses the purpose: a code and its facts.
    """

    gpu_hours: Decimal
    cpu_hours: Decimal
    storage_gib: Decimal
    months: int
    organisation_kind: str | None
    country: str = ""
    country_group: str = ""
    place_taken: bool = False
    experience: str | None = None
    purpose: tuple[str, Mapping[str, str]] | None = None


@dataclass(frozen=True)
class Finding:
    """Why an application is not possible: a code of problems.toml, the field, the facts."""

    field: str
    code: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)


def check(mode: Mode, case: Case, modes: Iterable[Mode]) -> list[Finding]:
    """Everything that stands in the way, at once; empty when the application is possible."""
    found = [*_who(mode, case, modes), *_how_much(mode, case, modes)]
    if case.months not in mode.months:
        allowed = ", ".join(str(months) for months in mode.months)
        found.append(
            Finding(
                "months",
                "months-not-allowed",
                {"asked": case.months, "allowed": allowed, "mode": mode.name},
            )
        )
    if mode.needs_experience and case.experience is not None and not case.experience.strip():
        found.append(Finding("experience", "experience-missing", {"mode": mode.name}))
    if case.purpose is not None:
        found.append(Finding("purpose", *case.purpose))
    if mode.one_place and case.place_taken:
        found.append(Finding("mode", "playground-taken", {"mode": mode.name}))
    return found


def _who(mode: Mode, case: Case, modes: Iterable[Mode]) -> Iterable[Finding]:
    kind = case.organisation_kind
    if kind is None:
        yield Finding("organisation", "organisation-not-yours")
        return
    if kind == "defence" and mode.civilian:
        yield Finding("organisation", "defence-not-eligible", {"mode": mode.name})
    elif kind not in mode.organisations:
        fits = _names(other for other in modes if kind in other.organisations)
        yield Finding(
            "organisation", "kind-not-eligible", {"mode": mode.name, "kind": kind, "fits": fits}
        )
    if case.country_group not in mode.country_groups:
        yield Finding("organisation", "country-not-eligible", {"country": case.country})


def _how_much(mode: Mode, case: Case, modes: Iterable[Mode]) -> Iterable[Finding]:
    if not case.gpu_hours + case.cpu_hours:
        yield Finding("gpu_hours", "nothing-asked")
    for name, too_many, too_few in AMOUNTS:
        asked: Decimal = getattr(case, name)
        limits: Limits = getattr(mode, name)
        facts: dict[str, object] = {"mode": mode.name, "asked": f"{asked.normalize():f}"}
        fits = _names(
            other
            for other in modes
            if within(getattr(other, name), asked) and case.organisation_kind in other.organisations
        )
        if asked > limits.most:
            more = {"most": f"{limits.most:f}", "fits": fits}
            yield Finding(name, too_many, facts | more)
        elif not within(limits, asked):
            least = limits.least if limits.over is None else limits.over
            yield Finding(name, too_few, facts | {"least": f"{least:f}", "fits": fits})


def within(limits: Limits, amount: Decimal) -> bool:
    """Whether this much may be asked."""
    if limits.over is not None and amount <= limits.over:
        return False
    return limits.least <= amount <= limits.most


def _names(modes: Iterable[Mode]) -> str:
    return ", ".join(mode.name for mode in modes) or "-"


def deadline(mode: Mode, submitted_at: datetime, holidays: Holidays) -> datetime:
    """When the decision is due, counted from the submission, or from the cut-off that it is in
    time for. A submission on the day of a cut-off is in time."""
    start = submitted_at.astimezone(AMSTERDAM).date()
    while mode.cutoff_days and start.day not in mode.cutoff_days:
        start += DAY
    return _closing(start, mode.working_days, holidays)


def working_days_after(asked_at: datetime, count: int, holidays: Holidays) -> datetime:
    """When the decision on a request of this moment is due."""
    return _closing(asked_at.astimezone(AMSTERDAM).date(), count, holidays)


def _closing(start: date, count: int, holidays: Holidays) -> datetime:
    """17:00 in Amsterdam on the so-manyeth working day after the start."""
    due = add_working_days(start, count, holidays)
    return datetime.combine(due, CLOSING, AMSTERDAM).astimezone(UTC)


def add_months(start: datetime, months: int) -> datetime:
    """The same day and time so many months later in Amsterdam, or the month's last day where it is
    shorter."""
    local = start.astimezone(AMSTERDAM)
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    last = calendar.monthrange(year, month + 1)[1]
    day = date(year, month + 1, min(local.day, last))
    return datetime.combine(day, local.timetz()).astimezone(UTC)


def notice_due(ends_at: datetime, now: datetime, last: int | None) -> int | None:
    """Which notice before the end is due now: 30, 7 or 1 days; None when none is. `last` is the
    notice sent before. After a pause only the nearest one is sent."""
    due = [days for days in NOTICE_DAYS if ends_at - now <= timedelta(days=days)]
    if not due or (last is not None and last <= due[-1]):
        return None
    return due[-1]


def first_notice(starts_at: datetime, ends_at: datetime) -> int | None:
    """The notices that an allocation is too short for count as sent when it starts."""
    return notice_due(ends_at, starts_at, None)


@dataclass(frozen=True)
class Judge:
    """What matters of a reviewer, or of an operator who decides, in one application."""

    person_id: int
    organisation_ids: frozenset[int]
    shares_project: bool
    declared: bool


def conflict_of_interest(judge: Judge, applicant_id: int, organisation_id: int) -> str | None:
    """Why this person may not judge the application: `applicant`, `organisation`, `project` (a
    member of one of the applicant's), `declared`; None when nothing stands in the way."""
    if judge.person_id == applicant_id:
        return "applicant"
    if organisation_id in judge.organisation_ids:
        return "organisation"
    if judge.shares_project:
        return "project"
    return "declared" if judge.declared else None
