"""Facts for pages: where a project's idle time went, and what a job was, to run it again."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fabriek.compute import queries
from fabriek.compute.rules import ACTIVE, JobState
from fabriek.scheduling import idle

if TYPE_CHECKING:
    from fabriek.people.models import Person

IDLE_JOBS = 500
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


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
