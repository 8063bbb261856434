"""What people do with jobs: submit, cancel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.compute import catalogue, closing, queries, tallies
from fabriek.compute.models import Job, JobInput
from fabriek.compute.rules import ACTIVE, OVER, Asked, JobState, admit, hours
from fabriek.core import audit, clock, names, wake
from fabriek.core.problems import Problem, Reason
from fabriek.data import actions as data
from fabriek.data import queries as datasets
from fabriek.governance import queries as governance
from fabriek.ledger import actions as ledger
from fabriek.registry import actions as registry

if TYPE_CHECKING:
    from fabriek.people.models import Person


@dataclass(frozen=True)
class Request:
    """What somebody asks to run. Inputs are (name, 'dataset@version'); sizes are checked here."""

    command: Sequence[str]
    cpus: int
    memory_mib: int
    time_limit_s: int
    name: str = ""
    gpus: int = 0
    gpu_kind: str = ""
    network: bool = False
    purpose: str = ""
    code: str | None = None
    inputs: Sequence[tuple[str, str]] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    output_kind: str = "output"
    output_name: str = ""
    blueprint: str = ""


def submit(person: "Person", project_slug: str, request: Request) -> Job:
    """Admit the job and hold its hours, or raise the Problem that says why not.

    One transaction: job, inputs, holds and audit entry are all there or none is.
    """
    project = access.project_for(person, project_slug, Right.RUN)
    purpose = request.purpose or project.purpose
    code = datasets.version_for(person, project.pk, request.code) if request.code else None
    inputs = [
        (names.checked(name), datasets.version_for(person, project.pk, reference))
        for name, reference in request.inputs
    ]
    if len({name for name, _ in inputs}) < len(inputs):
        raise Problem("invalid-input", where="inputs", why=Reason("same-name"))
    asked = _asked(project.pk, purpose, request, [version for _, version in inputs])
    verdict = admit(asked, catalogue.site(), catalogue.limits())
    if verdict.code:
        raise Problem(verdict.code, **verdict.facts)
    with transaction.atomic():
        job = Job.objects.create(
            project_id=project.pk,
            submitted_by=person,
            name=names.checked(request.name or _name_from(request.command)),
            command=list(request.command),
            environment=dict(request.environment),
            parameters=dict(request.parameters),
            purpose=purpose,
            code=code,
            cpus=request.cpus,
            memory_mib=request.memory_mib,
            gpus=request.gpus,
            gpu_kind=request.gpu_kind,
            time_limit_s=request.time_limit_s,
            disk_limit_mib=catalogue.limits().disk_limit_mib,
            log_limit_mib=catalogue.limits().log_limit_mib,
            network=request.network,
            sandbox_required=bool(asked.confidential_inputs),
            output_kind=request.output_kind,
            output_name=request.output_name,
            output_dataset_id=_output_dataset(person, project.pk, request, asked),
            blueprint=request.blueprint,
            engine=catalogue.EMBEDDED,
            state=JobState.QUEUED,
            submitted_at=clock.now(),
        )
        JobInput.objects.bulk_create(
            JobInput(job=job, name=name, version=version) for name, version in inputs
        )
        _hold(project.pk, job)
        audit.record(
            person,
            "job.submit",
            "job",
            job.pk,
            project=project.slug,
            purpose=purpose,
            inputs=[f"{v.dataset.slug}@{v.number}" for _, v in inputs],
        )
        wake.worker()
    return job


def cancel(person: "Person", job_id: int) -> Job:
    """End a job: at once while it waits, through its agent while it runs. Repeating is harmless.

    Its submitter may, and a manager of the project.
    """
    job = queries.job_for(person, job_id)
    right = Right.RUN if job.submitted_by_id == person.pk else Right.MANAGE
    access.project_for(person, job.project_id, right)
    if job.state in OVER:
        if job.state == JobState.CANCELLED:
            return job
        raise Problem("illegal-move", state=job.state)
    with transaction.atomic():
        rows = Job.objects.filter(pk=job.pk)
        if rows.filter(state=JobState.QUEUED).update(
            state=JobState.CANCELLED, reason="cancelled-by-person", ended_at=clock.now()
        ):
            ledger.release(f"job:{job.pk}", {"why": "cancelled while waiting"})
            tallies.add(job.project_id, JobState.CANCELLED, {})
        else:
            rows.filter(state__in=ACTIVE, stop_reason="").update(stop_reason="cancelled-by-person")
        audit.record(person, "job.cancel", "job", job.pk)
        wake.worker()
    return queries.job_for(person, job_id)


def register_model(person: "Person", project_slug: str, name: str, job_id: int) -> str:
    """Make a model version of what a finished job left; returns `name@number`.

    Problem `nothing-to-register` when the job did not succeed or left nothing.
    """
    project = access.project_for(person, project_slug, Right.RUN)
    job = queries.of_project(project.pk).filter(pk=job_id).first()
    if job is None:
        raise Problem("not-found")
    if job.state != JobState.SUCCEEDED or job.output_id is None:
        raise Problem("nothing-to-register", job=job_id)
    with transaction.atomic():
        reference = registry.register(
            project_id=project.pk,
            name=name,
            version_id=job.output_id,
            by=person,
            facts=closing.lineage(job),
        )
        Job.objects.filter(pk=job.pk, model_version="").update(model_version=reference)
    return reference


def _asked(
    project_id: int, purpose: str, request: Request, inputs: Sequence["datasets.Version"]
) -> Asked:
    cleared = governance.cleared_purposes("project", project_id)
    return Asked(
        cpus=request.cpus,
        memory_mib=request.memory_mib,
        gpus=request.gpus,
        gpu_kind=request.gpu_kind,
        time_limit_s=request.time_limit_s,
        network=request.network,
        purpose=purpose,
        cleared_purposes=cleared - {governance.PERSONAL_DATA},
        confidential_inputs=tuple(
            v.dataset.slug for v in inputs if v.dataset.classification == "confidential"
        ),
        personal_inputs=tuple(v.dataset.slug for v in inputs if v.dataset.personal_data),
        personal_data_cleared=governance.PERSONAL_DATA in cleared,
        waiting=Job.objects.filter(project_id=project_id, state=JobState.QUEUED).count(),
        allocation_runs=access.is_running(project_id),
    )


def _hold(project_id: int, job: Job) -> None:
    accounts = access.accounts(project_id)
    subject = f"job:{job.pk}"
    ledger.hold(accounts.cpu_hour, subject, hours(job.cpus, job.time_limit_s))
    if job.gpus:
        ledger.hold(accounts.gpu_hour, subject, hours(job.gpus, job.time_limit_s))


def _output_dataset(
    person: "Person", project_id: int, request: Request, asked: Asked
) -> int | None:
    if request.output_kind == "none":
        return None
    # What comes out of confidential or personal data is treated as such until somebody says not.
    dataset = data.ensure_dataset(
        project_id,
        names.checked_slug(request.output_name or "output"),
        kind=request.output_kind,
        by=person,
        classification="confidential" if asked.confidential_inputs else "internal",
        personal_data=bool(asked.personal_inputs),
    )
    return dataset.pk


def _name_from(command: Sequence[str]) -> str:
    plain = "".join(c if c.isprintable() and c not in "/\\" else " " for c in " ".join(command))
    return " ".join(plain.split())[:60] or "job"
