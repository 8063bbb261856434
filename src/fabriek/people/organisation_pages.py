"""Organisations: one's own, a new one, asking to join, who belongs to it, its profile."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fabriek.core.problems import Problem
from fabriek.people import organisation_actions, queries, ways
from fabriek.people.models import Membership
from fabriek.people.organisation_forms import (
    JoinForm,
    OrganisationForm,
    OrganisationProfileForm,
    RoleForm,
)
from fabriek.people.session import PageRequest, signed_in
from fabriek.people.words import KINDS, ROLES, country_name
from fabriek.web.forms import form_page
from fabriek.web.lists import Choice, Column, Listing, options

Role, State = Membership.Role, Membership.State


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Organisations"), reverse("organisations")), *more]


@require_safe
@signed_in
def organisations(request: PageRequest) -> HttpResponse:
    """Those one belongs to or asked to join; who else is here is not public."""
    listing = Listing(
        request,
        queries.memberships_of(request.person),
        columns=[
            Column("name", _("Organisation"), sort="organisation__name"),
            Column("role", _("Your role"), sort="role"),
            Column("state", _("State"), sort="state"),
            Column("since", _("Since"), sort="since"),
        ],
        search=["organisation__name", "organisation__slug"],
        sort="name",
    )
    context = {
        "listing": listing,
        "roles": ROLES,
        "after": ways.next_of(request),
        "section": "account",
        "crumbs": [(_("Account"), reverse("account")), (_("Organisations"), "")],
    }
    return render(request, "people/organisations.html", context)


@form_page
@signed_in
def make(request: PageRequest) -> HttpResponse:
    """A new one, with oneself as its first admin."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = form.act(lambda: organisation_actions.make_organisation(request.person, **given))
        if made:
            said = _("%(name)s is here, and you are its admin.") % {"name": made.name}
            messages.success(request, said)
            return redirect(ways.next_of(request) or "route_finder")
    context = {
        "form": form,
        "after": ways.next_of(request),
        "crumbs": _crumbs((_("New organisation"), "")),
        "section": "account",
    }
    return render(request, "people/organisation_new.html", context, status=form.status)


@form_page
@signed_in
def join(request: PageRequest) -> HttpResponse:
    """Ask the admins of one to let one in."""
    form = JoinForm(request.POST or None, initial={"organisation": request.GET.get("organisation")})
    if request.method == "POST" and form.is_valid():
        slug = form.cleaned_data["organisation"].lower()
        if form.act(lambda: _ask(request, slug)):
            said = _("You have asked. An admin of the organisation decides; you get a mail.")
            messages.success(request, said)
            return redirect(ways.to("organisations", ways.next_of(request)))
    context = {
        "form": form,
        "after": ways.next_of(request),
        "crumbs": _crumbs((_("Ask to join"), "")),
        "section": "account",
    }
    return render(request, "people/organisation_join.html", context, status=form.status)


def _ask(request: PageRequest, slug: str) -> Membership:
    try:
        return organisation_actions.ask_to_join(request.person, slug)
    except Problem as problem:
        if problem.code == "not-found":
            raise Problem("organisation-unknown", slug=slug, where="organisation") from None
        raise


@require_safe
@signed_in
def organisation(request: PageRequest, slug: str) -> HttpResponse:
    """One of one's own: what it is and who belongs to it."""
    mine = queries.membership_for(request.person, slug)
    found = mine.organisation
    rows = queries.members_of(found.pk)
    listing = Listing(
        request,
        rows.filter(state=State.ACTIVE),
        columns=[
            Column("name", _("Name"), sort="person__name"),
            Column("email", _("E-mail address"), sort="person__email"),
            Column("role", _("Role"), sort="role"),
            Column("since", _("Since"), sort="since"),
        ],
        search=["person__name", "person__email"],
        choices=[Choice("role", _("Role"), options(ROLES))],
        sort="name",
    )
    is_admin = mine.role == Role.ADMIN
    context = {
        "organisation": found,
        "is_admin": is_admin,
        "kind": KINDS[found.kind],
        "country": country_name(found.country),
        "roles": ROLES,
        "asked": rows.filter(state=State.ASKED).order_by("since")[:50] if is_admin else [],
        "listing": listing,
        "invite": request.build_absolute_uri(
            f"{reverse('organisation_join')}?organisation={found.slug}"
        ),
        "crumbs": _crumbs((found.name, "")),
        "section": "account",
    }
    return render(request, "people/organisation.html", context)


@form_page
@signed_in
def profile(request: PageRequest, slug: str) -> HttpResponse:
    """What the organisation does, by an admin of it."""
    mine = queries.membership_for(request.person, slug)
    if mine.role != Role.ADMIN:
        raise Problem("not-allowed")
    fields = ("about", "sector", "website", "experience")
    start = {name: getattr(mine.organisation, name) for name in fields}
    form = OrganisationProfileForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        describe = organisation_actions.describe_organisation
        if form.act(lambda: describe(request.person, slug, **given)):
            messages.success(request, _("Saved."))
            return redirect("organisation", slug)
    context: dict[str, Any] = {
        "form": form,
        "organisation": mine.organisation,
        "crumbs": _crumbs(
            (mine.organisation.name, reverse("organisation", args=[slug])), (_("Profile"), "")
        ),
        "section": "account",
    }
    return render(request, "people/organisation_profile.html", context, status=form.status)


@form_page
@signed_in
def member(request: PageRequest, slug: str, person_id: int) -> HttpResponse:
    """One member: another role, or the end of the membership."""
    mine = queries.membership_for(request.person, slug)
    # person__pk, not person_id: Django knows that a number too large for any row finds none.
    row = queries.members_of(mine.organisation_id).filter(person__pk=person_id).first()
    if row is None:
        raise Problem("not-found")
    if mine.role != Role.ADMIN and person_id != request.person.pk:
        raise Problem("not-allowed")
    form = RoleForm(request.POST or None, initial={"role": row.role})
    if request.method == "POST" and form.is_valid():
        role, decide = form.cleaned_data["role"], organisation_actions.decide_member
        if form.act(lambda: decide(request.person, slug, person_id, state="active", role=role)):
            messages.success(request, _("Saved."))
            return redirect("organisation", slug)
    context = {
        "form": form,
        "row": row,
        "organisation": mine.organisation,
        "is_admin": mine.role == Role.ADMIN,
        "is_me": person_id == request.person.pk,
        "crumbs": _crumbs(
            (mine.organisation.name, reverse("organisation", args=[slug])), (row.person.name, "")
        ),
        "section": "account",
    }
    return render(request, "people/organisation_member.html", context, status=form.status)


@require_POST
@signed_in
def decide(request: PageRequest, slug: str, person_id: int) -> HttpResponse:
    """Let somebody in, or end a membership."""
    state = request.POST.get("state", "")
    if state not in ("active", "ended"):
        raise Problem("invalid-input", where="state", why="active, ended")
    organisation_actions.decide_member(request.person, slug, person_id, state=state)
    said = _("You have let them in.") if state == "active" else _("The membership has ended.")
    messages.success(request, said)
    if person_id == request.person.pk:
        return redirect("organisations")
    return redirect("organisation", slug)
