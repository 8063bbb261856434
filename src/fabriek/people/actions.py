"""Accounts: signing up, confirming the address, signing in, closing, appointing."""

import secrets
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from fabriek.core import audit, clock, names
from fabriek.core.problems import Language, Problem, fill
from fabriek.people import throttle, tokens
from fabriek.people.models import EmailConfirmation, Person, Token
from fabriek.people.notices import Notices

NOTICES = Notices(Path(__file__).with_name("notices.toml"))
# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: people type the code over from a mail. 23 letters and digits
# in 8 places are 36 bits, for at most 5 guesses a code and 5 codes an hour.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
CODE_LENGTH = 8
CODE_LIFE = timedelta(hours=24)
CODE_TRIES = 5
MAX_DAYS = 366


def sign_up(
    email: str, password: str, name: str, language: Language, told_in: Language | None = None
) -> str:
    """Make an account and mail a code to its address; returns the address as it is kept.

    Whether the address has an account already is not told to the caller: its owner gets a mail
    instead. A second sign-up before the address is confirmed replaces the first, password and all,
    and its code with it, so that a code always goes with the password of the same sign-up.

    The reasons why a password is too weak are told in `told_in`, or else in the person's language.

    Problem `invalid-email`, `invalid-name`, `weak-password`, `too-many-requests`.
    """
    address = checked_address(email)
    name = names.checked(name)
    _check_password(password, Person(email=address, name=name), told_in or language)
    throttle.CODES.take(address)
    hashed = make_password(password)  # before looking, so that both answers take as long
    with transaction.atomic():
        person = Person.objects.filter(email=address).first()
        if person and person.email_confirmed_at:
            NOTICES.post(person, "exists")
            audit.record(None, "person.sign-up-again", "person", person.pk)
            return address
        person = _unconfirmed(person, address, password=hashed, name=name, language=language)
        _send_code(person)
        audit.record(person, "person.sign-up", "person", person.pk)
    return address


def confirm_again(email: str) -> None:
    """Mail a new code, if there is an unconfirmed account; says nothing about whether there is.

    Problem `too-many-requests`.
    """
    address = email.strip().lower()
    throttle.CODES.take(address)
    with transaction.atomic():
        person = _by_address(address)
        if person and person.is_active and not person.email_confirmed_at:
            _send_code(person)
            audit.record(person, "person.confirm-again", "person", person.pk)


def confirm(email: str, code: str) -> Person:
    """Confirm the address with the mailed code; Problem `confirmation-failed`.

    One code for everything that can be wrong, so that it tells nothing about the address.
    """
    person = _by_address(email.strip().lower())
    if person is None:
        raise Problem("confirmation-failed")
    live = EmailConfirmation.objects.filter(
        person=person, expires_at__gt=clock.now(), tries__lt=CODE_TRIES
    )
    row = live.order_by("-pk").first()
    # The try is counted before the code is compared: guesses at the same time all count.
    if row is None or not live.filter(pk=row.pk).update(tries=F("tries") + 1):
        raise Problem("confirmation-failed")
    if not constant_time_compare(row.code_hash, _code_hash(person, code)):
        raise Problem("confirmation-failed")
    with transaction.atomic():
        # Gone when another sign-up has taken this one's place since: its password is another.
        if not EmailConfirmation.objects.filter(pk=row.pk).delete()[0]:
            raise Problem("confirmation-failed")
        Person.objects.filter(pk=person.pk).update(email_confirmed_at=clock.now())
        audit.record(person, "person.confirm", "person", person.pk)
    person.refresh_from_db()
    return person


