"""Models as the pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from fabriek.access import wording
from fabriek.core.problems import Language
from fabriek.registry import queries, rules
from fabriek.registry.models import Model, ModelVersion
from fabriek.web.charts import Chart, Series, line

MOST_COURSES = 6
IN_A_ROW = 3
Figures = Sequence[tuple[str, float]]


def with_newest(rows: Sequence[Model], language: Language) -> list[dict[str, Any]]:
    """Models of a list, each with its newest version's figures and what its card lacks."""
    found = queries.versions_by_key(getattr(row, "newest_id", None) for row in rows)
    cards = queries.cards(found.values(), language)
    return [
        {
            "name": row.name,
            "versions": getattr(row, "versions_made", 0),
            "newest": newest,
            "figures": figures(newest.facts)[:IN_A_ROW] if newest else (),
            "missing": len(cards[newest.pk].missing) if newest else 0,
        }
        for row in rows
        for newest in [found.get(getattr(row, "newest_id", 0))]
    ]


def versions(rows: Sequence[ModelVersion], language: Language) -> list[dict[str, Any]]:
    """Versions of a list."""
    cards = queries.cards(rows, language)
    return [
        {
            "version": row,
            "figures": figures(row.facts)[:IN_A_ROW],
            "missing": len(cards[row.pk].missing),
        }
        for row in rows
    ]


def courses(by_version: Iterable[tuple[int, Mapping[str, Any]]]) -> list[Chart]:
    """A plot of each figure over the versions, for the first few figures that have a course."""
    points: dict[str, list[tuple[float, float]]] = {}
    for number, metrics in by_version:
        for name, value in figures({"metrics": metrics}):
            points.setdefault(name, []).append((number, value))
    return [
        line(name, _("Version"), name, [Series(name, found)], counted=True)
        for name, found in list(points.items())[:MOST_COURSES]
        if len(found) > 1
    ]


def figures(facts: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The figures that are numbers, as the job wrote them."""
    return [
        (str(name), value)
        for name, value in (facts.get("metrics") or {}).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def version(row: ModelVersion, language: Language) -> dict[str, Any]:
    """One version in full."""
    facts = row.facts
    card = queries.card(row, language)
    energy = facts.get("energy") or {}
    return {
        "version": row,
        "reference": f"{row.model.name}@{row.number}",
        "facts": facts,
        "figures": figures(facts),
        "parameters": list((facts.get("parameters") or {}).items()),
        "purpose": wording.purpose_name(facts["purpose"]),
        "energy": energy,
        "measured": energy.get("quality") == "measured",
        "card": [_field(field, card, language) for field in queries.card_fields().values()],
        "missing": len(card.missing),
    }


def _field(field: queries.Field, card: queries.Card, language: Language) -> dict[str, Any]:
    text = card.texts.get(field.name, "")
    if field.name == "purpose":
        text = wording.purpose_name(text)
    is_markup = field.name not in {"contact", "purpose"} and not field.by_person
    return {
        "name": field.name,
        "title": field.title[language],
        "by_person": field.by_person,
        "text": text,
        "lines": rules.plain_lines(text) if is_markup else [],
    }
