"""Pages of applications: the list, one application with its clock, and what the applicant does."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from fabriek.access import (
    actions,
    appeal_actions,
    conflicts,
    data_files,
    deadlines,
    draft_actions,
    queries,
    request_queries,
    wording,
)
from fabriek.access.fields import LongText
from fabriek.access.models import Application
from fabriek.access.review_forms import AssignForm
from fabriek.access.states import OPEN, AppealState, ApplicationState, ReviewState
from fabriek.access.steps import steps_of
from fabriek.core import clock
from fabriek.people.session import PageRequest, signed_in
from fabriek.web.forms import ActionForm, form_page
from fabriek.web.lists import Choice, Column, Listing, by_state


@require_safe
@signed_in
def applications(request: PageRequest) -> HttpResponse:
    """The applications that one may see; one's drafts above them."""
    choices = [
        by_state(ApplicationState),
        Choice("mode", _("Way of access"), wording.mode_choices()),
    ]
    if request.person.is_operator:
        late = [("false", _("past its deadline"))]
        waiting = [(AppealState.ASKED.value, _("waits for a decision"))]
        choices += [
            Choice("late", _("Deadline"), late, field="escalated_at__isnull"),
            Choice("appeal", _("Appeal"), waiting, field="appeal__state"),
        ]
    listing: Listing[Application] = Listing(
        request,
        queries.applications_visible_to(request.person),
        columns=[
            Column("title", _("Title"), sort="title"),
            Column("organisation", _("Organisation"), sort="organisation__name"),
            Column("mode", _("Way of access"), sort="mode"),
            Column("state", _("State"), sort="state"),
            Column("made", _("Sent"), sort="submitted_at"),
            Column("due", _("Decision by"), sort="decision_by"),
        ],
        search=["title", "organisation__name", "applicant__name"],
        choices=choices,
    )
    context = {
        "listing": listing,
        "rows": [(row, wording.mode_name(row.mode), row.state in OPEN) for row in listing.rows],
        "drafts": request_queries.drafts_of(request.person).order_by("-saved_at"),
        "section": "applications",
        "now": clock.now(),
    }
    return render(request, "access/applications.html", context)


@require_safe
@signed_in
def application(request: PageRequest, application_id: int) -> HttpResponse:
    """One application: its clock, its steps, each decision with its reason, what can be done."""
    row = queries.application_for(request.person, application_id)
    return render(request, "access/application.html", about(request, row))


def about(request: PageRequest, row: Application) -> dict[str, Any]:
    """What the pages about one application show."""
    person = request.person
    reviews = list(row.reviews.all())
    mine = row.applicant_id == person.pk
    context: dict[str, Any] = {
        "row": row,
        "reviews": [(review, wording.REVIEWS.get(review.kind, review.kind)) for review in reviews],
        "mode_name": wording.mode_name(row.mode),
        "purpose_name": wording.purpose_name(row.purpose),
        "steps": steps_of(row, reviews),
        "is_open": row.state in OPEN,
        "is_late": row.state in OPEN and deadlines.has_passed(row.decision_by),
        "is_mine": mine,
        "appeal": getattr(row, "appeal", None),
        "may_withdraw": mine and row.state in OPEN,
        "may_appeal": mine and appeal_actions.is_possible(row),
        "may_again": mine and draft_actions.is_over(row),
        "section": "applications",
        "crumbs": [(_("Applications"), reverse("applications")), (row.title, "")],
    }
    if row.state in OPEN:
        context["days_left"] = deadlines.days_left(row.decision_by)
    project = getattr(row, "project", None)
    if project is not None and queries.roles_in(person, [project.pk]):
        context["project"] = project
    own = [review for review in reviews if review.reviewer_id == person.pk]
    if own and own[0].state == ReviewState.ASKED:
        context["own_review"] = own[0]
    if person.is_operator:
        context["conflict"] = _conflict(request, row)
        if row.state in OPEN and not context["conflict"]:
            context["assign"] = AssignForm(application=row)
    return context


def _conflict(request: PageRequest, row: Application) -> str:
    why = conflicts.of_application(row, [request.person])[request.person.pk]
    return wording.conflict_text(why)


@require_POST
@signed_in
def withdraw(request: PageRequest, application_id: int) -> HttpResponse:
    """Take one's own application back."""
    actions.withdraw(request.person, application_id)
    messages.success(request, _("The application is withdrawn."))
    return redirect("application", application_id)


class AppealForm(ActionForm):
    """What the applicant says against a rejection."""

    text = LongText(label=gettext_lazy("Why is the rejection wrong?"), rows=8)


@form_page
@signed_in
def appeal(request: PageRequest, application_id: int) -> HttpResponse:
    """Appeal against a rejection."""
    row = queries.application_for(request.person, application_id)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if form.act(lambda: appeal_actions.appeal(request.person, application_id, text)):
            messages.success(request, _("Your appeal has arrived."))
            return redirect("application", application_id)
    limits = data_files.requests()
    context = {
        "row": row,
        "form": form,
        "may_appeal": row.applicant_id == request.person.pk and appeal_actions.is_possible(row),
        "days": limits.appeal_days,
        "working_days": wording.working_days_text(limits.appeal_working_days),
        "section": "applications",
        "crumbs": [
            (_("Applications"), reverse("applications")),
            (row.title, reverse("application", args=[row.pk])),
            (_("Appeal"), ""),
        ],
    }
    return render(request, "access/appeal.html", context, status=form.status)


@require_POST
@signed_in
def apply_again(request: PageRequest, application_id: int) -> HttpResponse:
    """A new draft from an old application."""
    row = draft_actions.apply_again(request.person, application_id)
    messages.success(request, _("This is a copy of your old application. Change what you like."))
    return redirect("draft", row.pk)
