"""The jobs' door for people."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.compute import actions, catalogue, logs, queries, schemas
from fabriek.compute.models import Job
from fabriek.compute.rules import OVER, JobState
from fabriek.core import paging
from fabriek.core.paging import Before, Limit
from fabriek.core.problems import Problem, fill, language_of, wording
from fabriek.people.auth import Request, person_token

router = Router(tags=["jobs"], auth=person_token)
LOG_PIECE = 256 * 1024


@router.get("/engines", response=list[schemas.EngineOut])
def engines(request: Request) -> list[dict[str, Any]]:
    """What jobs can run on, and how well it isolates them."""
    facts, here = catalogue.engine().describe(), catalogue.site()
    return [
        {
            "name": catalogue.EMBEDDED,
            "cpus": here.cpus,
            "memory_mib": here.memory_mib,
            "gpus": dict(here.gpus),
            "sandbox": facts.sandbox,
            "limits": facts.limits,
            "holds_confidential": facts.holds_confidential,
            "offers_network": facts.offers_network,
            "notes": list(facts.notes),
        }
    ]


@router.post("/projects/{slug}/jobs", response={201: schemas.JobOut})
def submit(request: Request, slug: str, body: schemas.JobIn) -> Status[dict[str, Any]]:
    """Submit a job: admitted, with its hours held, or refused with a code."""
    asked = actions.Request(
        command=body.command,
        name=body.name,
        code=body.code,
        inputs=[(i.name or i.dataset.partition("@")[0], i.dataset) for i in body.inputs],
        cpus=body.cpus,
        memory_mib=body.memory_mib,
        gpus=body.gpus,
        gpu_kind=body.gpu_kind,
        time_limit_s=body.time_limit_s,
        network=body.network,
        purpose=body.purpose,
        environment=body.environment,
        parameters=body.parameters,
        output_kind=body.output.kind,
        output_name=body.output.name,
    )
    job = actions.submit(request.person, slug, asked)
    return Status(201, full(request, queries.job_for(request.person, job.pk)))


@router.get("/projects/{slug}/jobs", response=schemas.JobPage)
def jobs(
    request: Request,
    slug: str,
    state: JobState | None = None,
    before: Before = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The project's jobs, newest first."""
    project = access.project_for(request.person, slug, Right.VIEW)
    rows = queries.of_project(project.pk).select_related("project", "submitted_by")
    if state:
        rows = rows.filter(state=state)
    page = paging.newest_first(rows, before=before, limit=limit)
    return {"items": [row(job) for job in page.items], "next_before": page.next_before}


@router.get("/jobs/{job_id}", response=schemas.JobOut)
def job(request: Request, job_id: int) -> dict[str, Any]:
    """One job in full."""
    return full(request, queries.job_for(request.person, job_id))


@router.post("/jobs/{job_id}/cancel", response=schemas.JobOut)
def cancel(request: Request, job_id: int) -> dict[str, Any]:
    """End a job. One that waits ends at once, one that runs within seconds."""
    return full(request, actions.cancel(request.person, job_id))


@router.get("/jobs/{job_id}/log", response=schemas.LogOut)
def log(request: Request, job_id: int, offset: schemas.Offset = 0) -> dict[str, Any]:
    """The log from a byte offset on, at most 256 KiB at a time; ask again from `next_offset`."""
    found = queries.job_for(request.person, job_id)
    attempt = found.tries.order_by("-number").first()
    piece = logs.read(attempt, offset, LOG_PIECE) if attempt else b""
    piece = logs.whole_characters(piece)
    end = attempt.log_bytes if attempt else 0
    next_offset = offset + len(piece)
    return {
        "offset": offset,
        "next_offset": next_offset,
        "text": piece.decode("utf-8", "replace"),
        "ended": found.state in OVER and next_offset >= end,
    }


@router.get("/jobs/{job_id}/usage", response=schemas.UsePage)
def usage(request: Request, job_id: int) -> dict[str, Any]:
    """Processors, memory and disk in use, from the start of the newest attempt on."""
    found = queries.job_for(request.person, job_id)
    points = [asdict(use) for use in queries.use_over_time(found)]
    return {"attempt": found.attempts, "points": points}


@router.get("/jobs/{job_id}/why", response=schemas.WhyOut)
def why(request: Request, job_id: int) -> dict[str, Any]:
    """Why the job waits, and when it will start at the latest."""
    answer = queries.why(queries.job_for(request.person, job_id))
    problem, language = Problem(answer.code, **answer.facts), language_of(request)
    return {
        "code": answer.code,
        "sentence": problem.sentence(language),
        "way_out": problem.way_out(language),
        "position": answer.position,
        "expected_start": answer.expected_start,
    }


@router.post("/projects/{slug}/models/{name}/versions", response={201: schemas.ReferenceOut})
def register(
    request: Request, slug: str, name: str, body: schemas.RegisterIn
) -> Status[dict[str, str]]:
    """Make a model version of what a finished job left in its output folder."""
    reference = actions.register_model(request.person, slug, name, body.job_id)
    return Status(201, {"model_version": reference})


def row(job: Job) -> dict[str, Any]:
    """A job as a line of a list."""
    return {
        "id": job.pk,
        "project": job.project.slug,
        "name": job.name,
        "state": job.state,
        "reason": job.reason or None,
        "submitted_by": job.submitted_by.name,
        "submitted_at": job.submitted_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "cpus": job.cpus,
        "memory_mib": job.memory_mib,
        "gpus": job.gpus,
        "model_version": job.model_version or None,
    }


def full(request: HttpRequest, job: Job) -> dict[str, Any]:
    """A job in full, its reason in the caller's language."""
    language = language_of(request)
    reason = wording(job.reason) if job.reason else None
    inputs = job.inputs.select_related("version__dataset").order_by("pk")
    output = job.output
    return row(job) | {
        "command": job.command,
        "purpose": job.purpose,
        "code": f"{job.code.dataset.slug}@{job.code.number}" if job.code else None,
        "inputs": [
            {"name": i.name, "dataset": f"{i.version.dataset.slug}@{i.version.number}"}
            for i in inputs
        ],
        "environment": job.environment,
        "parameters": job.parameters,
        "gpu_kind": job.gpu_kind,
        "time_limit_s": job.time_limit_s,
        "network": job.network,
        "blueprint": job.blueprint or None,
        "reason_sentence": fill(reason.sentence[language], job.reason_facts) if reason else None,
        "way_out": fill(reason.way_out[language], job.reason_facts) if reason else None,
        "stop_reason": job.stop_reason or None,
        "exit_code": job.exit_code,
        "attempt": job.attempts,
        "isolation": job.isolation,
        "usage": job.usage,
        "charged": job.charged,
        "energy": job.energy,
        "metrics": job.metrics,
        "output": {"dataset": output.dataset.slug, "version": output.number} if output else None,
    }
