"""Reading models and their cards."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core.problems import Language, Problem
from fabriek.registry import rules
from fabriek.registry.models import CardText, Model, ModelVersion

if TYPE_CHECKING:
    from fabriek.people.models import Person


@dataclass(frozen=True)
class Field:
    """One field of a card: its title, and whether records or a person fill it."""

    name: str
    by_person: bool
    title: Mapping[Language, str]


@dataclass(frozen=True)
class Card:
    """A card as it stands: the text of each field, and the fields that nobody filled in yet."""

    texts: Mapping[str, str]
    missing: tuple[str, ...]


@cache
def card_fields() -> dict[str, Field]:
    """The fields in order, from data/card_fields.toml."""
    path = Path(__file__).parent / "data" / "card_fields.toml"
    return {
        name: Field(name, row["from"] == "person", {"nl": row["nl"], "en": row["en"]})
        for name, row in tomllib.loads(path.read_text("utf-8")).items()
    }


def of_project(project_id: int) -> QuerySet[Model]:
    """The project's models, for whoever has checked the right to see them."""
    return Model.objects.filter(project_id=project_id)


def with_newest(project_id: int) -> QuerySet[Model]:
    """The project's models, each with the number of its versions and its newest one; the one with
    the newest version in front."""
    newest = ModelVersion.objects.filter(model=OuterRef("pk")).order_by("-number")
    rows = of_project(project_id).annotate(
        versions_made=Count("versions"),
        newest_id=Subquery(newest.values("pk")[:1]),
        newest_at=Max("versions__made_at"),
    )
    return rows.order_by("-newest_at", "-pk")


def versions_by_key(keys: Iterable[int | None]) -> dict[int, ModelVersion]:
    """These versions, for whoever has checked the right to see them."""
    rows = ModelVersion.objects.filter(pk__in=[key for key in keys if key])
    return {row.pk: row for row in rows.select_related("model")}


def metrics_by_version(model: Model, most: int = 200) -> list[tuple[int, Mapping[str, Any]]]:
    """The figures of a model's newest versions, first version first."""
    rows = model.versions.order_by("-number").values_list("number", "facts__metrics")[:most]
    return [(number, metrics or {}) for number, metrics in reversed(rows)]


def versions_of_project(project_id: int) -> QuerySet[ModelVersion]:
    """All versions of all its models."""
    rows = ModelVersion.objects.filter(model__project_id=project_id)
    return rows.select_related("model", "made_by", "files__dataset")


def model_for(person: "Person", project_slug: str, name: str, right: Right = Right.VIEW) -> Model:
    """A model by project and name; Problem `not-found`."""
    project = access.project_for(person, project_slug, right)
    model = Model.objects.filter(project_id=project.pk, name=name).first()
    if model is None:
        raise Problem("not-found")
    return model


def version_for(
    person: "Person", project_slug: str, name: str, number: int, right: Right = Right.VIEW
) -> ModelVersion:
    """One version; Problem `not-found`."""
    model = model_for(person, project_slug, name, right)
    rows = model.versions.select_related("model", "made_by", "files__dataset")
    version = rows.filter(number=number).first()
    if version is None:
        raise Problem("not-found")
    return version


def card(version: ModelVersion, language: Language) -> Card:
    """What records fill, what people wrote, and what is still missing."""
    return cards([version], language)[version.pk]


def cards(versions: Iterable[ModelVersion], language: Language) -> dict[int, Card]:
    """The cards of these versions by their keys, in one question."""
    texts = {row.pk: rules.from_records(row.facts, language) for row in versions}
    for written in CardText.objects.filter(version__in=list(texts)).order_by("pk"):
        texts[written.version_id][written.field] = written.text
    return {pk: _card(found) for pk, found in texts.items()}


def _card(texts: Mapping[str, str]) -> Card:
    ordered = {name: texts[name] for name in card_fields() if texts.get(name)}
    return Card(ordered, tuple(name for name in card_fields() if name not in ordered))


def card_markdown(version: ModelVersion, language: Language) -> str:
    """The card as Markdown, headings in the language asked for."""
    reference = f"{version.model.name}@{version.number}"
    lines = [f"# {rules.word('card', language)}: {reference}", ""]
    found = card(version, language)
    for name, field in card_fields().items():
        text = found.texts.get(name, f"*{rules.word('missing', language)}.*")
        lines += [f"## {field.title[language]}", "", text, ""]
    return "\n".join(lines)
