"""The reports' door."""

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router

from fabriek.core.problems import language_of
from fabriek.people.auth import Request, person_token
from fabriek.reports import queries, rules

router = Router(tags=["reports"], auth=person_token)


@router.get("/projects/{slug}/report", response=dict[str, Any])
def report(request: Request, slug: str, format: Literal["json", "markdown"] = "json") -> Any:
    """What the project used, made and has left, as JSON or Markdown."""
    facts = queries.project_report(request.person, slug)
    if format == "json":
        return facts
    text = rules.markdown(facts, language_of(request))
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")
