"""Who is here, for whoever runs the factory; to everybody else none of it is there."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Count, Max, Q, QuerySet, Value, When

from fabriek.core.problems import Problem
from fabriek.core.queries import operators_only
from fabriek.people import rules
from fabriek.people.models import Membership, Organisation, Person, Token

_NOT_ENDED = (Membership.State.ASKED, Membership.State.ACTIVE)


@dataclass(frozen=True)
class LastSeen:
    """When somebody last signed in on a page, and last used a token; None for never."""

    page: datetime | None
    token: datetime | None


def people(reader: Person) -> QuerySet[Person]:
    """Everybody, whatever became of them; to filter by, `account` is as below."""
    operators_only(reader)
    return Person.objects.annotate(
        account=Case(
            When(is_active=False, then=Value("closed")),
            When(email_confirmed_at=None, then=Value("unconfirmed")),
            default=Value("open"),
            output_field=CharField(),
        )
    )


def account(who: Person) -> str:
    """Where an account stands: `open`, `unconfirmed` or `closed`."""
    if not who.is_active:
        return "closed"
    return "open" if who.email_confirmed_at else "unconfirmed"


def person(reader: Person, person_id: int) -> Person:
    """One of them; Problem `not-found`."""
    row = people(reader).filter(pk=person_id).first()
    if row is None:
        raise Problem("not-found")
    return row


def person_id(reader: Person, email: str) -> int | None:
    """The number of whoever has this address, closed or not; None for nobody."""
    if "\x00" in email:
        return None
    rows = people(reader).filter(email=email.strip().lower())
    return rows.values_list("pk", flat=True).first()


def last_seen(reader: Person, who: Person) -> LastSeen:
    """When they last came by."""
    operators_only(reader)
    own = Token.objects.filter(person=who, scope={"kind": "person"})
    return LastSeen(who.last_login, own.aggregate(at=Max("last_used_at"))["at"])


def organisations(reader: Person) -> QuerySet[Organisation]:
    """All of them, with how many `members` they have."""
    operators_only(reader)
    active = Count("memberships", filter=Q(memberships__state=Membership.State.ACTIVE))
    return Organisation.objects.annotate(members=active)


def organisation(reader: Person, slug: str) -> Organisation:
    """One of them; Problem `not-found`."""
    row = organisations(reader).filter(slug=slug).first() if rules.is_slug(slug) else None
    if row is None:
        raise Problem("not-found")
    return row


def memberships(
    reader: Person, *, person_id: int = 0, organisation_id: int = 0
) -> QuerySet[Membership]:
    """Those of a person or of an organisation that have not ended, newest first."""
    operators_only(reader)
    rows = Membership.objects.filter(state__in=_NOT_ENDED).select_related("person", "organisation")
    if person_id:
        rows = rows.filter(person_id=person_id)
    if organisation_id:
        rows = rows.filter(organisation_id=organisation_id)
    return rows.order_by("-pk")
