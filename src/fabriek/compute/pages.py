"""The list of a project's jobs."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import crumbs
from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.compute import queries
from fabriek.compute.models import Job
from fabriek.compute.rules import JobState
from fabriek.core import clock
from fabriek.people.session import PageRequest, signed_in
from fabriek.web.lists import Column, Listing, by_state

LISTED = (
    *("pk", "project_id", "submitted_by__name", "name", "state", "submitted_at"),
    *("started_at", "ended_at", "charged"),
)


@require_safe
@signed_in
def jobs(request: PageRequest, slug: str) -> HttpResponse:
    """The project's jobs, newest first."""
    project = access.project_for(request.person, slug, Right.VIEW)
    rows = queries.of_project(project.pk).select_related("submitted_by").only(*LISTED)
    listing = Listing(
        request,
        rows.annotate(ran=F("ended_at") - F("started_at")),
        columns=[
            Column("name", _("Job"), "name"),
            Column("state", _("State"), "state"),
            Column("who", _("Submitted by"), "submitted_by__name"),
            Column("when", _("Submitted"), "pk"),
            Column("long", _("Ran for"), "ran", numeric=True),
            Column("hours", _("CPU-hours"), numeric=True),
        ],
        search=["name", "submitted_by__name"],
        choices=[by_state(JobState)],
    )
    context: dict[str, Any] = {
        "project": project,
        "section": "jobs",
        "crumbs": crumbs.of_project(project, (_("Jobs"), "")),
        "listing": listing,
        "lines": [_line(job, clock.now()) for job in listing.rows],
        "may_run": access.may(request.person, project.pk, Right.RUN),
    }
    return render(request, "compute/jobs.html", context)


@require_safe
@signed_in
def job_again(request: PageRequest, job_id: int) -> HttpResponse:
    """The form for a new job, filled in as this one was."""
    job = queries.job_for(request.person, job_id)
    return redirect(f"{reverse('job_new', args=[job.project.slug])}?again={job.pk}")


def ran_for(job: Job, now: datetime) -> timedelta | None:
    """How long the job ran, so far or in all."""
    return (job.ended_at or now) - job.started_at if job.started_at else None


def _line(job: Job, now: datetime) -> dict[str, Any]:
    return {"job": job, "ran": ran_for(job, now), "hours": job.charged.get("cpu-hour")}
