"""Who sees what of drafts, extensions and appeals, and what waits for whom."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from fabriek.access import queries
from fabriek.access.models import Application, Draft, Extension, Review
from fabriek.access.states import OPEN, AppealState, ExtensionState, ReviewState
from fabriek.core.problems import Problem

if TYPE_CHECKING:
    from fabriek.people.models import Person


def drafts_of(person: "Person") -> QuerySet[Draft]:
    """One's own drafts; nobody sees another's."""
    if not person.is_active:
        return Draft.objects.none()
    return Draft.objects.filter(person_id=person.pk)


def draft_for(person: "Person", draft_id: int) -> Draft:
    """One of one's own drafts; Problem `not-found`."""
    row = drafts_of(person).filter(pk=draft_id).first()
    if row is None:
        raise Problem("not-found")
    return row


def extensions_visible_to(person: "Person") -> QuerySet[Extension]:
    """Those of the projects that one is a member of, and all of them for an operator."""
    rows = Extension.objects.select_related(
        "project__organisation", "project__application", "asker", "decided_by"
    )
    if not person.is_active:
        return rows.none()
    if person.is_operator:
        return rows
    return rows.filter(project__in=queries.visible_projects(person).values("pk"))


def extension_for(person: "Person", extension_id: int) -> Extension:
    """The extension, if the person may see it; Problem `not-found`."""
    row = extensions_visible_to(person).filter(pk=extension_id).first()
    if row is None:
        raise Problem("not-found")
    return row


def extensions_to_decide(person: "Person") -> QuerySet[Extension]:
    """The open extensions, for an operator, the ones due first in front."""
    if not person.is_operator:
        return Extension.objects.none()
    rows = extensions_visible_to(person).filter(state=ExtensionState.ASKED)
    return rows.order_by("decision_by", "pk")


def applications_to_decide(person: "Person") -> QuerySet[Application]:
    """The open applications, for an operator, the ones due first in front, so the late ones
    before all."""
    if not person.is_operator:
        return Application.objects.none()
    rows = queries.applications_visible_to(person).filter(state__in=OPEN)
    return rows.order_by("decision_by", "pk")


def appeals_to_decide(person: "Person") -> QuerySet[Application]:
    """The rejected applications with an open appeal, for an operator, the ones due first in
    front."""
    if not person.is_operator:
        return Application.objects.none()
    rows = queries.applications_visible_to(person).filter(appeal__state=AppealState.ASKED)
    return rows.select_related("appeal__rejected_by").order_by("appeal__decision_by", "pk")


def reviews_to_do(person: "Person") -> QuerySet[Review]:
    """What one is asked to review and has not answered, the ones due first in front."""
    rows = queries.reviews_of(person).filter(state=ReviewState.ASKED)
    return rows.order_by("application__decision_by", "pk")


def review_for(person: "Person", review_id: int) -> Review:
    """One's own review; Problem `not-found`."""
    row = queries.reviews_of(person).filter(pk=review_id).first()
    if row is None:
        raise Problem("not-found")
    return row


def place_taken(organisation_id: int, mode: str, but: int = 0) -> bool:
    """Whether an application of the organisation holds its one place, leaving one out."""
    taken = Application.objects.filter(Q(mode=mode, takes_place=True) & ~Q(pk=but))
    return taken.filter(organisation_id=organisation_id).exists()
