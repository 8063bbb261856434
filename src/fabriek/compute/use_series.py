"""Use over time: a bounded series of points for each attempt. Pure.

A point is (seconds since the start, processor seconds so far, MiB of memory, MiB on disk). The
processor seconds are kept as a running total, so that leaving points out never changes what was
used between those that stay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST = 240
LEAST_GAP_S = 1.0
Point = Sequence[float]


@dataclass(frozen=True)
class Use:
    """What was in use at a moment; `cpus` is the average since the moment before."""

    t_s: float
    cpus: float
    memory_mib: float
    disk_mib: float


def point(usage: Mapping[str, float]) -> list[float]:
    """An agent's `usage` as a point; [] from an agent that does not say when it looked."""
    if not usage.get("at_s"):
        return []
    found = [usage["at_s"], usage["cpu_s"], usage["memory_mib"], usage["disk_mib"]]
    return [round(value, 3) for value in found]


def wants(points: Sequence[Point], new: Point) -> bool:
    """Whether the series gains by this point: it is later than the last one by a gap that grows
    with what is covered. So a long job writes its series less and less often."""
    if not new or not points:
        return bool(new)
    covered_s = points[-1][0] - points[0][0]
    return new[0] - points[-1][0] >= max(LEAST_GAP_S, covered_s / (MOST / 2))


def extended(points: Sequence[Point], new: Point) -> list[Point]:
    """The series with one more point, every second one left out when it is full. A point that is
    not later than the last one changes nothing: reports may come twice."""
    if not new or (points and new[0] <= points[-1][0]):
        return list(points)
    grown = [*(points or [[0.0, 0.0, 0.0, 0.0]]), new]
    if len(grown) <= MOST:
        return grown
    return [*grown[:-1:2], grown[-1]]


def shown(points: Iterable[Point]) -> list[Use]:
    """The series as a person reads it."""
    found: list[Use] = []
    before_t, before_cpu = 0.0, 0.0
    for t_s, cpu_s, memory_mib, disk_mib in points:
        passed_s = t_s - before_t
        cpus = max(0.0, cpu_s - before_cpu) / passed_s if passed_s > 0 else 0.0
        found.append(Use(t_s, round(cpus, 3), memory_mib, disk_mib))
        before_t, before_cpu = t_s, cpu_s
    return found