def sign_in(email: str, password: str, token_name: str, days: int = 90) -> tuple[Token, str]:
    """A new token that works for so many days (1 to 366), and its plain text.

    Problem `sign-in-failed` (without saying which was wrong), `email-not-confirmed`,
    `person-inactive`, `too-many-requests`, `invalid-name`.
    """
    address, token_name = email.strip().lower(), names.checked(token_name)
    throttle.SIGN_IN.take(address)
    person = _by_address(address)
    if person is None:
        make_password(password)  # takes as long as checking one
    if person is None or not person.check_password(password):
        raise Problem("sign-in-failed")
    throttle.SIGN_IN.clear(address)
    if not person.is_active:
        raise Problem("person-inactive")
    if not person.email_confirmed_at:
        raise Problem("email-not-confirmed")
    until = clock.now() + timedelta(days=max(1, min(days, MAX_DAYS)))
    return tokens.issue(person, token_name, until, tokens.PERSON_SCOPE)


def close_account(person: Person, by: Person) -> None:
    """Close an account, one's own or as an operator; every right of it ends at once.

    What the person did stays in the records under their name. Problem `not-allowed`.
    """
    if by.pk != person.pk and not by.is_operator:
        raise Problem("not-allowed")
    with transaction.atomic():
        if Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            live = Token.objects.filter(person=person, revoked_at=None)
            live.update(revoked_at=clock.now())
            audit.record(by, "person.close", "person", person.pk)
    person.is_active = False


def appoint(email: str, *, operator: bool | None = None, reviewer: bool | None = None) -> Person:
    """Make somebody an operator or a reviewer, or no longer; None leaves it as it is.

    Done by who runs the server, from its command line: the first operator has nobody above them.
    Problem `person-unknown`.
    """
    with transaction.atomic():
        person = _by_address(email.strip().lower())
        if person is None or not person.is_active or not person.email_confirmed_at:
            raise Problem("person-unknown")
        changes = {"is_operator": operator, "is_reviewer": reviewer}
        changes = {key: value for key, value in changes.items() if value is not None}
        Person.objects.filter(pk=person.pk).update(**changes)
        audit.record(None, "person.appoint", "person", person.pk, **changes)
    person.refresh_from_db()
    return person


def checked_address(email: str) -> str:
    """An e-mail address in lower case; Problem `invalid-email`."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Problem("invalid-email", email=ascii(email[:60])) from None
    return address


def _by_address(address: str) -> Person | None:
    try:
        return Person.objects.filter(email=checked_address(address)).first()
    except Problem:
        return None


def _unconfirmed(person: Person | None, address: str, **columns: str) -> Person:
    """The account of a sign-up: new, or the unconfirmed one with this sign-up's columns."""
    if person is None:
        try:
            with transaction.atomic():
                return Person.objects.create(email=address, joined_at=clock.now(), **columns)
        except IntegrityError:
            raise Problem("busy") from None  # two first sign-ups at once; the next one finds it
    if not Person.objects.filter(pk=person.pk, email_confirmed_at=None).update(**columns):
        raise Problem("busy")  # it was confirmed since we looked; the next one finds that
    person.refresh_from_db()
    return person


def _send_code(person: Person) -> None:
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    expires = clock.now() + CODE_LIFE
    EmailConfirmation.objects.filter(person=person).delete()
    EmailConfirmation.objects.create(
        person=person, code_hash=_code_hash(person, code), expires_at=expires
    )
    NOTICES.post(person, "confirm", code=f"{code[:4]}-{code[4:]}", expires=expires)


def _code_hash(person: Person, code: str) -> str:
    # Keyed: 36 bits would fall to trying them all if the database alone were stolen.
    tidy = code.upper().replace("-", "").replace(" ", "")
    salt = "fabriek.people.confirmation"
    return salted_hmac(salt, f"{person.pk}:{tidy}", algorithm="sha256").hexdigest()


@cache
def _reasons() -> Mapping[str, Mapping[str, str]]:
    path = Path(__file__).parent / "data" / "password_reasons.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _check_password(password: str, person: Person, language: Language) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        found = [(fault.code or "", fault.params or {}) for fault in error.error_list]
        said = "; ".join(fill(_reasons()[code][language], params) for code, params in found)
        raise Problem("weak-password", reasons=said, codes=[code for code, _ in found]) from None
