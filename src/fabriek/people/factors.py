"""Second factors: an app that shows codes, passkeys, and the codes for when both are lost.

allauth knows how each works and keeps the rows; what happens to them happens here.
"""

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.cache import cache
from django.db import transaction

from fabriek.core import audit, names
from fabriek.core.problems import Problem
from fabriek.people.models import Person
from fabriek.people.notices import NOTICES, page

Type = Authenticator.Type
SECOND = (Type.TOTP, Type.WEBAUTHN)
MOST_PASSKEYS = 20


def of(person: Person) -> list[Authenticator]:
    """The person's, oldest first, the recovery codes among them."""
    return list(Authenticator.objects.filter(user_id=person.pk).order_by("pk"))


def has_second(person: Person) -> bool:
    """Whether a password alone is not enough for this person."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=SECOND).exists())


def unused_codes(person: Person) -> list[str]:
    """The recovery codes that are left."""
    row = Authenticator.objects.filter(user_id=person.pk, type=Type.RECOVERY_CODES).first()
    return list(row.wrap().get_unused_codes()) if row else []


def add_app(person: Person, secret: str) -> bool:
    """An app that shows codes; returns whether recovery codes were made along with it.

    Problem `factor-exists`.
    """
    with transaction.atomic():
        _lock(person)
        if Authenticator.objects.filter(user_id=person.pk, type=Type.TOTP).exists():
            raise Problem("factor-exists")
        TOTP.activate(person, secret)
        return _added(person, "app")


def add_passkey(person: Person, name: str, credential: dict[str, Any]) -> bool:
    """A passkey; returns whether recovery codes were made along with it.

    Problem `invalid-name`, `too-many-passkeys`.
    """
    with transaction.atomic():
        _lock(person)
        mine = Authenticator.objects.filter(user_id=person.pk, type=Type.WEBAUTHN)
        if mine.count() >= MOST_PASSKEYS:
            raise Problem("too-many-passkeys", most=MOST_PASSKEYS)
        WebAuthn.add(person, names.checked(name), credential)
        return _added(person, "passkey")


def remove(person: Person, factor_id: int) -> None:
    """Take one away; the recovery codes go with the last. Problem `not-found`."""
    with transaction.atomic():
        _lock(person)
        row = Authenticator.objects.filter(user_id=person.pk, type__in=SECOND, pk=factor_id).first()
        if row is None:
            raise Problem("not-found")
        row.delete()
        if not has_second(person):
            Authenticator.objects.filter(user_id=person.pk).delete()
        kind = kind_of(row)
        NOTICES.post(person, f"{kind}-removed")
        audit.record(person, "factor.remove", "person", person.pk, factor=kind)


def reset(person: Person, by: Person) -> None:
    """Take them all away, for somebody who has lost them and shown an operator who they are.

    Problem `not-allowed`.
    """
    if not by.is_operator:
        raise Problem("not-allowed")
    with transaction.atomic():
        _lock(person)
        if Authenticator.objects.filter(user_id=person.pk).delete()[0]:
            NOTICES.post(person, "factors-reset", page=page("mfa_index"))
            audit.record(by, "factor.reset", "person", person.pk)


def new_codes(person: Person) -> None:
    """Recovery codes in the place of those there were. Problem `no-second-factor`."""
    with transaction.atomic():
        _lock(person)
        if not has_second(person):
            raise Problem("no-second-factor")
        Authenticator.objects.filter(user_id=person.pk, type=Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(person)
        NOTICES.post(person, "codes-made")
        audit.record(person, "factor.codes", "person", person.pk)


def shows(row: Authenticator, code: str) -> bool:
    """Whether the app or the recovery codes of this row give this code, which is used up by it."""
    if not row.wrap().validate_code(code):
        return False
    # allauth remembers a code of an app for one period; it is right in those around it as well.
    periods = 2 * app_settings.TOTP_TOLERANCE + 1
    used = f"factor-code-used:{row.pk}:{normalize_user_code(code)}"
    return bool(cache.add(used, True, timeout=periods * app_settings.TOTP_PERIOD))


def failed(person: Person) -> None:
    """Somebody with the right password gave a wrong code."""
    audit.record(person, "factor.fail", "person", person.pk)


def kind_of(row: Authenticator) -> str:
    """`app`, `passkey` or `codes`."""
    kinds: dict[str, str] = {Type.TOTP: "app", Type.WEBAUTHN: "passkey"}
    return kinds.get(row.type, "codes")


def _added(person: Person, kind: str) -> bool:
    codes = Authenticator.objects.filter(user_id=person.pk, type=Type.RECOVERY_CODES)
    made = not codes.exists()
    if made:
        RecoveryCodes.activate(person)
    NOTICES.post(person, f"{kind}-added")
    audit.record(person, "factor.add", "person", person.pk, factor=kind, codes_made=made)
    return made


def _lock(person: Person) -> None:
    # Two changes at once to one person's factors wait for each other.
    Person.objects.select_for_update().get(pk=person.pk)
