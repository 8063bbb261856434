"""The models' door."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Body, Router, Schema
from pydantic import Field, StringConstraints

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core import paging
from fabriek.core.paging import Before, Limit
from fabriek.core.problems import language_of
from fabriek.people.auth import Request, person_token
from fabriek.registry import actions, queries
from fabriek.registry.models import ModelVersion

router = Router(tags=["models"], auth=person_token)
Texts = Annotated[
    dict[str, Annotated[str, StringConstraints(max_length=actions.MAX_TEXT)]],
    Field(min_length=1, max_length=20),
]


class ModelRow(Schema):
    """A model in a list."""

    name: str
    made_at: datetime


class ModelPage(Schema):
    """Newest first."""

    items: list[ModelRow]
    next_before: int | None


class VersionRow(Schema):
    """A version in a list."""

    model: str
    number: int
    made_by: str
    made_at: datetime
    metrics: dict[str, float]


class VersionPage(Schema):
    """Newest first."""

    items: list[VersionRow]
    next_before: int | None


class VersionOut(VersionRow):
    """A version with where it came from and what its card says."""

    files: str
    lineage: dict[str, Any]
    card: dict[str, str]
    missing: list[str]


@router.get("/projects/{slug}/models", response=ModelPage)
def models(request: Request, slug: str, before: Before = None, limit: Limit = 50) -> dict[str, Any]:
    """The project's models."""
    project = access.project_for(request.person, slug, Right.VIEW)
    page = paging.newest_first(queries.of_project(project.pk), before=before, limit=limit)
    items = [{"name": row.name, "made_at": row.made_at} for row in page.items]
    return {"items": items, "next_before": page.next_before}


@router.get("/projects/{slug}/models/{name}", response=VersionPage)
def versions(
    request: Request,
    slug: str,
    name: str,
    before: Before = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The versions of a model."""
    model = queries.model_for(request.person, slug, name)
    rows = model.versions.select_related("model", "made_by")
    page = paging.newest_first(rows, before=before, limit=limit)
    return {"items": [row(version) for version in page.items], "next_before": page.next_before}


@router.get("/projects/{slug}/models/{name}/versions/{number}", response=VersionOut)
def version(request: Request, slug: str, name: str, number: int) -> dict[str, Any]:
    """One version: lineage, metrics, and its card with what is missing."""
    return full(request, queries.version_for(request.person, slug, name, number))


@router.get("/projects/{slug}/models/{name}/versions/{number}/card")
def card(request: Request, slug: str, name: str, number: int) -> HttpResponse:
    """The model card as Markdown."""
    found = queries.version_for(request.person, slug, name, number)
    text = queries.card_markdown(found, language_of(request))
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@router.patch("/projects/{slug}/models/{name}/versions/{number}/card", response=VersionOut)
def complete(
    request: Request, slug: str, name: str, number: int, body: Body[Texts]
) -> dict[str, Any]:
    """Fill in fields of the card that only a person can know."""
    found = actions.complete_card(request.person, slug, name, number, body)
    return full(request, found)


def row(version: ModelVersion) -> dict[str, Any]:
    """A version as a line of a list."""
    return {
        "model": version.model.name,
        "number": version.number,
        "made_by": version.made_by.name,
        "made_at": version.made_at,
        "metrics": version.facts["metrics"],
    }


def full(request: Request, version: ModelVersion) -> dict[str, Any]:
    """A version in full."""
    card = queries.card(version, language_of(request))
    return row(version) | {
        "files": f"{version.files.dataset.slug}@{version.files.number}",
        "lineage": version.facts,
        "card": dict(card.texts),
        "missing": list(card.missing),
    }
