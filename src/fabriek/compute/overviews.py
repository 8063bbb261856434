"""Facts about many jobs at once, for pages: idle time, running again, the engine and its queue."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fabriek.compute import catalogue, queries
from fabriek.compute.models import Job
from fabriek.compute.rules import ACTIVE, JobState
from fabriek.core.problems import Problem
from fabriek.scheduling import easy, idle
from fabriek.scheduling.resources import Resources

if TYPE_CHECKING:
    from fabriek.people.models import Person

IDLE_JOBS = 1000
OWN_COMMAND = "own-command"
NOT_OVER = (JobState.QUEUED, *ACTIVE)


@dataclass(frozen=True)
class Idle:
    """How the time between two moments went. `since` is later than asked where the project had
    more jobs than are looked at."""

    since: datetime
    until: datetime
    split: idle.Split


def idle_split(project_id: int, since: datetime, until: datetime) -> Idle:
    """Of a stretch of a project's time: how long something ran, nothing was asked, or there was no
    room. From its newest jobs; a stretch of no length has nothing in it."""
    rows = queries.of_project(project_id).order_by("-pk")
    times = ("pk", "submitted_at", "started_at", "ended_at")
    newest = list(rows.values_list(*times)[: IDLE_JOBS + 1])
    if len(newest) > IDLE_JOBS:
        since = max(since, newest[-1][1])
    # One that still runs may have been submitted before all of those.
    live = rows.filter(state__in=NOT_OVER).values_list(*times)[:IDLE_JOBS]
    found = {row[0]: row[1:] for row in (*newest, *live)}
    lives = [
        idle.Life(queued.timestamp(), _seconds(started), _seconds(ended))
        for queued, started, ended in found.values()
    ]
    until = max(since, until)
    return Idle(since, until, idle.split(lives, since.timestamp(), until.timestamp()))


@dataclass(frozen=True)
class Again:
    """A job as one may ask for it again. `kept` are fields of a Request that no form asks for."""

    project: str
    blueprint: str
    name: str
    code: str
    inputs: Mapping[str, str]
    parameters: Mapping[str, Any]
    cpus: int
    memory_mib: int
    time_limit_s: int
    gpus: int
    output_name: str
    kept: Mapping[str, Any]


def again(person: "Person", job_id: int) -> Again:
    """What to fill the form with, to run a job again; Problem `not-found`.

    A job that came from no blueprint is one's own command.
    """
    job = queries.job_for(person, job_id)
    inputs = job.inputs.select_related("version__dataset").order_by("pk")
    own = job.blueprint in ("", OWN_COMMAND)
    kept: dict[str, Any] = {"purpose": job.purpose, "network": job.network}
    if own:
        kept |= {"environment": job.environment, "parameters": job.parameters}
        kept |= {"output_kind": job.output_kind}
    return Again(
        project=job.project.slug,
        blueprint=job.blueprint or OWN_COMMAND,
        name=job.name,
        code=f"{job.code.dataset.slug}@{job.code.number}" if own and job.code else "",
        inputs={one.name: f"{one.version.dataset.slug}@{one.version.number}" for one in inputs},
        parameters={"command": shlex.join(job.command)} if own else job.parameters,
        cpus=job.cpus,
        memory_mib=job.memory_mib,
        time_limit_s=job.time_limit_s,
        gpus=job.gpus,
        output_name=job.output_name,
        kept=kept,
    )


@dataclass(frozen=True)
class EngineOverview:
    """The engine: its size, what of it is free, how many jobs run and wait, what it promises."""

    name: str
    capacity: Resources
    free: Resources
    gpus: Mapping[str, int]
    running: int
    waiting: int
    sandbox: str
    limits: str
    holds_confidential: bool
    offers_network: bool
    notes: tuple[str, ...]


def engine_facts() -> EngineOverview:
    """The engine of this factory, now."""
    facts = catalogue.engine().describe()
    running, capacity = queries.at_work(), catalogue.capacity()
    return EngineOverview(
        name=catalogue.EMBEDDED,
        capacity=capacity,
        free=_free(running, capacity),
        gpus=catalogue.site().gpus,
        running=len(running),
        waiting=queries.queue().count(),
        sandbox=facts.sandbox,
        limits=facts.limits,
        holds_confidential=facts.holds_confidential,
        offers_network=facts.offers_network,
        notes=facts.notes,
    )


@dataclass(frozen=True)
class QueueRow:
    """One job that waits or runs, as an operator sees it: no command, no data."""

    job_id: int
    name: str
    project: str
    project_title: str
    person: str
    state: str
    submitted_at: datetime
    started_at: datetime | None
    cpus: int
    memory_mib: int
    gpus: int
    time_limit_s: int
    attempts: int


def queue_for_operator(person: "Person", most: int = 200) -> list[QueueRow]:
    """What runs, then what waits in the order of the line, of all projects; at most so many.

    Problem `not-allowed` for anybody else.
    """
    if not (person.is_active and person.is_operator):
        raise Problem("not-allowed")
    rows = Job.objects.filter(engine=catalogue.EMBEDDED).select_related("project", "submitted_by")
    running = list(rows.filter(state__in=ACTIVE).order_by("pk")[:most])
    waiting = rows.filter(state=JobState.QUEUED).order_by("pk")[: most - len(running)]
    return [
        QueueRow(
            job_id=job.pk,
            name=job.name,
            project=job.project.slug,
            project_title=job.project.title,
            person=job.submitted_by.name,
            state=job.state,
            submitted_at=job.submitted_at,
            started_at=job.started_at,
            cpus=job.cpus,
            memory_mib=job.memory_mib,
            gpus=job.gpus,
            time_limit_s=job.time_limit_s,
            attempts=job.attempts,
        )
        for job in (*running, *waiting)
    ]


def _free(running: list[easy.Running], capacity: Resources) -> Resources:
    for one in running:
        capacity -= one.needs
    return capacity


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
