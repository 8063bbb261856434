"""How the time went in which nothing ran: was nothing asked, or was there no room?"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Life:
    """When a job was queued, started and ended, in seconds on any one clock.

    `started_s` None: it never ran, or not yet. `ended_s` None: it is not over.
    """

    queued_s: float
    started_s: float | None
    ended_s: float | None


@dataclass(frozen=True)
class Split:
    """A stretch of time in three parts that add up to it: at least one job ran; none ran and none
    waited; none ran though at least one waited."""

    ran_s: float
    nothing_queued_s: float
    no_room_s: float


def split(lives: Iterable[Life], since_s: float, until_s: float) -> Split:
    """How the time between two moments went. Cost grows as sorting the jobs does."""
    changes: list[tuple[float, int, int]] = []
    for life in lives:
        ended_s = until_s if life.ended_s is None else life.ended_s
        started_s = ended_s if life.started_s is None else min(life.started_s, ended_s)
        for start_s, end_s, runs in ((life.queued_s, started_s, 0), (started_s, ended_s, 1)):
            first_s, last_s = max(start_s, since_s), min(end_s, until_s)
            if first_s < last_s:
                changes += [(first_s, runs, 1), (last_s, runs, -1)]
    parts = [0.0, 0.0, 0.0]
    now_s, waiting, running = since_s, 0, 0
    for moment_s, runs, change in sorted(changes):
        parts[0 if running else 2 if waiting else 1] += moment_s - now_s
        now_s = moment_s
        running += change if runs else 0
        waiting += 0 if runs else change
    parts[1] += max(0.0, until_s - now_s)
    return Split(*parts)
