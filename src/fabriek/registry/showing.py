"""Models as the pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from fabriek.access import wording
from fabriek.core.problems import Language
from fabriek.registry import queries, records
from fabriek.registry.models import Model, ModelVersion
from fabriek.registry.records import figures
from fabriek.web.charts import Chart, Series, line
from fabriek.web.language import page_language

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


def version(row: ModelVersion, language: Language) -> dict[str, Any]:
    """One version in full."""
    facts = row.facts
    card = queries.card(row, language)
    return {
        "version": row,
        "reference": f"{row.model.name}@{row.number}",
        "facts": facts,
        "figures": figures(facts),
        "parameters": records.parameters(facts),
        "purpose": wording.purpose_name(facts["purpose"]),
        "energy": records.lines("energy", facts)[0],
        "card": [_field(field, card, row) for field in queries.card_fields().values()],
        "missing": len(card.missing),
    }


def _field(field: queries.Field, card: queries.Card, row: ModelVersion) -> dict[str, Any]:
    text = card.texts.get(field.name, "")
    lines = [text] if field.by_person else records.lines(field.name, row.facts)
    return {
        "title": field.title[page_language()],
        "is_missing": field.name in card.missing,
        "lines": lines,
    }
