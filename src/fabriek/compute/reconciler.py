"""Compares what is wanted with what the engine reports, and acts on the difference.

Gather (one bulk question), act outside any transaction, apply by compare-and-set. Each step can be
repeated: kill this process anywhere and the next one goes on from the rows.
"""

import logging
from datetime import timedelta

from django.db import transaction

from fabriek.access import queries as access
from fabriek.compute import attempts, catalogue, closing, queries, tallies
from fabriek.compute.engines.contract import EngineError, Order, Sighting, SightingState
from fabriek.compute.models import Attempt, EngineLease, Job
from fabriek.compute.rules import ACTIVE, JobState, before
from fabriek.core import audit, clock, leases
from fabriek.core.steps import step
from fabriek.ledger import actions as ledger
from fabriek.scheduling import easy

log = logging.getLogger(__name__)
LEASE_S = 30
# How far down the queue a later job may be picked from.
BACKFILL_DEPTH = 1000


def tick() -> bool:
    """One round; True when anything changed. Does nothing while another reconciler holds the
    engine's lease."""
    lease, _ = EngineLease.objects.get_or_create(engine=catalogue.EMBEDDED)
    if not leases.claim(EngineLease.objects.all(), lease.pk, for_s=LEASE_S):
        return False
    try:
        seen = catalogue.engine().observe()
        step("observed")
        changed = _follow(seen)
        changed |= _expire()
        changed |= _start()
        return changed
    except EngineError as error:
        log.warning("engine %s: %s", catalogue.EMBEDDED, error)
        return False
    finally:
        leases.release(EngineLease.objects.all(), lease.pk)


def _follow(seen: dict[str, Sighting]) -> bool:
    """Take each attempt that is not over one step further. `seen` was gathered before the rows are
    read, so an attempt seen ended without a report here has truly left none."""
    engine = catalogue.engine()
    changed = False
    known = set()
    unfinished = (
        queries.attempts_not_over().select_related("job__submitted_by", "job__project").defer("use")
    )
    for attempt in unfinished.order_by("pk"):
        known.add(attempt.name)
        changed |= _follow_one(attempt, seen.get(attempt.name))
    for name in seen.keys() - known:
        # Closed in our books: the engine may forget it, and end what is left of it.
        if Attempt.objects.filter(
            name=name, state__in=[Attempt.State.CLOSED, Attempt.State.LOST]
        ).exists():
            if seen[name].state in (SightingState.PENDING, SightingState.RUNNING):
                engine.cancel(name)
            else:
                engine.forget(name)
    return changed


def _follow_one(attempt: Attempt, sighting: Sighting | None) -> bool:
    engine, job = catalogue.engine(), attempt.job
    if attempt.state == Attempt.State.REPORTED:
        step("reported")
        closed = closing.close(job, attempt)
        step("closed")
        return closed
    if sighting is None:
        if attempt.state == Attempt.State.MADE:
            return _submit(attempt)
        return closing.lose(job, attempt)
    if sighting.state in (SightingState.ENDED, SightingState.LOST):
        lost = closing.lose(job, attempt)
        step("lost")
        return lost
    if attempt.state == Attempt.State.MADE:
        # Submitted, but we died before writing that down; a repeated submission changes nothing.
        return _submit(attempt)
    if job.stop_reason and _overdue(attempt):
        engine.cancel(attempt.name)
    return False


def _overdue(attempt: Attempt) -> bool:
    """The agent is told to stop by its next beat; the engine is asked only if no beat comes."""
    last = attempt.last_beat_at
    return last is None or clock.now() - last > timedelta(seconds=15)


def _expire() -> bool:
    """Stop what runs, and drop what waits, in projects whose allocation has ended."""
    unfinished = Job.objects.filter(state__in=[JobState.QUEUED, *ACTIVE], stop_reason="")
    projects = set(unfinished.values_list("project_id", flat=True))
    ended = [project for project in projects if not access.is_running(project)]
    changed = False
    for job in unfinished.filter(project_id__in=ended):
        with transaction.atomic():
            rows = Job.objects.filter(pk=job.pk, stop_reason="")
            if rows.filter(state=JobState.QUEUED).update(
                state=JobState.FAILED, reason="allocation-ended", ended_at=clock.now()
            ):
                ledger.release(f"job:{job.pk}", {"why": "allocation-ended"})
                tallies.add(job.project_id, JobState.FAILED, {})
            else:
                rows.filter(state__in=ACTIVE).update(stop_reason="allocation-ended")
            audit.record(None, "job.stop", "job", job.pk, why="allocation-ended")
        changed = True
    return changed


def _start() -> bool:
    """Start what the policy says may start now; True when something did."""
    waiting = list(queries.queue()[:BACKFILL_DEPTH])
    if not waiting:
        return False
    line = [easy.Waiting(job.pk, queries.needs(job), job.time_limit_s) for job in waiting]
    by_key = {job.pk: job for job in waiting}
    started = False
    for key in easy.starts(line, queries.at_work(), catalogue.capacity()):
        attempt = _make_attempt(by_key[key])
        step("made")
        if attempt:
            started |= _submit(attempt)
    return started


def _make_attempt(job: Job) -> Attempt | None:
    number = job.attempts + 1
    with transaction.atomic():
        rows = Job.objects.filter(
            pk=job.pk, state__in=before(JobState.STARTING), attempts=job.attempts
        )
        if not rows.update(state=JobState.STARTING, attempts=number):
            return None
        return Attempt.objects.create(
            job=Job.objects.get(pk=job.pk),
            number=number,
            name=f"fabriek-{catalogue.factory_id()}-{job.pk}-{number}",
            made_at=clock.now(),
        )


def _submit(attempt: Attempt) -> bool:
    job = attempt.job
    catalogue.engine().submit(
        Order(
            name=attempt.name,
            cpus=job.cpus,
            memory_mib=job.memory_mib,
            gpus=job.gpus,
            gpu_kind=job.gpu_kind,
            time_limit_s=job.time_limit_s,
            network=job.network,
            api_url=catalogue.api_url(),
            secret=attempts.secret_of(attempt.name),
        )
    )
    step("submitted")
    Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.MADE).update(
        state=Attempt.State.SUBMITTED
    )
    return True
