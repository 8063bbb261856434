"""Pages of those who judge: the queue of a reviewer, the decisions of an operator."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fabriek.access import (
    appeal_actions,
    conflicts,
    deadlines,
    queries,
    request_queries,
    review_actions,
    wording,
)
from fabriek.access.models import Application, Review
from fabriek.access.pages import about
from fabriek.access.review_forms import (
    AppealDecisionForm,
    AssignForm,
    ConflictForm,
    DecisionForm,
    VerdictForm,
)
from fabriek.access.states import AppealState, ReviewState
from fabriek.core.problems import Problem
from fabriek.people.session import PageRequest, operator_only, signed_in
from fabriek.web.forms import ActionForm, form_page
from fabriek.web.lists import Column, Listing, by_state


@require_safe
@signed_in
def reviews(request: PageRequest) -> HttpResponse:
    """What one is asked to review, the most urgent first; and what one reviewed."""
    listing: Listing[Review] = Listing(
        request,
        queries.reviews_of(request.person).exclude(state=ReviewState.ASKED),
        columns=[
            Column("title", _("Application"), sort="application__title"),
            Column("kind", _("Kind"), sort="kind"),
            Column("state", _("State"), sort="state"),
            Column("ended", _("Answered"), sort="ended_at"),
        ],
        search=["application__title", "application__organisation__name"],
        choices=[by_state(state for state in ReviewState if state != ReviewState.ASKED)],
    )
    waiting = [
        {
            "row": row,
            "kind": wording.REVIEWS.get(row.kind, row.kind),
            "days": deadlines.days_left(row.application.decision_by),
            "late": deadlines.has_passed(row.application.decision_by),
        }
        for row in request_queries.reviews_to_do(request.person)
    ]
    rows = [(row, wording.REVIEWS.get(row.kind, row.kind)) for row in listing.rows]
    context = {"waiting": waiting, "listing": listing, "rows": rows, "section": "reviews"}
    return render(request, "access/reviews.html", context)


@form_page
@signed_in
def review(request: PageRequest, review_id: int) -> HttpResponse:
    """One's own review: the application, whether there is a conflict, the form."""
    row = request_queries.review_for(request.person, review_id)
    is_step_back = request.POST.get("do") == "conflict"
    form = VerdictForm(request.POST if request.method == "POST" and not is_step_back else None)
    ties = ConflictForm(request.POST if is_step_back else None, prefix="conflict")
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if form.act(lambda: review_actions.recommend(request.person, review_id, **given)):
            messages.success(request, _("Thank you. Your recommendation has arrived."))
            return redirect("reviews")
    if ties.is_bound and ties.is_valid():
        why = ties.cleaned_data["reason"]
        if ties.act(lambda: review_actions.declare_conflict(request.person, review_id, why)):
            messages.success(request, _("Thank you for saying so. Somebody else is asked."))
            return redirect("reviews")
    hidden = row.state == ReviewState.CONFLICT
    context = {
        "review": row,
        "kind": wording.REVIEWS.get(row.kind, row.kind),
        "form": form,
        "ties": ties,
        "section": "reviews",
        "crumbs": [
            (_("Reviews"), reverse("reviews")),
            (_("Conflict of interest") if hidden else row.application.title, ""),
        ],
        **({} if hidden else _application(request, row.application)),
    }
    status = max(form.status, ties.status)
    return render(request, "access/review.html", context, status=status)


def _application(request: PageRequest, row: Application) -> dict[str, Any]:
    why = conflicts.of_application(row, [request.person])[request.person.pk]
    return {
        "row": row,
        "mode_name": wording.mode_name(row.mode),
        "purpose_name": wording.purpose_name(row.purpose),
        "days_left": deadlines.days_left(row.decision_by),
        "is_late": deadlines.has_passed(row.decision_by),
        "conflict": wording.conflict_text(why),
    }


@require_POST
@operator_only
def assign(request: PageRequest, application_id: int) -> HttpResponse:
    """Ask a reviewer."""
    row = queries.application_for(request.person, application_id)
    form = AssignForm(request.POST, application=row)
    if form.is_valid():
        email = form.cleaned_data["reviewer"]
        if form.act(lambda: review_actions.assign(request.person, application_id, email)):
            messages.success(request, _("The reviewer is asked."))
            return redirect("application", application_id)
    context = about(request, row) | {"assign": form}
    return render(request, "access/application.html", context, status=form.status)


@form_page
@operator_only
def decide(request: PageRequest, application_id: int) -> HttpResponse:
    """Grant or reject an application."""
    form = DecisionForm(request.POST if request.method == "POST" else None)

    def act() -> object:
        given = form.cleaned_data
        return review_actions.decide(
            request.person, application_id, given["decision"], given["reason"]
        )

    return _decision(request, application_id, form, act, _("Decide"))


@form_page
@operator_only
def appeal_decide(request: PageRequest, application_id: int) -> HttpResponse:
    """Decide on an appeal."""
    form = AppealDecisionForm(request.POST if request.method == "POST" else None)

    def act() -> object:
        given = form.cleaned_data
        return appeal_actions.decide_appeal(
            request.person, application_id, given["decision"], given["reason"]
        )

    return _decision(request, application_id, form, act, _("Decide on the appeal"))


def _decision(
    request: PageRequest,
    application_id: int,
    form: ActionForm,
    act: Callable[[], object],
    title: str,
) -> HttpResponse:
    row = queries.application_for(request.person, application_id)
    if form.is_bound and form.is_valid() and form.done(act):
        messages.success(request, _("The decision is made, and the applicant has been told."))
        return redirect("application", application_id)
    context = about(request, row)
    is_appeal = isinstance(form, AppealDecisionForm)
    context |= {"form": form, "title": title, "is_appeal": is_appeal}
    context["crumbs"] = [
        (_("Applications"), reverse("applications")),
        (row.title, reverse("application", args=[row.pk])),
        (title, ""),
    ]
    if is_appeal:
        context["stop"] = _stop(request, row)
        context["can"] = not context["stop"] and _open_appeal(row)
    else:
        context["can"] = context["is_open"]
    context["can"] = context["can"] and not context["conflict"]
    return render(request, "access/decide.html", context, status=form.status)


def _open_appeal(row: Application) -> bool:
    return bool(row.appeal.state == AppealState.ASKED)


def _stop(request: PageRequest, row: Application) -> Problem | None:
    try:
        appeal_actions.may_judge(request.person, row)
    except Problem as problem:
        return problem
    return None
