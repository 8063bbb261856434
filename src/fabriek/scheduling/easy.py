"""EASY backfilling: first come first served, and a later job may go first if it delays no head.

Source: Lifka, 'The ANL/IBM SP scheduling system' (1995). Resources are taken to become free at each
running job's estimated end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from fabriek.scheduling.resources import Resources


@dataclass(frozen=True)
class Waiting:
    """A job that waits; `duration_s` is its time limit."""

    key: int
    needs: Resources
    duration_s: float


@dataclass(frozen=True)
class Running:
    """A job that runs; `left_s` until its estimated end, at least 0."""

    needs: Resources
    left_s: float


def starts(queue: Sequence[Waiting], running: Sequence[Running], capacity: Resources) -> list[int]:
    """Keys of the jobs to start now, in order. The queue is ordered, first in line first."""
    busy = list(running)
    free = _free(busy, capacity)
    started: list[int] = []
    rest = iter(queue)
    for job in rest:
        if not free.holds(job.needs):
            started += _backfill(job, rest, busy, free)
            break
        free -= job.needs
        busy.append(Running(job.needs, job.duration_s))
        started.append(job.key)
    return started


def expected_starts(
    queue: Sequence[Waiting], running: Sequence[Running], capacity: Resources
) -> dict[int, float]:
    """Seconds until each job starts if all run to their limits and none overtakes.

    An upper estimate: jobs usually end before their limit. Jobs larger than the capacity are
    absent. Cost grows as sorting the jobs does.
    """
    free = _free(running, capacity)
    ends = [(job.left_s, number, job.needs) for number, job in enumerate(running)]
    heapify(ends)
    found: dict[int, float] = {}
    now = 0.0
    for number, job in enumerate(queue, len(ends)):
        if not capacity.holds(job.needs):
            continue
        while not free.holds(job.needs):
            ended, _, given_back = heappop(ends)
            now = max(now, ended)
            free += given_back
        found[job.key] = now
        free -= job.needs
        heappush(ends, (now + job.duration_s, number, job.needs))
    return found


def _backfill(
    head: Waiting, rest: Iterator[Waiting], busy: list[Running], free: Resources
) -> list[int]:
    capacity = free
    for at_work in busy:
        capacity += at_work.needs
    if not capacity.holds(head.needs):
        return []  # admission refuses such a job; should the capacity have shrunk, all wait
    shadow_s, spare = _when_free(head.needs, busy, capacity)
    started = []
    for job in rest:
        if not free.holds(job.needs):
            continue
        if job.duration_s > shadow_s:
            if not spare.holds(job.needs):
                continue
            spare -= job.needs
        free -= job.needs
        started.append(job.key)
    return started


def _when_free(
    needs: Resources, busy: Sequence[Running], capacity: Resources
) -> tuple[float, Resources]:
    """The first moment at which `needs` fits for good, and what is then left beside it."""
    free = _free(busy, capacity)
    moment = 0.0
    for job in sorted(busy, key=lambda job: job.left_s):
        if free.holds(needs):
            break
        free += job.needs
        moment = max(moment, job.left_s)
    return moment, free - needs


def _free(busy: Sequence[Running], capacity: Resources) -> Resources:
    for job in busy:
        capacity -= job.needs
    return capacity
