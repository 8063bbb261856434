"""The engine and the queue over all projects, for whoever runs the factory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Min, QuerySet

from fabriek.compute import catalogue, queries
from fabriek.compute.engines.contract import EngineFacts
from fabriek.compute.models import Attempt, Job
from fabriek.compute.rules import JobState
from fabriek.core import clock
from fabriek.core.queries import operators_only
from fabriek.scheduling import easy
from fabriek.scheduling.resources import Resources

if TYPE_CHECKING:
    from fabriek.people.models import Person

# An agent shows a sign of life every few seconds; two minutes without one is no hiccup.
SILENT = timedelta(minutes=2)
EXPECTED = 50


@dataclass(frozen=True)
class EngineUse:
    """The engine: its facts, its size, and what is in use of it now."""

    name: str
    facts: EngineFacts
    size: Resources
    gpus: Mapping[str, int]
    used: Resources
    jobs: int


@dataclass(frozen=True)
class Queue:
    """How many jobs wait and are at work, and since when the first in line waits."""

    waiting: int
    at_work: int
    oldest: datetime | None


def engines(reader: "Person") -> list[EngineUse]:
    """The engines that jobs go to: one machine has one."""
    operators_only(reader)
    used, running = Resources(), queries.at_work()
    for row in running:
        used += row.needs
    facts, gpus = catalogue.engine().describe(), catalogue.site().gpus
    size = catalogue.capacity()
    return [EngineUse(catalogue.EMBEDDED, facts, size, gpus, used, len(running))]


def jobs(reader: "Person") -> QuerySet[Job]:
    """The jobs of all projects that wait or are at work."""
    operators_only(reader)
    return queries.not_over().select_related("project", "submitted_by")


def queue(reader: "Person") -> Queue:
    """The queue in figures."""
    operators_only(reader)
    found = (
        queries.not_over()
        .order_by()
        .values_list("state")
        .annotate(Count("pk"), Min("submitted_at"))
    )
    counts = {state: (count, oldest) for state, count, oldest in found}
    waiting, oldest = counts.pop(JobState.QUEUED, (0, None))
    return Queue(waiting, sum(count for count, _oldest in counts.values()), oldest)


def expected_starts(reader: "Person") -> Mapping[int, datetime]:
    """When the first in line start at the latest, if all run to their limits; by the job's number.
    Not for all: the work grows with the square of how many."""
    operators_only(reader)
    first = queries.queue()[:EXPECTED]
    line = [easy.Waiting(job.pk, queries.needs(job), job.time_limit_s) for job in first]
    if not line:
        return {}
    waits = easy.expected_starts(line, queries.at_work(), catalogue.capacity())
    now = clock.now()
    return {key: now + timedelta(seconds=wait_s) for key, wait_s in waits.items()}


def silent_attempts(reader: "Person") -> QuerySet[Attempt]:
    """Attempts whose agent has shown no sign of life for two minutes."""
    operators_only(reader)
    claimed = queries.attempts_not_over().filter(state=Attempt.State.CLAIMED)
    rows = claimed.filter(last_beat_at__lt=clock.now() - SILENT)
    return rows.defer("use", "report").select_related("job__project").order_by("last_beat_at")
