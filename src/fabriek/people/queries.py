"""Who is who, who belongs where. Rights are read here at each request, never remembered."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from fabriek.core.problems import Problem
from fabriek.people import rules
from fabriek.people.models import Membership, Organisation, Person, Token

ACTIVE = Membership.State.ACTIVE


def people() -> QuerySet[Person]:
    """Everybody whose account is open and whose address is confirmed."""
    return Person.objects.filter(is_active=True, email_confirmed_at__isnull=False)


def person_by_email(email: str) -> Person | None:
    """The person with this address, whatever its case; None unless open and confirmed."""
    if "\x00" in email:  # no database keeps one, and PostgreSQL fails on being asked
        return None
    return people().filter(email=email.strip().lower()).first()


def operators() -> QuerySet[Person]:
    """Who runs the factory."""
    return people().filter(is_operator=True).order_by("pk")


def reviewers() -> QuerySet[Person]:
    """Who may be asked to review."""
    return people().filter(is_reviewer=True).order_by("pk")


def organisations_of(person: Person) -> QuerySet[Organisation]:
    """The organisations that the person belongs to now."""
    return Organisation.objects.filter(
        memberships__person=person, memberships__state=ACTIVE
    ).order_by("pk")


def administered_by(person: Person) -> QuerySet[Organisation]:
    """The organisations that the person is an admin of now."""
    return Organisation.objects.filter(
        memberships__person=person,
        memberships__state=ACTIVE,
        memberships__role=Membership.Role.ADMIN,
    )


def organisation_of(person: Person, slug: str) -> Organisation | None:
    """The organisation with this slug, if the person belongs to it now."""
    return organisations_of(person).filter(slug=slug).first() if rules.is_slug(slug) else None


def organisation_by_slug(slug: str) -> Organisation | None:
    """The organisation with this slug, whoever asks."""
    return Organisation.objects.filter(slug=slug).first() if rules.is_slug(slug) else None


def organisation_ids(person_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The organisations each of these people belongs to now, in one question."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Membership.objects.filter(person_id__in=list(person_ids), state=ACTIVE)
    for person_id, organisation_id in rows.values_list("person_id", "organisation_id"):
        found[person_id].add(organisation_id)
    return defaultdict(frozenset, {person: frozenset(ids) for person, ids in found.items()})


def memberships_of(person: Person) -> QuerySet[Membership]:
    """The person's memberships that have not ended, with their organisations."""
    rows = Membership.objects.filter(person=person).exclude(state=Membership.State.ENDED)
    return rows.select_related("organisation").order_by("-pk")


def membership_for(person: Person, slug: str) -> Membership:
    """The person's active membership of the organisation; Problem `not-found` without one."""
    rows = memberships_of(person).filter(state=ACTIVE)
    row = rows.filter(organisation__slug=slug).first() if rules.is_slug(slug) else None
    if row is None:
        raise Problem("not-found")
    return row


def asking_to_join(admin: Person) -> QuerySet[Membership]:
    """Who waits to be let in to an organisation of which this person is an admin, oldest first."""
    rows = Membership.objects.filter(
        state=Membership.State.ASKED, organisation__in=administered_by(admin)
    )
    return rows.select_related("organisation", "person").order_by("pk")


def members_of(organisation_id: int) -> QuerySet[Membership]:
    """Who belongs to the organisation or asked to, with the people."""
    rows = Membership.objects.filter(organisation_id=organisation_id)
    return rows.exclude(state=Membership.State.ENDED).select_related("person")


def admins_of(organisation_id: int) -> list[Person]:
    """The organisation's admins who can act now."""
    return list(
        people().filter(
            memberships__organisation_id=organisation_id,
            memberships__state=ACTIVE,
            memberships__role=Membership.Role.ADMIN,
        )
    )


def tokens_of(person: Person) -> QuerySet[Token]:
    """The person's own tokens; those of job attempts are not theirs to handle."""
    return Token.objects.filter(person=person, scope={"kind": "person"})
