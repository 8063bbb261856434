"""Pages about datasets. A version and what is in it: version_pages.py; uploads: upload_pages.py."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import crumbs
from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.data import labels, queries
from fabriek.data.forms import NewDataForm
from fabriek.data.rules import CHUNK_BYTES
from fabriek.people.session import PageRequest, signed_in
from fabriek.web.lists import Choice, Column, Listing, options


@require_safe
@signed_in
def datasets(request: PageRequest, slug: str) -> HttpResponse:
    """A project's datasets."""
    project = access.project_for(request.person, slug, Right.VIEW)
    listing = Listing(
        request,
        queries.of_project(project.pk),
        columns=[
            Column("name", _("Name"), "slug"),
            Column("kind", _("Kind"), "kind"),
            Column("class", _("Class"), "classification"),
            Column("versions", _("Versions"), numeric=True),
            Column("size", _("Stored"), "stored_bytes", numeric=True),
            Column("newest", _("Newest version")),
            Column("made", _("Made"), "created_at"),
        ],
        search=["slug", "title"],
        choices=[
            Choice("kind", _("Kind"), options(labels.KINDS)),
            Choice("class", _("Class"), options(labels.CLASSES), "classification"),
            Choice("people", _("Personal data"), _yes_no(), "personal_data"),
        ],
        sort="-made",
    )
    newest = queries.newest_versions(row.pk for row in listing.rows)
    context = {
        "project": project,
        "section": "data",
        "crumbs": _crumbs(project),
        "listing": listing,
        "rows": [
            {
                "dataset": row,
                "kind": labels.KINDS[row.kind],
                "class": labels.CLASSES[row.classification],
                "versions": newest.get(row.pk),
            }
            for row in listing.rows
        ],
        "may_write": access.may(request.person, project.pk, Right.RUN),
    }
    return render(request, "data/datasets.html", context)


@require_safe
@signed_in
def dataset_new(request: PageRequest, slug: str) -> HttpResponse:
    """Bring in the first version of a new dataset."""
    project = access.project_for(request.person, slug, Right.RUN)
    context = {
        "project": project,
        "section": "data",
        "crumbs": [*_crumbs(project, here=False), (_("Bring in data"), "")],
        "form": NewDataForm(initial={"kind": _kind(request)}),
        **upload_facts(request, slug),
    }
    return render(request, "data/dataset_new.html", context)


@require_safe
@signed_in
def dataset(request: PageRequest, slug: str, dataset: str) -> HttpResponse:
    """A dataset with its versions."""
    project = access.project_for(request.person, slug, Right.VIEW)
    row = queries.dataset_named(request.person, slug, dataset)
    listing = Listing(
        request,
        queries.listed_versions(request.person, row),
        columns=[
            Column("version", _("Version"), "number"),
            Column("made", _("Made"), "created_at"),
            Column("by", _("By")),
            Column("files", _("Files"), "file_count", numeric=True),
            Column("size", _("Size"), "size_bytes", numeric=True),
        ],
        sort="-version",
    )
    context = {
        "project": project,
        "section": "data",
        "crumbs": [*_crumbs(project, here=False), (row.slug, "")],
        "dataset": row,
        "kind": labels.KINDS[row.kind],
        "class": labels.CLASSES[row.classification],
        "listing": listing,
        "may_upload": (
            row.kind in ("data", "code")
            and row.erased_at is None
            and access.may(request.person, project.pk, Right.RUN)
        ),
        **upload_facts(request, slug, row.slug),
    }
    return render(request, "data/dataset.html", context)


def upload_facts(request: PageRequest, slug: str, dataset: str = "") -> dict[str, Any]:
    """What the upload box needs to know."""
    return {
        "open_href": reverse("upload_open", args=[slug]),
        "upload_place": f"{slug}/{dataset}",
        "upload_dataset": dataset,
        "piece_bytes": CHUNK_BYTES,
    }


def _crumbs(project: Any, *, here: bool = True) -> list[tuple[str, str]]:
    return crumbs.of_project(
        project, (_("Data"), "" if here else reverse("datasets", args=[project.slug]))
    )


def _kind(request: PageRequest) -> str:
    """A link may say that it is code."""
    return "code" if request.GET.get("kind") == "code" else "data"


def _yes_no() -> list[tuple[str, str]]:
    return [("true", _("Yes")), ("false", _("No"))]
