"""Organisations: making one, asking to join, deciding who belongs to it.

The domain of an e-mail address is not trusted: an admin of the organisation decides.
"""

from django.db import IntegrityError, transaction

from fabriek.core import audit, clock, names
from fabriek.core.problems import Problem
from fabriek.people import queries, rules
from fabriek.people.models import Membership, Organisation, Person
from fabriek.people.notices import NOTICES, page

Role, State = Membership.Role, Membership.State
# Words that stand in the place of a slug in the addresses of the pages.
RESERVED = frozenset({"new", "join"})


def make_organisation(
    by: Person,
    *,
    name: str,
    kind: str,
    country: str,
    slug: str = "",
    kvk: str = "",
    ror: str = "",
    vat: str = "",
    pic: str = "",
) -> Organisation:
    """A new organisation with `by` as its first admin. Without a slug it gets one from its name.

    Problem `invalid-name`, `unknown-country`, `invalid-kvk`, `invalid-ror`, `invalid-vat`,
    `invalid-pic`; `organisation-exists` when one of its numbers or the slug asked for is taken.
    """
    place = rules.country(country)
    organisation = Organisation(
        name=names.checked(name),
        kind=Organisation.Kind(kind),
        country=place,
        slug=names.checked_slug(slug) if slug else "",
        kvk=rules.kvk(kvk) if kvk else "",
        ror=rules.ror(ror) if ror else "",
        vat=rules.vat(vat, place) if vat else "",
        pic=rules.pic(pic) if pic else "",
        made_at=clock.now(),
    )
    with transaction.atomic():
        _must_be_new(organisation)
        organisation.slug = organisation.slug or _free_slug(organisation.name)
        try:
            with transaction.atomic():
                organisation.save()
        except IntegrityError:
            _must_be_new(organisation)  # names what another request took in the meantime
            raise
        Membership.objects.create(
            person=by,
            organisation=organisation,
            role=Role.ADMIN,
            state=State.ACTIVE,
            since=clock.now(),
        )
        audit.record(
            by, "organisation.make", "organisation", organisation.pk, slug=organisation.slug
        )
    return organisation


def describe_organisation(
    by: Person, slug: str, *, about: str, website: str, sector: str, experience: str
) -> Membership:
    """Say what the organisation does, as an admin of it; applications start from these words.
    Returns one's own membership, with the organisation.

    Problem `not-found`, `not-allowed`, `invalid-input`, `invalid-name`, `invalid-website`.
    """
    mine = queries.membership_for(by, slug)
    if mine.role != Role.ADMIN:
        raise Problem("not-allowed")
    organisation = mine.organisation
    organisation.about = names.free_text("about", about)
    organisation.website = rules.website(website) if website.strip() else ""
    organisation.sector = names.checked(sector) if sector.strip() else ""
    organisation.experience = names.free_text("experience", experience)
    with transaction.atomic():
        organisation.save(update_fields=["about", "website", "sector", "experience"])
        audit.record(by, "organisation.describe", "organisation", organisation.pk)
    return mine


def ask_to_join(by: Person, slug: str) -> Membership:
    """Ask the organisation's admins; asking twice is asking once.

    Problem `not-found`, `already-member`.
    """
    organisation = queries.organisation_by_slug(slug)
    if organisation is None:
        raise Problem("not-found")
    with transaction.atomic():
        row, is_new = Membership.objects.get_or_create(
            person=by,
            organisation=organisation,
            defaults={"state": State.ASKED, "since": clock.now()},
        )
        if row.state == State.ACTIVE:
            raise Problem("already-member", organisation=organisation.name)
        ended = Membership.objects.filter(pk=row.pk, state=State.ENDED)
        again = ended.update(state=State.ASKED, role=Role.MEMBER, since=clock.now())
        if is_new or again:
            for admin in queries.admins_of(organisation.pk):
                NOTICES.post(
                    admin,
                    "join-asked",
                    person=by.name,
                    email=by.email,
                    organisation=organisation.name,
                    page=page("organisation", slug=organisation.slug),
                )
            audit.record(by, "membership.ask", "organisation", organisation.pk)
    row.refresh_from_db()
    return row


def decide_member(
    by: Person, slug: str, person_id: int, *, state: str, role: str | None = None
) -> Membership:
    """Let somebody in, change their role, or end their membership (a member may end their own).

    Problem `not-found`, `not-allowed`, `last-admin`, and `illegal-move` for somebody who did not
    ask.
    """
    mine = queries.membership_for(by, slug)
    leaving = person_id == by.pk and state == State.ENDED
    if mine.role != Role.ADMIN and not leaving:
        raise Problem("not-allowed")
    with transaction.atomic():
        rows = Membership.objects.select_for_update().select_related("person", "organisation")
        # person__pk, not person_id: Django knows that a number too large for any row finds none.
        row = rows.filter(organisation_id=mine.organisation_id, person__pk=person_id).first()
        if row is None:
            raise Problem("not-found")
        if row.state == State.ENDED:
            raise Problem("illegal-move", state=row.state)
        was = row.state, row.role
        row.state, row.role = State(state), Role(role or row.role)
        if (row.state, row.role) == was:
            return row
        row.since = clock.now()
        row.save(update_fields=["state", "role", "since"])
        _must_have_admin(row.organisation_id)
        audit.record(
            by,
            "membership.decide",
            "organisation",
            row.organisation_id,
            person=person_id,
            state=row.state,
            role=row.role,
        )
        _tell(row, was[0], by)
    return row


def _tell(row: Membership, before: str, by: Person) -> None:
    if row.person_id == by.pk:
        return
    if row.state == State.ENDED:
        NOTICES.post(row.person, "membership-ended", organisation=row.organisation.name, by=by.name)
    elif before == State.ASKED:
        NOTICES.post(row.person, "join-accepted", organisation=row.organisation.name, by=by.name)


def _must_have_admin(organisation_id: int) -> None:
    # Locked, so that two admins who leave at once see each other.
    admins = Membership.objects.select_for_update().filter(
        organisation_id=organisation_id, role=Role.ADMIN, state=State.ACTIVE
    )
    if not list(admins):
        raise Problem("last-admin")


def _must_be_new(wanted: Organisation) -> None:
    if wanted.slug in RESERVED:
        raise Problem("organisation-exists", field="slug", slug=wanted.slug)
    for field in ("slug", "kvk", "ror", "pic"):
        value = getattr(wanted, field)
        if not value:
            continue
        found = Organisation.objects.filter(**{field: value}).first()
        if found is not None:
            raise Problem("organisation-exists", field=field, slug=found.slug)


def _free_slug(name: str) -> str:
    base = names.slug_from(name)
    rows = Organisation.objects.filter(slug__startswith=base)
    taken = RESERVED | set(rows.values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{base}-{n}") not in taken)
