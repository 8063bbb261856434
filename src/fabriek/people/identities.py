"""Who somebody is after a provider of identities: the action behind signing in that way."""

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from fabriek.core import audit, clock, names
from fabriek.core.problems import Language, Problem
from fabriek.people import actions
from fabriek.people.models import EmailConfirmation, Person
from fabriek.people.notices import NOTICES

PROVIDER = "oidc"


def of(person: Person) -> SocialAccount | None:
    """The link to the provider, where there is one."""
    return SocialAccount.objects.filter(user_id=person.pk, provider=PROVIDER).first()


def link(subject: str, email: str, verified: bool, name: str, language: Language) -> SocialAccount:
    """The person whom the provider knows by this subject, found or made by the address it proves.

    One person has one subject: another one with the same address does not come in. An account whose
    address nobody had confirmed loses the password that came with it: it may be somebody else's.

    Problem `oidc-unverified`, `oidc-other`, `invalid-email`, `person-inactive`.
    """
    known = _known(subject)
    if known is not None:
        return known
    if not verified or not email:
        raise Problem("oidc-unverified")
    address = actions.checked_address(email)
    try:
        with transaction.atomic():
            person = _person(address, name, language)
            if of(person) is not None:
                raise Problem("oidc-other", email=address)
            made = SocialAccount.objects.create(user=person, provider=PROVIDER, uid=subject)
            NOTICES.post(person, "oidc-linked")
            audit.record(person, "oidc.link", "person", person.pk, subject=subject)
            return made
    except IntegrityError:
        raise Problem("busy") from None  # twice at once; the next time finds it


def _known(subject: str) -> SocialAccount | None:
    rows = SocialAccount.objects.select_related("user")
    return rows.filter(provider=PROVIDER, uid=subject).first()


def _person(address: str, name: str, language: Language) -> Person:
    person = Person.objects.select_for_update().filter(email=address).first()
    if person is None:
        person = Person.objects.create(
            email=address,
            name=_name(name, address),
            language=language,
            password=make_password(None),
            joined_at=clock.now(),
            email_confirmed_at=clock.now(),
        )
        audit.record(person, "person.sign-up", "person", person.pk, way="oidc")
    elif not person.is_active:
        raise Problem("person-inactive")
    elif not person.email_confirmed_at:
        person.set_unusable_password()
        person.email_confirmed_at = clock.now()
        person.name = _name(name, address)
        person.save(update_fields=["password", "email_confirmed_at", "name"])
        EmailConfirmation.objects.filter(person=person).delete()
        audit.record(person, "person.confirm", "person", person.pk, way="oidc")
    return person


def _name(name: str, address: str) -> str:
    try:
        return names.checked(name)
    except Problem:
        return address.partition("@")[0]
