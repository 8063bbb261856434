"""Pages about a version: its files, the preview of a table, and downloads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from fabriek.access import crumbs
from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core.numbers import whole
from fabriek.data import bodies, contents, keys, labels, queries, tables
from fabriek.data.file_list import FileList
from fabriek.data.models import DatasetVersion
from fabriek.data.table_rules import ColumnFacts, ColumnKind, Table
from fabriek.people.session import PageRequest, signed_in
from fabriek.web import charts, formats
from fabriek.web.charts import Chart
from fabriek.web.language import page_language

COLUMNS_A_PAGE = 30


@require_safe
@signed_in
def version(request: PageRequest, slug: str, dataset: str, number: int) -> HttpResponse:
    """A version and its files."""
    project = access.project_for(request.person, slug, Right.VIEW)
    found = _version(request, slug, dataset, number)
    erased = found.dataset.erased_at is not None
    listing = None if erased else FileList(request, found)
    context = _context(project, found) | {
        "crumbs": _crumbs(project, found, here=True),
        "kind": labels.KINDS[found.dataset.kind],
        "class": labels.CLASSES[found.dataset.classification],
        "listing": listing,
        "by_a_job": queries.is_of_a_job(found),
        "first_table": next((row.path for row in listing.rows if row.may_be_table), "")
        if listing
        else "",
        "may_run": not erased and access.may(request.person, project.pk, Right.RUN),
    }
    return render(request, "data/version.html", context)


@require_safe
@signed_in
def preview(request: PageRequest, slug: str, dataset: str, number: int, path: str) -> HttpResponse:
    """What a table holds: its columns with their plots, and its first rows."""
    project = access.project_for(request.person, slug, Right.VIEW)
    found = _version(request, slug, dataset, number)
    seen = tables.preview(request.person, found, path)
    page = _page(request, len(seen.table.columns))
    start = (page - 1) * COLUMNS_A_PAGE
    columns = seen.table.columns[start : start + COLUMNS_A_PAGE]
    language = page_language()
    context = _context(project, found) | {
        "crumbs": [*_crumbs(project, found), (path.rpartition("/")[2], "")],
        "path": path,
        "seen": seen,
        "scope": _scope(seen.table),
        "notes": [note.text(language) for note in seen.table.notes],
        "delimiter": labels.DELIMITERS.get(seen.table.delimiter, ""),
        "columns": [_shown(column) for column in columns],
        "heads": [column_name(column) for column in columns],
        "first_rows": [row[start : start + COLUMNS_A_PAGE] for row in seen.table.first_rows],
        "listing": _Pages(request.path, page, len(seen.table.columns)),
        "may_run": access.may(request.person, project.pk, Right.RUN),
    }
    return render(request, "data/preview.html", context)


@require_safe
@signed_in
def download(
    request: PageRequest, slug: str, dataset: str, number: int, path: str
) -> StreamingHttpResponse:
    """A file, whole or the range asked for: always as a download, never shown by the browser."""
    found = _version(request, slug, dataset, number)
    queries.refuse_erased(found.dataset)
    manifest = contents.manifest_of(found)
    key = keys.dataset_key(found.dataset.project_id, found.dataset_id)
    entry = contents.file_entry(manifest, path)
    response = bodies.file_response(request, found, manifest, key, entry)
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def column_name(column: ColumnFacts) -> str:
    """The column's name, or its place where it has none."""
    return column.name or _("Column %(place)s") % {"place": column.place}


@dataclass(frozen=True)
class ShownColumn:
    """A column as the preview shows it."""

    name: str
    kind: str
    filled: int
    missing: int
    distinct: int
    low: str
    middle: str
    high: str
    chart: Chart | None


@dataclass(frozen=True)
class _Pages:
    """The pages of a wide table's columns, as the templates of lists show them."""

    path: str
    page: int
    columns: int

    @property
    def previous(self) -> str:
        return f"{self.path}?page={self.page - 1}" if self.page > 1 else ""

    @property
    def next(self) -> str:
        more = self.page * COLUMNS_A_PAGE < self.columns
        return f"{self.path}?page={self.page + 1}" if more else ""


def _version(request: PageRequest, slug: str, dataset: str, number: int) -> DatasetVersion:
    row = queries.dataset_named(request.person, slug, dataset)
    return queries.version_of(request.person, row.pk, number)


def _context(project: Any, found: DatasetVersion) -> dict[str, Any]:
    reference = f"{found.dataset.slug}@{found.number}"
    return {
        "project": project,
        "section": "data",
        "dataset": found.dataset,
        "version": found,
        "reference": reference,
        "train_href": f"{reverse('job_new', args=[project.slug])}"
        f"?template=learn-from-table&data={reference}",
    }


def _crumbs(project: Any, found: DatasetVersion, *, here: bool = False) -> list[tuple[str, str]]:
    slug = found.dataset.slug
    version_href = reverse("version", args=[project.slug, slug, found.number])
    return crumbs.of_project(
        project,
        (_("Data"), reverse("datasets", args=[project.slug])),
        (slug, reverse("dataset", args=[project.slug, slug])),
        (_("Version %(number)s") % {"number": found.number}, "" if here else version_href),
    )


def _page(request: PageRequest, columns: int) -> int:
    return max(1, min(whole(request.GET.get("page", "")) or 1, -(-columns // COLUMNS_A_PAGE)))


def _scope(table: Table) -> str:
    rows = formats.amount(table.row_count)
    if table.is_whole:
        text = ngettext("All %(rows)s row.", "All %(rows)s rows.", table.row_count)
    else:
        text = _("Of the first %(rows)s rows; the file goes on after them.")
    return text % {"rows": rows}


def _shown(column: ColumnFacts) -> ShownColumn:
    return ShownColumn(
        column_name(column),
        str(labels.COLUMN_KINDS[column.kind]),
        column.filled,
        column.missing,
        column.distinct,
        _figure(column.minimum),
        _figure(column.median),
        _figure(column.maximum),
        _chart(column),
    )


def _figure(value: float | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return date_format(value, "SHORT_DATE_FORMAT")
    return formats.amount(value, 4) if abs(value) < 1e15 else f"{value:.4g}"


def _chart(column: ColumnFacts) -> Chart | None:
    title = _("Distribution of %(name)s") % {"name": column_name(column)}
    if column.edges:
        return charts.histogram(title, column.edges, column.counts, y_label=_("Rows"))
    # Of texts that are all different, how often each stands says nothing.
    if not column.frequent or (column.kind is ColumnKind.TEXT and column.frequent[0][1] == 1):
        return None
    return charts.bars(
        title,
        x_label=_("Value"),
        y_label=_("Rows"),
        items=column.frequent,
        upright=column.kind is ColumnKind.DATE,
    )
