"""Organisations, with who belongs to them and what they asked for."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import operator_queries as access
from fabriek.people import operator_queries
from fabriek.people.session import PageRequest, operator_only
from fabriek.people.words import KINDS, ROLES, country_name
from fabriek.portal.operator_pages.common import show
from fabriek.web.lists import Choice, Column, Listing, options

LISTED = 50


@require_safe
@operator_only
def operator_organisations(request: PageRequest) -> HttpResponse:
    """All organisations."""
    listing = Listing(
        request,
        operator_queries.organisations(request.person),
        columns=[
            Column("name", _("Name"), sort="name"),
            Column("kind", _("Kind"), sort="kind"),
            Column("country", _("Country"), sort="country"),
            Column("kvk", _("KvK number"), sort="kvk"),
            Column("members", _("Members"), sort="members", numeric=True),
            Column("made", _("Since"), sort="made_at"),
        ],
        search=("name", "slug", "kvk", "ror", "vat", "pic"),
        choices=[Choice("kind", _("Kind"), options(KINDS))],
        sort="name",
    )
    rows = [(row, KINDS[row.kind], country_name(row.country)) for row in listing.rows]
    return show(
        request,
        "operator_organisations",
        _("Organisations"),
        part="organisations",
        listing=listing,
        rows=rows,
    )


@require_safe
@operator_only
def operator_organisation(request: PageRequest, slug: str) -> HttpResponse:
    """One organisation."""
    reader = request.person
    row = operator_queries.organisation(reader, slug)
    asked = access.applications(reader, organisation_id=row.pk)
    members = operator_queries.memberships(reader, organisation_id=row.pk)
    projects = access.projects(reader).filter(organisation_id=row.pk)
    return show(
        request,
        "operator_organisation",
        row.name,
        part="organisations",
        above=(_("Organisations"), reverse("operator_organisations")),
        organisation=row,
        kind=KINDS[row.kind],
        country=country_name(row.country),
        members=[(m, ROLES[m.role]) for m in members[:LISTED]],
        applications=asked.order_by("-pk")[:LISTED],
        projects=projects.order_by("-pk")[:LISTED],
    )
