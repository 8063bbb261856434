"""The engine and the queue over all projects, for whoever runs the factory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Min, QuerySet

from fabriek.compute import catalogue, queries
from fabriek.compute.engines.contract import EngineFacts
from fabriek.compute.models import Attempt, Job
from fabriek.compute.rules import ACTIVE, JobState, Site
from fabriek.core import clock
from fabriek.core.queries import operators_only
from fabriek.scheduling import easy
from fabriek.scheduling.resources import Resources

if TYPE_CHECKING:
    from fabriek.people.models import Person

WAITING_OR_AT_WORK = (JobState.QUEUED, *ACTIVE)
# An agent shows a sign of life every few seconds; two minutes without one is no hiccup.
SILENT = timedelta(minutes=2)


@dataclass(frozen=True)
class EngineUse:
    """The engine: its facts, its size, and what is in use of it now."""

    name: str
    facts: EngineFacts
    site: Site
    used: Resources
    jobs: int

    @cached_property
    def capacity(self) -> Resources:
        return Resources(self.site.cpus, self.site.memory_mib, sum(self.site.gpus.values()))


@dataclass(frozen=True)
class Queue:
    """How many jobs wait and are at work, and since when the first in line waits."""

    waiting: int
    at_work: int
    oldest: datetime | None


def engines(reader: "Person") -> list[EngineUse]:
    """The engines that jobs go to; one, on one machine."""
    operators_only(reader)
    used, running = Resources(0, 0, 0), queries.at_work()
    for row in running:
        used += row.needs
    facts = catalogue.engine().describe()
    return [EngineUse(catalogue.EMBEDDED, facts, catalogue.site(), used, len(running))]


def jobs(reader: "Person") -> QuerySet[Job]:
    """The jobs of all projects that wait or are at work."""
    operators_only(reader)
    rows = Job.objects.filter(engine=catalogue.EMBEDDED, state__in=WAITING_OR_AT_WORK)
    return rows.select_related("project", "submitted_by")


def queue(reader: "Person") -> Queue:
    """The queue in figures."""
    operators_only(reader)
    rows = Job.objects.filter(engine=catalogue.EMBEDDED, state__in=WAITING_OR_AT_WORK).order_by()
    found = {
        row["state"]: row
        for row in rows.values("state").annotate(count=Count("pk"), oldest=Min("submitted_at"))
    }
    waiting = found.pop(JobState.QUEUED, {"count": 0, "oldest": None})
    at_work = sum(row["count"] for row in found.values())
    return Queue(waiting["count"], at_work, waiting["oldest"])


def expected_starts(reader: "Person") -> Mapping[int, datetime]:
    """When the first five hundred in line start at the latest, if all run to their limits; by the
    job's number."""
    operators_only(reader)
    first = queries.queue()[: queries.WHY_HORIZON]
    line = [easy.Waiting(job.pk, queries.needs(job), job.time_limit_s) for job in first]
    if not line:
        return {}
    waits = easy.expected_starts(line, queries.at_work(), catalogue.capacity())
    now = clock.now()
    return {key: now + timedelta(seconds=wait_s) for key, wait_s in waits.items()}


def silent_attempts(reader: "Person") -> QuerySet[Attempt]:
    """Attempts whose agent has shown no sign of life for two minutes."""
    operators_only(reader)
    rows = Attempt.objects.filter(
        state=Attempt.State.CLAIMED, last_beat_at__lt=clock.now() - SILENT
    )
    return rows.defer("use", "report").select_related("job__project").order_by("last_beat_at")
