"""The person's projects, and one project at a glance."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import queries as access
from fabriek.access import wording
from fabriek.access.queries import Right
from fabriek.compute import overviews
from fabriek.compute import queries as compute
from fabriek.core import clock
from fabriek.data import queries as data
from fabriek.people.session import PageRequest, signed_in
from fabriek.portal import budgets
from fabriek.portal.steps import Step, in_order
from fabriek.registry import queries as registry
from fabriek.registry import showing as models
from fabriek.reports import queries as reports
from fabriek.reports import showing
from fabriek.web.charts import Chart, shares
from fabriek.web.language import page_language
from fabriek.web.lists import Choice, Column, Listing

if TYPE_CHECKING:
    from fabriek.access.models import Project

NEWEST = 5
MEMBERS = 8
IDLE = timedelta(days=30)
ENDS_SOON = timedelta(days=30)


@require_safe
@signed_in
def projects(request: PageRequest) -> HttpResponse:
    """The person's projects."""
    rows = access.visible_projects(request.person).annotate(runs=Q(ends_at__gt=clock.now()))
    listing: Listing[Project] = Listing(
        request,
        rows,
        columns=(
            Column("title", _("Project"), "title"),
            Column("organisation", _("Organisation"), "organisation__name"),
            Column("role", _("Your role")),
            Column("budget", _("Budget")),
            Column("ends", _("Ends"), "ends_at"),
        ),
        search=("title", "slug", "organisation__name"),
        choices=(
            Choice("time", _("Time"), (("true", _("running")), ("false", _("ended"))), "runs"),
        ),
        sort="-ends",
    )
    found = budgets.of_projects(listing.rows)
    roles = access.roles_in(request.person, [row.pk for row in listing.rows])
    context = {
        "section": "projects",
        "listing": listing,
        "now": clock.now(),
        "rows": [
            {
                "project": row,
                "role": wording.ROLES.get(roles.get(row.pk, ""), ""),
                "meters": found[row.pk].meters,
                "runs": getattr(row, "runs", False),
            }
            for row in listing.rows
        ],
    }
    return render(request, "portal/projects.html", context)


@require_safe
@signed_in
def project(request: PageRequest, slug: str) -> HttpResponse:
    """One project: its budgets and where they lead, its time, its work and its people."""
    found = access.project_for(request.person, slug, Right.VIEW)
    role = access.roles_in(request.person, [found.pk]).get(found.pk, "")
    may_run = access.RIGHT_OF[access.Role(role)] >= Right.RUN
    allocation = access.allocation(found.pk)
    courses = reports.courses(found.pk) if allocation else []
    jobs = list(
        compute.of_project(found.pk).select_related("submitted_by").order_by("-pk")[:NEWEST]
    )
    newest_models = list(registry.with_newest(found.pk)[:NEWEST])
    datasets = _datasets(found)
    now, language = clock.now(), page_language()
    context = {
        "project": found,
        "section": "overview",
        "crumbs": [(_("Projects"), reverse("projects")), (found.title, "")],
        "role": wording.ROLES.get(role, role),
        "may_run": may_run,
        "may_manage": role == access.Role.MANAGER,
        "purpose": wording.purpose_name(found.purpose),
        "days_left": max(0, (found.ends_at - now).days),
        "has_ended": found.ends_at <= now,
        "ends_soon": now < found.ends_at <= now + ENDS_SOON,
        "nearly_used": any(course.is_nearly_used for course in courses),
        "steps": _first_steps(found.slug, bool(datasets), bool(jobs), bool(newest_models))
        if may_run
        else [],
        "budgets": showing.budgets(courses, language),
        "idle": _idle(found) if jobs else None,
        "jobs": jobs,
        "datasets": datasets,
        "models": models.with_newest(newest_models, language),
        "members": [
            {"row": row, "role": wording.ROLES.get(row.role, row.role)}
            for row in access.members_of(found.pk).order_by("pk")[:MEMBERS]
        ],
        "energy": _energy(found.pk),
    }
    return render(request, "portal/project.html", context)


def _first_steps(slug: str, has_data: bool, has_jobs: bool, has_models: bool) -> list[Step]:
    """What an empty project starts with; nothing once there is a job."""
    if has_jobs:
        return []
    return in_order(
        Step(
            _("Bring data"),
            _("A table, pictures, texts: a file or a folder."),
            reverse("dataset_new", args=[slug]),
            _("Bring data in"),
            has_data,
        ),
        Step(
            _("Train"),
            _("Choose a template and your data; the rest is filled in."),
            reverse("job_new", args=[slug]),
            _("Run a job"),
            has_jobs,
        ),
        Step(
            _("Look at the model"),
            _("With its figures, where it came from, and its card."),
            reverse("models", args=[slug]),
            _("See the models"),
            has_models,
        ),
    )


def _datasets(found: "Project") -> list[dict[str, Any]]:
    rows = list(data.of_project(found.pk).filter(erased_at=None).order_by("-pk")[:NEWEST])
    newest = data.newest_versions(row.pk for row in rows)
    return [{"row": row, "newest": newest.get(row.pk)} for row in rows]


def _idle(found: "Project") -> dict[str, Any] | None:
    """How the last days went: something ran, nothing was asked, or there was no room."""
    until = min(clock.now(), found.ends_at)
    idle = overviews.idle_split(found.pk, max(found.made_at, until - IDLE), until)
    parts = (
        (_("Something ran"), idle.split.ran_s),
        (_("Nothing queued"), idle.split.nothing_queued_s),
        (_("No room"), idle.split.no_room_s),
    )
    if sum(seconds for _name, seconds in parts) <= 0:
        return None
    return {"since": idle.since, "parts": parts, "chart": _idle_chart(parts)}


def _idle_chart(parts: tuple[tuple[str, float], ...]) -> Chart:
    hours = [(name, round(seconds / 3600, 2)) for name, seconds in parts]
    return shares(_("How the time went"), hours, unit=_("hours"))


def _energy(project_id: int) -> list[dict[str, Any]]:
    found = compute.energy_by_source(project_id)
    return [
        {"kwh": kwh, "source": source, "measured": quality == "measured"}
        for (source, quality), kwh in sorted(found.items())
    ]
