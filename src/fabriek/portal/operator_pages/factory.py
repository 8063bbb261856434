"""The engine, and what waits for it."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.compute import operator_queries as compute
from fabriek.compute.operator_queries import EngineUse
from fabriek.compute.rules import JobState
from fabriek.core import clock
from fabriek.people.session import PageRequest, operator_only
from fabriek.portal.operator_pages.common import show
from fabriek.web import charts
from fabriek.web.lists import Column, Listing, by_state

AT_WORK_SHOWN = 50
STATES = (JobState.QUEUED, JobState.STARTING, JobState.RUNNING)


@require_safe
@operator_only
def operator_engines(request: PageRequest) -> HttpResponse:
    """What jobs run on, what is in use of it, and the jobs that use it."""
    at_work = compute.jobs(request.person).exclude(state=JobState.QUEUED).order_by("pk")
    rows = list(at_work[: AT_WORK_SHOWN + 1])
    engines = compute.engines(request.person)
    return show(
        request,
        "operator_engines",
        _("Engine and capacity"),
        part="engines",
        engines=[(engine, _plots(engine)) for engine in engines],
        jobs=rows[:AT_WORK_SHOWN],
        more=len(rows) > AT_WORK_SHOWN,
        at=clock.now(),
    )


@require_safe
@operator_only
def operator_queue(request: PageRequest) -> HttpResponse:
    """What waits and what is at work, over all projects."""
    columns = [
        Column("number", _("Job"), sort="pk"),
        Column("name", _("Name"), sort="name"),
        Column("project", _("Project"), sort="project__title"),
        Column("person", _("By"), sort="submitted_by__name"),
        Column("state", _("State"), sort="state"),
        Column("cpus", _("CPUs"), sort="cpus", numeric=True),
        Column("memory", _("Memory"), sort="memory_mib", numeric=True),
        Column("gpus", _("GPUs"), sort="gpus", numeric=True),
        Column("limit", _("At most"), sort="time_limit_s", numeric=True),
        Column("since", _("Submitted"), sort="submitted_at"),
        Column("start", _("Starts at the latest")),
    ]
    listing = Listing(
        request,
        compute.jobs(request.person),
        columns=columns,
        search=("name", "project__slug", "project__title", "submitted_by__name"),
        choices=[by_state(STATES)],
        sort="number",
    )
    expected = compute.expected_starts(request.person)
    return show(
        request,
        "operator_queue",
        _("Queue"),
        part="queue",
        listing=listing,
        rows=[(job, expected.get(job.pk)) for job in listing.rows],
        queue=compute.queue(request.person),
        at=clock.now(),
    )


def _plots(engine: EngineUse) -> list[charts.Chart]:
    """A bar for each thing that jobs share; none for what the engine does not have."""
    parts = (
        (_("CPUs"), engine.used.cpus, engine.size.cpus),
        (_("Memory (MiB)"), engine.used.memory_mib, engine.size.memory_mib),
        (_("GPUs"), engine.used.gpus, engine.size.gpus),
    )
    return [
        charts.shares(title, [(_("In use"), used), (_("Free"), max(0, size - used))])
        for title, used, size in parts
        if size
    ]
