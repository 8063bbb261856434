"""Pages of a project's people and of its extensions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fabriek.access import (
    conflicts,
    crumbs,
    data_files,
    deadlines,
    extension_actions,
    extension_checking,
    member_actions,
    queries,
    request_queries,
    wording,
)
from fabriek.access.extension_rules import Amounts
from fabriek.access.models import Extension, ProjectMember
from fabriek.access.project_forms import ExtensionForm, MemberForm
from fabriek.access.queries import Right
from fabriek.access.review_forms import ExtensionDecisionForm
from fabriek.access.states import ExtensionState
from fabriek.people.session import PageRequest, operator_only, signed_in
from fabriek.web.forms import form_page
from fabriek.web.lists import Choice, Column, Listing, by_state, options


@form_page
@signed_in
def members(request: PageRequest, slug: str) -> HttpResponse:
    """Who works in the project; for its managers the form to add somebody."""
    project = queries.project_for(request.person, slug, Right.VIEW)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if form.act(lambda: member_actions.set_member(request.person, slug, **given)):
            messages.success(request, _("Done. The change holds from now on."))
            return redirect("members", slug)
    roles = options(wording.ROLES)
    listing: Listing[ProjectMember] = Listing(
        request,
        queries.members_of(project.pk),
        columns=[
            Column("name", _("Name"), sort="person__name"),
            Column("email", _("E-mail address"), sort="person__email"),
            Column("role", _("Role"), sort="role"),
            Column("since", _("Since"), sort="since"),
            Column("change", _("Change")),
        ],
        search=["person__name", "person__email"],
        choices=[Choice("role", _("Role"), roles)],
        sort="since",
    )
    role = queries.roles_in(request.person, [project.pk])[project.pk]
    context = {
        "project": project,
        "section": "members",
        "listing": listing,
        "rows": [(row, wording.ROLES[row.role]) for row in listing.rows],
        "roles": roles,
        "manages": role == ProjectMember.Role.MANAGER,
        "me": request.person.pk,
        "form": form,
        "crumbs": crumbs.of_project(project, (_("People"), "")),
    }
    return render(request, "access/members.html", context, status=form.status)


@require_POST
@signed_in
def member_remove(request: PageRequest, slug: str, person_id: int) -> HttpResponse:
    """Take somebody out of the project, or leave it."""
    member_actions.remove_member(request.person, slug, person_id)
    if person_id == request.person.pk:
        messages.success(request, _("You have left the project."))
        return redirect("projects")
    messages.success(request, _("Done. The change holds from now on."))
    return redirect("members", slug)


@form_page
@signed_in
def extensions(request: PageRequest, slug: str) -> HttpResponse:
    """What was asked to extend the project; for its managers the form to ask."""
    project = queries.project_for(request.person, slug, Right.VIEW)
    prospect = extension_checking.prospect(project)
    form = ExtensionForm(request.POST if request.method == "POST" else None, room=prospect.room)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.act(lambda: extension_actions.ask(request.person, slug, form.asked(), reason)):
            messages.success(request, _("Your request has arrived."))
            return redirect("extensions", slug)
    listing = _listing(
        request, request_queries.extensions_visible_to(request.person).filter(project=project)
    )
    role = queries.roles_in(request.person, [project.pk])[project.pk]
    limits = data_files.requests()
    # What stands in the way whatever is asked: told before somebody fills in the form.
    stops = [row for row in prospect.findings(Amounts(months=1)) if not row.field]
    context = {
        "project": project,
        "section": "extensions",
        "listing": listing,
        "rows": [_line(row) for row in listing.rows],
        "form": form,
        "stops": [wording.told(row) for row in stops],
        "manages": role == ProjectMember.Role.MANAGER,
        "ends_at": prospect.allocation.ends_at,
        "has_ended": deadlines.has_passed(prospect.allocation.ends_at),
        "days_after": limits.extension_days_after_end,
        "working_days": wording.working_days_text(limits.extension_working_days),
        "crumbs": crumbs.of_project(project, (_("More time or hours"), "")),
    }
    return render(request, "access/extensions.html", context, status=form.status)


@require_POST
@signed_in
def extension_withdraw(request: PageRequest, extension_id: int) -> HttpResponse:
    """Take a request back."""
    row = extension_actions.withdraw(request.person, extension_id)
    messages.success(request, _("The request is withdrawn."))
    return redirect("extensions", row.project.slug)


@require_safe
@operator_only
def extension_queue(request: PageRequest) -> HttpResponse:
    """All extensions, the open ones that are due first in front."""
    listing = _listing(request, request_queries.extensions_visible_to(request.person))
    context = {
        "waiting": [_line(row) for row in request_queries.extensions_to_decide(request.person)],
        "listing": listing,
        "rows": [_line(row) for row in listing.rows],
        "section": "operator",
        "crumbs": [(_("Running the factory"), reverse("operator")), (_("Extensions"), "")],
    }
    return render(request, "access/extension_queue.html", context)


@form_page
@operator_only
def extension_decide(request: PageRequest, extension_id: int) -> HttpResponse:
    """Grant or refuse an extension."""
    row = request_queries.extension_for(request.person, extension_id)
    form = ExtensionDecisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if form.act(
            lambda: extension_actions.decide(
                request.person, extension_id, given["decision"], given["reason"]
            )
        ):
            messages.success(request, _("The decision is made, and the managers have been told."))
            return redirect("extension_queue")
    why = conflicts.of_extension(row, [request.person])[request.person.pk]
    context = _line(row) | {
        "form": form,
        "prospect": extension_checking.prospect(row.project),
        "mode_name": wording.mode_name(row.project.application.mode),
        "conflict": wording.conflict_text(why),
        "section": "operator",
        "crumbs": [(_("Extensions"), reverse("extension_queue")), (row.project.title, "")],
    }
    return render(request, "access/extension_decide.html", context, status=form.status)


def _listing(request: PageRequest, rows: Any) -> Listing[Extension]:
    return Listing(
        request,
        rows,
        columns=[
            Column("project", _("Project"), sort="project__title"),
            Column("wish", _("Asked")),
            Column("state", _("State"), sort="state"),
            Column("asked", _("Asked on"), sort="asked_at"),
            Column("due", _("Decision by"), sort="decision_by"),
        ],
        search=["project__title", "project__slug", "reason"],
        choices=[by_state(ExtensionState)],
    )


def _line(row: Extension) -> dict[str, Any]:
    is_open = row.state == ExtensionState.ASKED
    wish = Amounts(row.months, row.gpu_hours, row.cpu_hours, row.storage_gib)
    return {
        "row": row,
        "wish": wording.wish_text(wish),
        "is_open": is_open,
        "is_late": is_open and deadlines.has_passed(row.decision_by),
        "days_left": deadlines.days_left(row.decision_by) if is_open else 0,
    }
