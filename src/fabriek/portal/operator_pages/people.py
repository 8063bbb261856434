"""People: finding them, appointing reviewers, closing an account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fabriek.access import operator_queries as access
from fabriek.people import operator_actions, operator_queries
from fabriek.people.session import PageRequest, operator_only
from fabriek.people.words import ROLES
from fabriek.portal.operator_pages.common import show
from fabriek.web.forms import ActionForm, form_page
from fabriek.web.lists import Choice, Column, Listing

LISTED = 50


@require_safe
@operator_only
def operator_people(request: PageRequest) -> HttpResponse:
    """Everybody with an account."""
    yes_no = [("true", _("Yes")), ("false", _("No"))]
    listing = Listing(
        request,
        operator_queries.people(request.person),
        columns=[
            Column("name", _("Name"), sort="name"),
            Column("email", _("E-mail address"), sort="email"),
            Column("role", _("Role")),
            Column("account", _("Account"), sort="account"),
            Column("joined", _("Since"), sort="joined_at"),
            Column("seen", _("Last signed in"), sort="last_login"),
        ],
        search=("name", "email"),
        choices=[
            Choice("account", _("Account"), account_words()),
            Choice("operator", _("Operator"), yes_no, field="is_operator"),
            Choice("reviewer", _("Reviewer"), yes_no, field="is_reviewer"),
        ],
        sort="name",
    )
    words = dict(account_words())
    rows = [(row, words[operator_queries.account(row)]) for row in listing.rows]
    return show(request, "operator_people", _("People"), part="people", listing=listing, rows=rows)


@require_safe
@operator_only
def operator_person(request: PageRequest, person_id: int) -> HttpResponse:
    """One person, and what they belong to."""
    reader = request.person
    person = operator_queries.person(reader, person_id)
    account = operator_queries.account(person)
    memberships = operator_queries.memberships(reader, person_id=person.pk)
    return show(
        request,
        "operator_person",
        person.name,
        part="people",
        above=(_("People"), reverse("operator_people")),
        who=person,
        account=dict(account_words())[account],
        seen=operator_queries.last_seen(reader, person),
        memberships=[(m, ROLES[m.role]) for m in memberships[:LISTED]],
        in_projects=access.memberships_in_projects(reader, person.pk)[:LISTED],
        applications=access.applications(reader, person_id=person.pk).order_by("-pk")[:LISTED],
        may_review=account == "open",
        yes_no=f"{_('Yes')},{_('No')}",
    )


@require_POST
@operator_only
def operator_person_reviewer(request: PageRequest, person_id: int) -> HttpResponse:
    """Appoint a reviewer, or end that."""
    reviewer = request.POST.get("reviewer") == "true"
    person = operator_actions.appoint_reviewer(request.person, person_id, reviewer=reviewer)
    said = _("%(name)s is a reviewer now.") if reviewer else _("%(name)s is no reviewer any more.")
    messages.success(request, said % {"name": person.name})
    return redirect("operator_person", person_id)


@form_page
@operator_only
def operator_person_close(request: PageRequest, person_id: int) -> HttpResponse:
    """Ask first, then close the account."""
    person = operator_queries.person(request.person, person_id)
    form = ActionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.done(
        lambda: operator_actions.close_account(request.person, person_id)
    ):
        messages.success(request, _("The account of %(name)s is closed.") % {"name": person.name})
        return redirect("operator_person", person_id)
    return show(
        request,
        "operator_person_close",
        _("Close the account"),
        part="people",
        above=(person.name, reverse("operator_person", args=[person_id])),
        who=person,
        form=form,
        back=reverse("operator_person", args=[person_id]),
        status=form.status,
    )


def account_words() -> list[tuple[str, str]]:
    """The states of an account with their words."""
    return [
        ("open", _("Open")),
        ("unconfirmed", _("Address not confirmed")),
        ("closed", _("Closed")),
    ]
