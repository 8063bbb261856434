"""The life of one attempt: made, claimed by its agent, reporting, reported.

The reconciler makes attempts and closes them; the functions here serve the agent's requests. Only
the current attempt of a job that is not over counts, so a late agent can change nothing.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from fabriek.compute import catalogue, logs, use_series
from fabriek.compute.models import Attempt, Job
from fabriek.compute.rules import ACTIVE, JobState
from fabriek.core import clock, wake
from fabriek.core.problems import Problem
from fabriek.core.steps import step
from fabriek.data import actions as data
from fabriek.people import tokens

COUNTS = (Attempt.State.MADE, Attempt.State.SUBMITTED, Attempt.State.CLAIMED)
# An agent buffers and retries for a quarter of an hour when it cannot reach us.
TOKEN_GRACE = timedelta(hours=1)
TOTALS = ("cpu_s", "memory_peak_mib", "disk_peak_mib")


def secret_of(name: str) -> str:
    """The bootstrap secret of an attempt. Derived, so that a repeated submission carries the same
    one; it works once, for one agent."""
    message = f"fabriek attempt secret v1:{name}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest() + "." + name


def claim(secret: str, nonce: str) -> tuple[str, dict[str, Any]]:
    """Exchange the secret for the attempt's token and its specification.

    Problem `attempt-superseded` when the secret is wrong, used by another agent, or too late. The
    same agent (same nonce) may ask again when the answer was lost; its earlier token then ends.
    """
    name = secret.partition(".")[2]
    if not hmac.compare_digest(secret.encode(), secret_of(name).encode()):
        raise Problem("attempt-superseded")
    with transaction.atomic():
        attempt = _current(Attempt.objects.filter(name=name))
        if attempt.state == Attempt.State.CLAIMED and attempt.nonce != nonce:
            raise Problem("attempt-superseded")
        if attempt.token_id:
            tokens.end(attempt.token_id)
        job = attempt.job
        token, plain = tokens.issue(
            job.submitted_by,
            f"attempt {attempt.name}"[:100],
            clock.now() + timedelta(seconds=job.time_limit_s) + TOKEN_GRACE,
            _scope(attempt),
        )
        Attempt.objects.filter(pk=attempt.pk).update(
            state=Attempt.State.CLAIMED, nonce=nonce, token_id=token.pk, last_beat_at=clock.now()
        )
        specified = specification(attempt)
    step("claimed")
    return plain, specified


def specification(attempt: Attempt) -> dict[str, Any]:
    """Everything the agent needs, keys and manifests included, to save it the round trips."""
    job, limits = attempt.job, catalogue.limits()
    code = data.reading_pack(job.submitted_by, job.code) if job.code else None
    inputs = [
        {"name": row.name} | data.reading_pack(job.submitted_by, row.version)
        for row in job.inputs.select_related("version__dataset").order_by("pk")
    ]
    return {
        "job_id": job.pk,
        "attempt": attempt.number,
        "command": job.command,
        "environment": job.environment,
        "parameters": job.parameters,
        "cpus": job.cpus,
        "memory_mib": job.memory_mib,
        "gpus": job.gpus,
        "time_limit_s": job.time_limit_s,
        "grace_s": limits.grace_s,
        "disk_limit_mib": job.disk_limit_mib,
        "log_limit_mib": job.log_limit_mib,
        "process_limit": limits.process_limit,
        "network": job.network,
        "isolation_required": job.sandbox_required,
        "code": code,
        "inputs": inputs,
        "output": {"dataset_id": job.output_dataset_id} if job.output_dataset_id else None,
    }


def beat(attempt_id: int, beat: Mapping[str, Any], text: bytes) -> tuple[int, str]:
    """Take in a sign of life: new log text from an offset, the moment of starting, the use so far.

    Returns the next log offset expected and why the job is to stop ("" if not).
    """
    attempt = _current(Attempt.objects.filter(pk=attempt_id))
    job = attempt.job
    offset = logs.append(attempt, beat["log_offset"], text)
    with transaction.atomic():
        rows = Attempt.objects.filter(pk=attempt.pk, state__in=COUNTS)
        written: dict[str, Any] = {"last_beat_at": clock.now(), "log_bytes": offset}
        use = use_series.point(beat["usage"])
        if use_series.wants(attempt.use, use):
            written["use"] = use_series.extended(attempt.use, use)
        rows.update(**written)
        changes: dict[str, Any] = {"usage": _totals(beat["usage"])}
        if beat["started_at"] and job.started_at is None:
            changes |= {"state": JobState.RUNNING, "started_at": beat["started_at"]}
        counting = Job.objects.filter(pk=job.pk, state__in=ACTIVE, attempts=attempt.number)
        counting.update(**changes)
    return offset, job.stop_reason


def finish(attempt_id: int, report: Mapping[str, Any], text: bytes) -> None:
    """Keep the agent's last report; the reconciler closes the job by it. Repeating is harmless."""
    found = Attempt.objects.filter(pk=attempt_id)
    if found.filter(state__in=[Attempt.State.REPORTED, Attempt.State.CLOSED]).exists():
        return
    attempt = _current(found)
    offset = logs.append(attempt, report["log_offset"], text)
    step("log-kept")
    with transaction.atomic():
        found.filter(state__in=COUNTS).update(
            state=Attempt.State.REPORTED,
            report=dict(report) | {"usage": _totals(report["usage"])},
            log_bytes=offset,
            use=use_series.extended(attempt.use, use_series.point(report["usage"])),
        )
        wake.worker()
    step("report-kept")


def _totals(usage: Mapping[str, float]) -> dict[str, float]:
    """What is kept with the job; the rest of an agent's `usage` goes into the series."""
    return {name: usage[name] for name in TOTALS}


def _current(rows: Any) -> Attempt:
    attempt: Attempt | None = (
        rows.filter(state__in=COUNTS, job__state__in=ACTIVE, number=F("job__attempts"))
        .select_related("job__submitted_by", "job__code__dataset")
        .first()
    )
    if attempt is None:
        raise Problem("attempt-superseded")
    return attempt


def _scope(attempt: Attempt) -> dict[str, Any]:
    job = attempt.job
    versions = [row.version for row in job.inputs.select_related("version")]
    versions += [job.code] if job.code else []
    return {
        "kind": "attempt",
        "attempt": attempt.pk,
        "read": [[version.dataset_id, version.number] for version in versions],
        "write": [job.output_dataset_id] if job.output_dataset_id else [],
    }
