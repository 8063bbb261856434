"""The audit log: asking who did what, and taking the answer away."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.core import audit_search, clock
from fabriek.core import queries as core
from fabriek.core.numbers import whole
from fabriek.people.session import PageRequest, operator_only
from fabriek.portal.operator_pages.audit_form import AuditForm
from fabriek.portal.operator_pages.common import show

if TYPE_CHECKING:
    from fabriek.core.models import AuditEntry

LONGEST_FACT = 300
HEAD = ("entry", "at", "by", "via", "action", "about", "number", "facts", "hash")
# A table program runs what begins with these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Line:
    """An entry as the page shows it."""

    entry: "AuditEntry"
    facts: Sequence[tuple[str, str]]


@require_safe
@operator_only
def operator_audit(request: PageRequest) -> HttpResponse:
    """What fits the question, newest first."""
    form = AuditForm(request.GET, reader=request.person)
    found = audit_search.Found([], None)
    if form.is_valid():
        found = audit_search.search(request.person, form.question(), before=_before(request))
    return show(
        request,
        "operator_audit",
        _("Audit log"),
        part="audit",
        form=form,
        found=found,
        lines=[Line(entry, readable(entry.facts)) for entry in found.entries],
        older=_address(request, found.next_before) if found.next_before else "",
        newest=_address(request, None) if _before(request) else "",
        query=_query(request, None),
        is_narrowed=form.is_narrowed,
        seal=core.seal(request.person),
        status=200 if form.is_valid() else 422,
    )


@require_safe
@operator_only
def operator_audit_export(request: PageRequest) -> HttpResponse:
    """The same as a table to take away."""
    form = AuditForm(request.GET, reader=request.person)
    if not form.is_valid():
        address = redirect("operator_audit")
        address["Location"] += _query(request, None)
        return address
    rows = audit_search.export(request.person, form.question())
    response = HttpResponse(table(rows), content_type="text/csv; charset=utf-8")
    name = f"audit-{clock.now():%Y%m%d-%H%M%S}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def readable(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Each fact with its value as text, cut off where it is very long."""
    found = []
    for name, value in facts.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        found.append((name, text if len(text) <= LONGEST_FACT else f"{text[:LONGEST_FACT]}…"))
    return found


def table(entries: Sequence["AuditEntry"]) -> str:
    """The entries as CSV with a byte order mark, which table programs know UTF-8 by."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in entries:
        facts = json.dumps(row.facts, ensure_ascii=False, sort_keys=True)
        about = (row.action, row.subject_kind, row.subject_id, facts, row.hash)
        cells = (row.seq or "", row.at.isoformat(), row.actor, row.via, *about)
        writer.writerow([harmless(str(cell)) for cell in cells])
    return f"\ufeff{out.getvalue()}"


def harmless(cell: str) -> str:
    """The cell with an apostrophe before what a table program would run."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _before(request: PageRequest) -> int | None:
    return whole(request.GET.get("before", ""))


def _address(request: PageRequest, before: int | None) -> str:
    return request.path + _query(request, before)


def _query(request: PageRequest, before: int | None) -> str:
    """This question as part of an address, from another entry on."""
    given = request.GET.copy()
    for name in [name for name in given if name not in AuditForm.base_fields or not given[name]]:
        del given[name]
    if before is not None:
        given["before"] = str(before)
    return f"?{given.urlencode()}" if given else ""
