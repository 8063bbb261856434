"""The report as a page, and as files."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import crumbs, wording
from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.people.session import PageRequest, signed_in
from fabriek.reports import queries, rules, showing
from fabriek.web import formats
from fabriek.web.language import page_language


@require_safe
@signed_in
def report(request: PageRequest, slug: str) -> HttpResponse:
    """What the project used, made and has left, to read or to print."""
    project = access.project_for(request.person, slug, Right.VIEW)
    facts, courses = queries.facts_of(project)
    language = page_language()
    context = {
        "project": project,
        "section": "report",
        "crumbs": crumbs.of_project(project, (_("Report"), "")),
        "facts": facts,
        "allocation": access.allocation(project.pk),
        "purpose": wording.purpose_name(project.purpose),
        "budgets": showing.budgets(courses, language),
        "jobs_chart": showing.jobs_by_state(facts["jobs"]["by_state"], language),
        "energy_chart": showing.energy_by_day(facts["jobs"]["items"]),
        "jobs": [_job(row) for row in facts["jobs"]["items"]],
        "models": [_model(row) for row in facts["models"]],
        "data": [row | {"kind": rules.word(row["kind"], language)} for row in facts["data"]],
        "listed": queries.LISTED,
    }
    return render(request, "reports/report.html", context)


@require_safe
@signed_in
def report_markdown(request: PageRequest, slug: str) -> HttpResponse:
    """The report as a Markdown file."""
    text = rules.markdown(queries.project_report(request.person, slug), page_language())
    return _file(text, "text/markdown; charset=utf-8", f"{slug}-report.md")


@require_safe
@signed_in
def report_json(request: PageRequest, slug: str) -> HttpResponse:
    """The report's facts for programs."""
    text = json.dumps(queries.project_report(request.person, slug), ensure_ascii=False, indent=1)
    return _file(text, "application/json", f"{slug}-report.json")


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _job(row: dict[str, Any]) -> dict[str, Any]:
    charged = [
        f"{formats.amount(amount, 4)} {rules.word(unit, page_language())}"
        for unit, amount in row["charged"].items()
    ]
    return row | {"charged": ", ".join(charged)}


def _model(row: dict[str, Any]) -> dict[str, Any]:
    name, _at, number = row["version"].rpartition("@")
    return row | {"name": name, "number": int(number), "missing": len(row["card_missing"])}
