"""Registering a model version, and completing its card."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from fabriek.access.queries import Right
from fabriek.core import audit, clock, names
from fabriek.core.problems import Problem, Reason
from fabriek.registry import queries
from fabriek.registry.models import CardText, Model, ModelVersion

if TYPE_CHECKING:
    from fabriek.people.models import Person

MAX_TEXT = 20_000


def register(
    *, project_id: int, name: str, version_id: int, by: "Person", facts: Mapping[str, Any]
) -> str:
    """Make a model version of a stored folder; returns `name@number`. Repeating finds the first.

    The caller has checked that the person may, and hands over facts that never change again.
    """
    with transaction.atomic():
        model, _ = Model.objects.get_or_create(
            project_id=project_id,
            name=names.checked_slug(name),
            defaults={"made_at": clock.now()},
        )
        found = ModelVersion.objects.filter(model=model, files_id=version_id).first()
        if found is None:
            last = model.versions.aggregate(last=Max("number"))["last"] or 0
            found = ModelVersion.objects.create(
                model=model,
                number=last + 1,
                files_id=version_id,
                facts=dict(facts),
                made_by=by,
                made_at=clock.now(),
            )
            reference = f"{model.name}@{found.number}"
            audit.record(by, "model.register", "model", reference, job=facts.get("job"))
        return f"{model.name}@{found.number}"


def complete_card(
    person: "Person", project_slug: str, name: str, number: int, texts: Mapping[str, str]
) -> ModelVersion:
    """Write fields of a card that only a person can know. Earlier texts stay on record."""
    version = queries.version_for(person, project_slug, name, number, Right.RUN)
    fields = queries.card_fields()
    for field, text in texts.items():
        if field not in fields:
            raise Problem("card-field-unknown", field=ascii(field[:40]), fields=", ".join(fields))
        if not fields[field].by_person:
            raise Problem("card-field-from-records", field=field)
        if len(text) > MAX_TEXT or "\x00" in text:
            raise Problem("invalid-input", where=field, why=Reason("too-long", {"most": MAX_TEXT}))
    with transaction.atomic():
        for field, text in texts.items():
            CardText.objects.create(
                version=version, field=field, text=text.strip(), by=person, at=clock.now()
            )
        audit.record(person, "card.complete", "model", f"{name}@{number}", fields=sorted(texts))
    return version
