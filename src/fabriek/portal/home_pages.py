"""What waits for a person: the next step, projects, applications, jobs, and what others ask."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import deadlines, operator_queries, request_queries, wording
from fabriek.access import queries as access
from fabriek.access.states import OPEN
from fabriek.compute import queries as compute
from fabriek.compute.rules import ACTIVE, JobState
from fabriek.core import clock
from fabriek.data import queries as data
from fabriek.people import queries as people
from fabriek.people.session import PageRequest, signed_in
from fabriek.portal import budgets
from fabriek.portal.steps import Step, in_order

if TYPE_CHECKING:
    from fabriek.people.models import Person

SHOWN = 6
ENDS_SOON = timedelta(days=30)


@require_safe
@signed_in
def home(request: PageRequest) -> HttpResponse:
    """What waits for the person."""
    person = request.person
    projects = list(access.visible_projects(person).order_by("-ends_at", "-pk")[: SHOWN + 1])
    found = budgets.of_projects(projects)
    applications = _applications(person)
    jobs = compute.visible_to(person).select_related("project")
    at_work = jobs.filter(state__in=[JobState.QUEUED, *ACTIVE]).order_by("-pk")
    context = {
        "section": "home",
        "projects": [_project(row, found[row.pk]) for row in projects[:SHOWN]],
        "more_projects": len(projects) > SHOWN,
        "applications": applications,
        "drafts": list(request_queries.drafts_of(person).order_by("-saved_at")[:3]),
        "jobs": list(at_work[:SHOWN]),
        "asking": list(people.asking_to_join(person)[:SHOWN]),
        "reviews": [_review(row) for row in request_queries.reviews_to_do(person)[:SHOWN]],
        "due": operator_queries.due(person) if person.is_operator else None,
        "steps": _first_steps(person, projects[0].slug if projects else "", bool(applications)),
    }
    return render(request, "portal/home.html", context)


def _applications(person: "Person") -> list[dict[str, Any]]:
    rows = access.applications_visible_to(person).filter(applicant_id=person.pk, state__in=OPEN)
    return [
        {
            "row": row,
            "mode": wording.mode_name(row.mode),
            "days_left": deadlines.days_left(row.decision_by),
            "is_late": deadlines.has_passed(row.decision_by),
        }
        for row in rows.order_by("decision_by", "pk")[:SHOWN]
    ]


def _review(row: Any) -> dict[str, Any]:
    return {"row": row, "days_left": deadlines.days_left(row.application.decision_by)}


def _project(row: Any, found: budgets.Budgets) -> dict[str, Any]:
    now = clock.now()
    return {
        "row": row,
        "meters": found.meters,
        "days_left": max(0, (row.ends_at - now).days),
        "ends_soon": now < row.ends_at <= now + ENDS_SOON,
        "has_ended": row.ends_at <= now,
        "nearly_used": found.nearly_used,
    }


def _first_steps(person: "Person", project: str, has_applied: bool) -> list[Step]:
    """The way of a newcomer, until the first job; none for who came to review or to operate."""
    if (person.is_reviewer or person.is_operator) and not project:
        return []
    if project and compute.visible_to(person).exists():
        return []
    belongs = bool(project) or people.organisations_of(person).exists()
    asked = None if belongs else people.memberships_of(person).first()
    has_data = bool(project) and data.datasets_visible_to(person).exists()
    return in_order(
        Step(
            _("Your organisation"),
            _("You asked to join %(name)s. An admin of it decides; a mail tells you.")
            % {"name": asked.organisation.name}
            if asked
            else _("You apply on behalf of an organisation. Make yours, or join a colleague's."),
            reverse("organisations"),
            _("Go to your organisation"),
            belongs,
        ),
        Step(
            _("The way of access"),
            _("A few questions lead to the one that fits you."),
            reverse("route_finder"),
            _("Find your way in"),
            bool(project) or has_applied,
        ),
        Step(
            _("The application"),
            _("You see the decision here, and a mail tells you."),
            reverse("applications") if has_applied else reverse("apply"),
            _("See your application") if has_applied else _("Write an application"),
            bool(project),
        ),
        Step(
            _("Your data"),
            _("Bring in a file, for example a table."),
            reverse("dataset_new", args=[project]) if project else "",
            _("Bring data in"),
            has_data,
        ),
        Step(
            _("Your first job"),
            _("Train a model from a template, or run a program of your own."),
            reverse("job_new", args=[project]) if project else "",
            _("Run a job"),
            False,
        ),
    )
