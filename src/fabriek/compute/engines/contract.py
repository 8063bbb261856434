"""What the factory asks of an engine, whichever it is.

An engine starts the agent of an attempt somewhere, and tells whether that agent is alive. What the
job did, the agent itself reports to the API. Names are ours and unique, so that everything an
engine was asked to do can be found again after a crash of whoever asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class EngineError(Exception):
    """The engine could not do it. `code` is for machines; `retry` says whether it may help.

    Codes: `engine-unreachable` (retry), `engine-refused` (the order can never run here).
    """

    def __init__(self, code: str, sentence: str, *, retry: bool) -> None:
        super().__init__(sentence)
        self.code = code
        self.retry = retry


@dataclass(frozen=True)
class Order:
    """One attempt to be run. `name` is its name in the engine: `fabriek-<factory>-<job>-<attempt>`.

    `secret` is what the agent claims its work with, once; it must reach the agent by no way that
    others on the node can read.
    """

    name: str
    cpus: int
    memory_mib: int
    gpus: int
    gpu_kind: str
    time_limit_s: int
    network: bool
    api_url: str
    secret: str = field(repr=False)


class SightingState(StrEnum):
    """What an engine sees of an attempt."""

    PENDING = "pending"
    """Taken on; the agent has not begun."""
    RUNNING = "running"
    """The agent has begun and is alive."""
    ENDED = "ended"
    """The agent came to its own end."""
    LOST = "lost"
    """The agent died before its end; nothing of the attempt is left running."""


@dataclass(frozen=True)
class Sighting:
    """An attempt as the engine sees it; the times are the engine's own, where it knows them."""

    name: str
    state: SightingState
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Capacity:
    """What the engine has in all; `gpus` by kind."""

    cpus: int
    memory_mib: int
    gpus: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class EngineFacts:
    """What an engine can promise. `notes` are sentences for the operator about what it cannot.

    `sandbox` and `limits` are as on a job's isolation record. `holds_confidential`: jobs are kept
    apart well enough for data classed confidential. `offers_network`: a job may ask for network.
    """

    name: str
    sandbox: str
    limits: str
    holds_confidential: bool
    offers_network: bool
    notes: tuple[str, ...] = ()


class Engine(Protocol):
    """Every method may raise EngineError `engine-unreachable`; each may be repeated safely."""

    def describe(self) -> EngineFacts:
        """What this engine can promise."""

    def capacity(self) -> Capacity:
        """How large it is in all, whatever is running."""

    def submit(self, order: Order) -> None:
        """Take on an attempt. Submitting a name again starts nothing again, whatever became of it.

        EngineError `engine-refused` for an order that can never run here.
        """

    def find(self, name: str) -> Sighting | None:
        """One attempt; None when the engine does not know it (or never came to starting it)."""

    def observe(self) -> dict[str, Sighting]:
        """All attempts the engine knows, by name, with one question to the engine."""

    def cancel(self, name: str) -> None:
        """End an attempt: the agent is asked first, and killed with all of its job if it does not
        listen. Unknown and ended names are left alone. Returns at once; `observe` shows the end.
        """

    def forget(self, name: str) -> None:
        """Drop what is kept of an ended or lost attempt. One that still runs is left alone."""
