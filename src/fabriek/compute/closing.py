"""The end of a job: settle, store, register and tell, in one transaction that happens once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from fabriek.compute import catalogue, logs, tallies
from fabriek.compute.models import Attempt, Job
from fabriek.compute.rules import ACTIVE, JobState, before, ending, hours
from fabriek.core import audit, clock
from fabriek.core.steps import step
from fabriek.data import actions as data
from fabriek.data import queries as datasets
from fabriek.energy import queries as node_kinds
from fabriek.energy import rules as energy
from fabriek.ledger import actions as ledger
from fabriek.people import tokens
from fabriek.registry import actions as registry

NODE_KIND = "embedded"
ORIGIN_STEPS, ORIGINS = 5, 30


def close(job: Job, attempt: Attempt) -> bool:
    """End the job as its attempt reported; False when somebody else did so first."""
    report = attempt.report
    state, reason = ending(report["outcome"], report["exit_code"], job.stop_reason)
    return _end(job, attempt, End(state, reason, _reason_facts(job, report), report))


def give_up(job: Job, attempt: Attempt) -> bool:
    """End the job without a report: its attempts were lost, or it was to stop and is gone."""
    if job.stop_reason:
        state, reason = ending("stopped", None, job.stop_reason)
    else:
        state, reason = JobState.FAILED, "node-lost"
    return _end(job, attempt, End(state, reason, {"attempts": job.attempts}, {}))


@dataclass(frozen=True)
class End:
    """How a job ends: by what state and reason, and the agent's report (empty without one)."""

    state: JobState
    reason: str
    facts: Mapping[str, Any]
    report: Mapping[str, Any]


def _end(job: Job, attempt: Attempt, end: End) -> bool:
    report = end.report
    started, ended = _moments(report)
    seconds = (ended - started).total_seconds() if started else 0.0
    used = {"cpu-hour": hours(job.cpus, seconds), "gpu-hour": hours(job.gpus, seconds)}
    energy_use = _energy(job, seconds, report)
    with transaction.atomic():
        changed = Job.objects.filter(pk=job.pk, state__in=ACTIVE, attempts=attempt.number).update(
            state=end.state,
            reason=end.reason,
            reason_facts=dict(end.facts),
            started_at=started,
            ended_at=ended,
            exit_code=report.get("exit_code"),
            usage=report.get("usage", job.usage),
            isolation=report.get("isolation", {}),
            metrics=report.get("metrics", {}),
            charged={unit: str(amount) for unit, amount in used.items() if amount},
            energy=energy_use,
        )
        if not changed:
            return False
        ledger.settle(f"job:{job.pk}", used, {"seconds": seconds, "attempt": attempt.number})
        tallies.add(job.project_id, end.state, energy_use)
        step("settled")
        _keep_output(job, attempt, end)
        _retire(attempt, Attempt.State.CLOSED if report else Attempt.State.LOST)
        audit.record(None, f"job.{end.state}", "job", job.pk, reason=end.reason, seconds=seconds)
    logs.join(attempt)
    return True


def lose(job: Job, attempt: Attempt) -> bool:
    """The attempt is gone and left no report: run the job again while tries are left."""
    if job.stop_reason or attempt.number >= catalogue.limits().attempts:
        return give_up(job, attempt)
    with transaction.atomic():
        rows = Job.objects.filter(pk=job.pk, state__in=before(JobState.QUEUED))
        changed = rows.filter(attempts=attempt.number).update(
            state=JobState.QUEUED, started_at=None, usage={}
        )
        if not changed:
            return False
        data.discard_of_attempt(attempt.pk)
        _retire(attempt, Attempt.State.LOST)
        audit.record(None, "job.requeue", "job", job.pk, attempt=attempt.number, why="node-lost")
    return True


def _retire(attempt: Attempt, state: Attempt.State) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(state=state)
    if attempt.token_id:
        tokens.end(attempt.token_id)


