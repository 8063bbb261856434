"""What was asked for: what waits for a decision, by its deadline, and everything before it."""

from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from fabriek.access import operator_queries as access
from fabriek.access import request_queries, wording
from fabriek.access.deadlines import days_left, has_passed
from fabriek.access.states import OPEN, ApplicationState
from fabriek.people.session import PageRequest, operator_only
from fabriek.portal.operator_pages.common import show
from fabriek.web.lists import Choice, Column, Listing, by_state
from fabriek.web.templatetags.fabriek import day

LISTED = 50
SEARCH = ("title", "organisation__name", "applicant__name", "applicant__email")


@require_safe
@operator_only
def operator_applications(request: PageRequest) -> HttpResponse:
    """What waits for a decision, the late ones in front."""
    reader = request.person
    listing = Listing(
        request,
        request_queries.applications_to_decide(reader),
        columns=[*_columns(), Column("due", _("Decision due"), sort="decision_by")],
        search=SEARCH,
        choices=[by_state(OPEN), _modes()],
        sort="due",
    )
    extensions = request_queries.extensions_to_decide(reader)[:LISTED]
    appeals = request_queries.appeals_to_decide(reader)[:LISTED]
    return show(
        request,
        "operator_applications",
        _("Waiting for a decision"),
        part="applications",
        listing=listing,
        rows=[
            (row, wording.mode_name(row.mode), time_left(row.decision_by)) for row in listing.rows
        ],
        extensions=[(row, time_left(row.decision_by)) for row in extensions],
        appeals=[(row, time_left(row.appeal.decision_by)) for row in appeals],
    )


@require_safe
@operator_only
def operator_applications_all(request: PageRequest) -> HttpResponse:
    """Every application there ever was."""
    listing = Listing(
        request,
        access.applications(request.person),
        columns=[*_columns(), Column("decided", _("Decided"), sort="decided_at")],
        search=SEARCH,
        choices=[by_state(ApplicationState), _modes()],
        sort="-submitted",
    )
    return show(
        request,
        "operator_applications_all",
        _("All applications"),
        part="applications",
        above=(_("Waiting for a decision"), reverse("operator_applications")),
        listing=listing,
        rows=[(row, wording.mode_name(row.mode)) for row in listing.rows],
    )


def time_left(due: datetime) -> tuple[bool, str]:
    """Whether a deadline has passed, and in words how much time there is."""
    if has_passed(due):
        return True, _("Late: it was due on %(day)s") % {"day": day(due)}
    left = days_left(due)
    if not left:
        return False, _("Due today")
    words = ngettext("%(n)s working day left", "%(n)s working days left", left)
    return False, words % {"n": left}


def _columns() -> list[Column]:
    return [
        Column("title", _("Application"), sort="title"),
        Column("organisation", _("Organisation"), sort="organisation__name"),
        Column("mode", _("Way of access"), sort="mode"),
        Column("state", _("State"), sort="state"),
        Column("submitted", _("Submitted"), sort="submitted_at"),
    ]


def _modes() -> Choice:
    return Choice("mode", _("Way of access"), wording.mode_choices())
