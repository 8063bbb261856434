"""All projects, with what they used of their budgets."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import operator_queries as access
from fabriek.people.session import PageRequest, operator_only
from fabriek.portal.operator_pages.common import show
from fabriek.web.lists import Choice, Column, Listing


@require_safe
@operator_only
def operator_projects(request: PageRequest) -> HttpResponse:
    """All projects, the newest in front."""
    listing = Listing(
        request,
        access.projects(request.person),
        columns=[
            Column("title", _("Project"), sort="title"),
            Column("organisation", _("Organisation"), sort="organisation__name"),
            Column("made", _("Since"), sort="made_at"),
            Column("ends", _("Ends"), sort="ends_at"),
            Column("gpu", _("GPU-hours used"), numeric=True),
            Column("cpu", _("CPU-hours used"), numeric=True),
            Column("storage", _("Storage used (GiB)"), numeric=True),
        ],
        search=("title", "slug", "organisation__name"),
        choices=[
            Choice("time", _("Time"), [("running", _("Runs now")), ("ended", _("Has ended"))]),
        ],
        sort="-made",
    )
    budgets = access.budgets(request.person, [row.pk for row in listing.rows])
    rows = [(row, budgets.get(row.pk)) for row in listing.rows]
    return show(
        request,
        "operator_projects",
        _("Projects"),
        part="projects",
        listing=listing,
        rows=rows,
    )