def _keep_output(job: Job, attempt: Attempt, end: End) -> None:
    """Only what the counting attempt stored is kept; whatever else it left half-made goes."""
    output = end.report.get("output")
    version = None
    if output and job.output_dataset_id:
        version = data.keep_of_attempt(attempt.pk, job.output_dataset_id, output["version"])
    data.discard_of_attempt(attempt.pk)
    if version is None:
        return
    Job.objects.filter(pk=job.pk).update(output=version)
    if job.output_kind == "model" and end.state == JobState.SUCCEEDED:
        reference = registry.register(
            project_id=job.project_id,
            name=job.output_name,
            version_id=version.pk,
            by=job.submitted_by,
            facts=lineage(Job.objects.get(pk=job.pk)),
        )
        Job.objects.filter(pk=job.pk).update(model_version=reference)


def lineage(job: Job) -> dict[str, Any]:
    """The frozen facts of a finished job, as the registry keeps them. JSON values only."""
    inputs = [
        {"name": row.name} | asdict(datasets.facts(row.version_id))
        for row in job.inputs.order_by("pk")
    ]
    return {
        "job": job.pk,
        "job_name": job.name,
        "command": job.command,
        "code": asdict(datasets.facts(job.code_id)) if job.code_id else None,
        "inputs": inputs,
        "origins": _origins(job),
        "output": asdict(datasets.facts(job.output_id)) if job.output_id else None,
        "parameters": job.parameters,
        "metrics": job.metrics,
        "person": {"id": job.submitted_by_id, "name": job.submitted_by.name},
        "purpose": job.purpose,
        "engine": job.engine,
        "isolation": job.isolation,
        "resources": {"cpus": job.cpus, "memory_mib": job.memory_mib, "gpus": job.gpus},
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "ended_at": job.ended_at.isoformat() if job.ended_at else None,
        "usage": job.usage,
        "charged": job.charged,
        "energy": job.energy,
    }


def _origins(job: Job) -> list[dict[str, Any]]:
    """The jobs that made the inputs, and what made theirs: the nearest ones first, so many steps
    back."""
    makers: dict[int, Job] = {}
    wanted = set(job.inputs.values_list("version_id", flat=True))
    for _step in range(ORIGIN_STEPS):
        rows = Job.objects.filter(output_id__in=wanted).exclude(pk__in=makers).order_by("pk")
        nearest = list(rows.prefetch_related("inputs")[: ORIGINS - len(makers)])
        if not nearest:
            break
        makers |= {maker.pk: maker for maker in nearest}
        wanted = {row.version_id for maker in nearest for row in maker.inputs.all()}
    return [_origin(maker) for maker in makers.values()]


def _origin(job: Job) -> dict[str, Any]:
    inputs = [row.version_id for row in job.inputs.all()]
    known = datasets.facts_of(pk for pk in (*inputs, job.code_id, job.output_id) if pk)
    return {
        "job": job.pk,
        "job_name": job.name,
        "code": asdict(known[job.code_id]) if job.code_id else None,
        "inputs": [asdict(known[pk]) for pk in inputs],
        "output": asdict(known[job.output_id]) if job.output_id else None,
    }


def _moments(report: Mapping[str, Any]) -> tuple[datetime | None, datetime]:
    """Start and end. What left no report ends now, and is not charged: the loss is ours."""
    if report.get("started_at"):
        moments = (report["started_at"], report["ended_at"])
        return datetime.fromisoformat(moments[0]), datetime.fromisoformat(moments[1])
    return None, clock.now()


def _energy(job: Job, seconds: float, report: Mapping[str, Any]) -> dict[str, Any]:
    use = energy.estimate(
        node_kinds.node_kinds()[NODE_KIND],
        cpus=job.cpus,
        gpus=job.gpus,
        memory_mib=job.memory_mib,
        duration_s=seconds,
        cpu_s=report.get("usage", {}).get("cpu_s", 0.0),
    )
    return {key: f"{v:f}" if isinstance(v, Decimal) else v for key, v in asdict(use).items()}


def _reason_facts(job: Job, report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "exit_code": report["exit_code"] if report["exit_code"] is not None else "?",
        "signal": report["signal"],
        "command": job.command[0],
        "time_limit_s": job.time_limit_s,
        "memory_mib": job.memory_mib,
        "disk_limit_mib": job.disk_limit_mib,
        "log_limit_mib": job.log_limit_mib,
    }
