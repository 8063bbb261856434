"""Reading jobs. `visible_to` is written once; every door goes through it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Count, F, Func, QuerySet

from fabriek.access import queries as access
from fabriek.compute import catalogue, tallies, use_series
from fabriek.compute.models import Attempt, Job, Tally
from fabriek.compute.rules import ACTIVE, JobState
from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.scheduling import easy
from fabriek.scheduling.resources import Resources

if TYPE_CHECKING:
    from fabriek.people.models import Person

WHY_HORIZON = 500


def visible_to(person: "Person") -> QuerySet[Job]:
    """The jobs of the projects that the person may see."""
    return Job.objects.filter(project__in=access.visible_projects(person))


def job_for(person: "Person", job_id: int) -> Job:
    """One job the person may see; Problem `not-found`."""
    rows = visible_to(person).select_related(
        "project", "submitted_by", "code__dataset", "output__dataset", "output_dataset"
    )
    job = rows.filter(pk=job_id).first()
    if job is None:
        raise Problem("not-found")
    return job


def use_over_time(job: Job) -> list[use_series.Use]:
    """What the job's newest attempt had in use, from its start on; empty before it has one."""
    points = job.tries.order_by("-number").values_list("use", flat=True).first()
    return use_series.shown(points or [])


def of_project(project_id: int) -> QuerySet[Job]:
    """All jobs of one project, for whoever has checked the right to see it."""
    return Job.objects.filter(project_id=project_id)


def jobs_by_state(project_id: int) -> dict[str, int]:
    """How many jobs the project has in each state: ended ones from tallies, live ones counted."""
    found: dict[str, int] = {}
    for row in Tally.objects.filter(project_id=project_id):
        found[row.state] = found.get(row.state, 0) + row.jobs
    live = Job.objects.filter(project_id=project_id, state__in=[JobState.QUEUED, *ACTIVE])
    for state, number in live.order_by().values_list("state").annotate(number=Count("pk")):
        found[state] = number
    return found


def energy_by_source(project_id: int) -> dict[tuple[str, str], Decimal]:
    """Kilowatt-hours of the project's ended jobs by (source, quality): estimates stay apart."""
    found: dict[tuple[str, str], Decimal] = {}
    for row in Tally.objects.filter(project_id=project_id).exclude(source=""):
        key = (row.source, row.quality)
        found[key] = found.get(key, Decimal(0)) + tallies.kwh(row)
    return found


def live_subjects(subjects: set[str]) -> set[str]:
    """Of the ledger subjects given, those of jobs that are not over. For the ledger's check."""
    ids = {int(s.removeprefix("job:")) for s in subjects if s.startswith("job:")}
    live = Job.objects.filter(state__in=[JobState.QUEUED, *ACTIVE], pk__in=ids)
    return {f"job:{pk}" for pk in live.values_list("pk", flat=True)}


def needs(job: Job) -> Resources:
    """What the job holds while it runs."""
    return Resources(job.cpus, job.memory_mib, job.gpus)


def _state_in(*states: str) -> Func:
    """The states written out, not given as parameters: SQLite uses the small index of what is not
    over only for the very words of its condition, and reads every job there ever was otherwise."""
    written = ", ".join(f"'{state}'" for state in states)
    return Func(F("state"), template=f"%(expressions)s IN ({written})", output_field=BooleanField())


def not_over() -> QuerySet[Job]:
    """Jobs that wait or are at work, at the same cost however many are over."""
    return Job.objects.filter(_state_in(JobState.QUEUED, *ACTIVE), engine=catalogue.EMBEDDED)


def attempts_not_over() -> QuerySet[Attempt]:
    """Attempts that may still do something, at the same cost however many are over."""
    return Attempt.objects.filter(_state_in("made", "submitted", "claimed", "reported"))


def queue() -> QuerySet[Job]:
    """Waiting jobs, first in line first."""
    return not_over().filter(state=JobState.QUEUED).order_by("pk")


def at_work(besides: int = 0) -> list[easy.Running]:
    """What runs now, with the time each may still take; `besides` this job."""
    now = clock.now()
    rows = not_over().filter(state__in=ACTIVE).exclude(pk=besides)
    found = []
    for job in rows:
        ran_s = (now - job.started_at).total_seconds() if job.started_at else 0.0
        found.append(easy.Running(needs(job), max(0.0, job.time_limit_s - ran_s)))
    return found


@dataclass(frozen=True)
class Why:
    """Why a job waits: a code with facts, its place in line, and the latest likely start."""

    code: str
    facts: dict[str, Any]
    position: int | None
    expected_start: datetime | None


def why(job: Job) -> Why:
    """Why the job is waiting and when it will start at the latest, if all run to their limits."""
    if job.state != JobState.QUEUED:
        return Why("not-waiting", {"state": job.state}, None, None)
    ahead = queue().filter(pk__lt=job.pk)
    position = ahead.count() + 1
    # It may have started since it was read: it does not wait for itself.
    running, capacity = at_work(besides=job.pk), catalogue.capacity()
    expected = None
    if position <= WHY_HORIZON:
        sizes = ahead.only("cpus", "memory_mib", "gpus", "time_limit_s")
        line = [easy.Waiting(row.pk, needs(row), row.time_limit_s) for row in [*sizes, job]]
        wait_s = easy.expected_starts(line, running, capacity).get(job.pk)
        expected = clock.now() + timedelta(seconds=wait_s) if wait_s is not None else None
    free = capacity
    for row in running:
        free -= row.needs
    if job.attempts:
        return Why("waiting-after-loss", {"attempt": job.attempts + 1}, position, expected)
    if not free.holds(needs(job)):
        room = {"cpus": free.cpus, "memory_mib": free.memory_mib, "gpus": free.gpus}
        facts = {name: max(0, amount) for name, amount in room.items()} | {"position": position}
        return Why("waiting-for-room", facts, position, expected)
    if position > 1:
        return Why("waiting-behind", {"ahead": position - 1}, position, expected)
    return Why("waiting-first", {}, position, expected)
