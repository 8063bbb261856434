"""Reading models and their cards."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import QuerySet

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
    texts = rules.from_records(version.facts, language)
    for row in CardText.objects.filter(version=version).order_by("pk"):
        texts[row.field] = row.text
    ordered = {name: texts[name] for name in card_fields() if texts.get(name)}
    missing = tuple(name for name in card_fields() if name not in ordered)
    return Card(ordered, missing)


def card_markdown(version: ModelVersion, language: Language) -> str:
    """The card as Markdown, headings in the language asked for."""
    reference = f"{version.model.name}@{version.number}"
    lines = [f"# {rules.word('card', language)}: {reference}", ""]
    found = card(version, language)
    for name, field in card_fields().items():
        text = found.texts.get(name, f"*{rules.word('missing', language)}.*")
        lines += [f"## {field.title[language]}", "", text, ""]
    return "\n".join(lines)
