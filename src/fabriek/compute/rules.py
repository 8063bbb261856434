"""What a job may be, where it may go next, and whether it may start at all. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (JobState.STARTING, JobState.RUNNING)
OVER = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)
MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.STARTING, JobState.CANCELLED, JobState.FAILED}),
    # Back to the queue: the attempt was lost before or while it ran.
    JobState.STARTING: frozenset({JobState.RUNNING, JobState.QUEUED, *OVER}),
    JobState.RUNNING: frozenset({JobState.QUEUED, *OVER}),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}


def before(state: JobState) -> list[str]:
    """The states from which this one may follow: the guard of every conditional UPDATE."""
    return [start.value for start, following in MOVES.items() if state in following]


# How an agent's outcome ends a job. `exited` is decided by the exit code.
ENDINGS: Mapping[str, tuple[JobState, str]] = {
    "time-limit": (JobState.FAILED, "time-limit"),
    "memory-limit": (JobState.FAILED, "memory-limit"),
    "disk-limit": (JobState.FAILED, "disk-limit"),
    "log-limit": (JobState.FAILED, "log-limit"),
    "command-not-found": (JobState.FAILED, "command-not-found"),
    "sandbox-failed": (JobState.FAILED, "sandbox-failed"),
    "input-failed": (JobState.FAILED, "input-failed"),
    "output-failed": (JobState.FAILED, "output-failed"),
}


@dataclass(frozen=True)
class Limits:
    """What any one job may ask for; from data/limits.toml."""

    time_limit_s: int
    disk_limit_mib: int
    log_limit_mib: int
    process_limit: int
    grace_s: int
    attempts: int
    waiting_per_project: int
    inputs: int


@dataclass(frozen=True)
class Site:
    """What the engine has and may do; `gpus` by kind."""

    cpus: int
    memory_mib: int
    gpus: Mapping[str, int]
    confidential: bool
    network: bool


@dataclass(frozen=True)
class Asked:
    """What admission needs to know of a request."""

    cpus: int
    memory_mib: int
    gpus: int
    gpu_kind: str
    time_limit_s: int
    network: bool
    purpose: str
    cleared_purposes: frozenset[str]
    confidential_inputs: tuple[str, ...]
    personal_inputs: tuple[str, ...]
    personal_data_cleared: bool
    waiting: int
    allocation_runs: bool


@dataclass(frozen=True)
class Verdict:
    """Admitted when `code` is empty; otherwise the refusal's code and its facts."""

    code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def admit(asked: Asked, site: Site, limits: Limits) -> Verdict:
    """The first reason to refuse, or admission. The balance is checked by taking the hold.

    Rights come before sizes: nobody should tune a request that may never run.
    """
    for verdict in (_rights(asked, site), _sizes(asked, site, limits)):
        if verdict.code:
            return verdict
    return Verdict()


def _rights(asked: Asked, site: Site) -> Verdict:
    confidential = ", ".join(asked.confidential_inputs)
    cleared = ", ".join(sorted(asked.cleared_purposes)) or "-"
    checks: tuple[tuple[object, str, dict[str, Any]], ...] = (
        (not asked.allocation_runs, "allocation-not-running", {}),
        (
            asked.purpose not in asked.cleared_purposes,
            "purpose-not-cleared",
            {"purpose": asked.purpose, "cleared": cleared},
        ),
        (
            asked.personal_inputs and not asked.personal_data_cleared,
            "personal-data-not-cleared",
            {"inputs": ", ".join(asked.personal_inputs)},
        ),
        (
            confidential and not site.confidential,
            "confidential-needs-sandbox",
            {"inputs": confidential},
        ),
        (asked.network and not site.network, "network-not-offered", {}),
        (
            asked.network and confidential,
            "confidential-without-network",
            {"inputs": confidential},
        ),
    )
    return next((Verdict(code, facts) for refused, code, facts in checks if refused), Verdict())


def _sizes(asked: Asked, site: Site, limits: Limits) -> Verdict:
    most_of_one = max(site.gpus.values(), default=0)
    gpus = site.gpus.get(asked.gpu_kind, 0) if asked.gpu_kind else most_of_one
    if asked.gpus and not gpus:
        kinds = ", ".join(sorted(site.gpus)) or "-"
        return Verdict("gpu-not-here", {"kind": asked.gpu_kind or "gpu", "kinds": kinds})
    for what, wanted, most in (
        ("GPUs", asked.gpus, gpus),
        ("CPUs", asked.cpus, site.cpus),
        ("MiB", asked.memory_mib, site.memory_mib),
        ("s", asked.time_limit_s, limits.time_limit_s),
    ):
        if wanted > most:
            return Verdict("job-too-large", {"what": what, "asked": wanted, "most": most})
    if asked.waiting >= limits.waiting_per_project:
        return Verdict("queue-full", {"most": limits.waiting_per_project})
    return Verdict()


def ending(outcome: str, exit_code: int | None, stop_reason: str) -> tuple[JobState, str]:
    """The state and reason that a report gives its job; `stop_reason` is why it was stopped."""
    if outcome == "stopped":
        stopped = stop_reason or "node-stopped"
        by_person = stopped == "cancelled-by-person"
        return (JobState.CANCELLED if by_person else JobState.FAILED), stopped
    if outcome == "exited":
        if exit_code == 0:
            return JobState.SUCCEEDED, ""
        return JobState.FAILED, "command-failed"
    return ENDINGS.get(outcome, (JobState.FAILED, "sandbox-failed"))


def hours(units: int, seconds: float) -> Decimal:
    """Units held for so many seconds, in unit-hours with six places."""
    return (Decimal(units) * Decimal(str(seconds)) / 3600).quantize(Decimal("0.000001"))
