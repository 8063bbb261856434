"""Accounts: signing up, confirming the address, signing in, closing, appointing."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from fabriek.core import audit, clock, names
from fabriek.core.problems import Language, Problem
from fabriek.people import factors, sessions, strength, throttle, tokens
from fabriek.people.models import EmailConfirmation, Person, Token
from fabriek.people.notices import NOTICES, page

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: people type the code over from a mail. 23 letters and digits
# in 8 places are 36 bits, for at most 5 guesses a code and 5 codes an hour.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
CODE_LENGTH = 8
CODE_LIFE = timedelta(hours=24)
CODE_TRIES = 5
MAX_DAYS = 366


def sign_up(
    email: str,
    password: str,
    name: str,
    language: Language,
    *,
    told_in: Language | None = None,
    mark: str = "",
) -> str:
    """Make an account and mail a code to its address; returns the address as it is kept.

    Whether the address has an account already is not told to the caller: its owner gets a mail
    instead. A second sign-up before the address is confirmed replaces the first, password and all,
    and its code with it, so that a code always goes with the password of the same sign-up.

    The reasons why a password is too weak are told in `told_in`, or else in the person's language.
    `mark` is a secret of the browser that signs up, by which `confirm` knows it again.

    Problem `invalid-email`, `invalid-name`, `weak-password`, `too-many-requests`.
    """
    address = checked_address(email)
    name = names.checked(name)
    strength.check(password, Person(email=address, name=name), told_in or language)
    throttle.CODES.take(address)
    hashed = make_password(password)  # before looking, so that both answers take as long
    with transaction.atomic():
        person = Person.objects.filter(email=address).first()
        if person and person.email_confirmed_at:
            NOTICES.post(person, "exists", page=page("account_login"))
            audit.record(None, "person.sign-up-again", "person", person.pk)
            return address
        person = _unconfirmed(person, address, password=hashed, name=name, language=language)
        _send_code(person, mark)
        audit.record(person, "person.sign-up", "person", person.pk)
    return address


def confirm_again(email: str, mark: str | None = None) -> None:
    """Mail a new code, if there is an unconfirmed account; says nothing about whether there is.

    The mark stays that of the sign-up, unless another is given: only for who has just shown the
    password. Problem `too-many-requests`.
    """
    address = email.strip().lower()
    throttle.CODES.take(address)
    with transaction.atomic():
        person = _by_address(address)
        if person and person.is_active and not person.email_confirmed_at:
            _send_code(person, mark)
            audit.record(person, "person.confirm-again", "person", person.pk)


def confirm(email: str, code: str, mark: str | None = None) -> Person:
    """Confirm the address with the mailed code; Problem `confirmation-failed`.

    One code for everything that can be wrong, so that it tells nothing about the address.

    With a mark, the code must be of that browser's own sign-up: somebody else may have signed up
    with the same address since, and their password would be confirmed. Problem
    `confirmation-of-another`, only after the right code.
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
    if mark is not None and not constant_time_compare(row.mark, _mark_hash(mark)):
        raise Problem("confirmation-of-another")
    with transaction.atomic():
        # Gone when another sign-up has taken this one's place since: its password is another.
        if not EmailConfirmation.objects.filter(pk=row.pk).delete()[0]:
            raise Problem("confirmation-failed")
        Person.objects.filter(pk=person.pk).update(email_confirmed_at=clock.now())
        audit.record(person, "person.confirm", "person", person.pk)
    person.refresh_from_db()
    return person


def prove(email: str, password: str) -> Person:
    """Whoever knows this password. Every door asks here, so that guesses are counted together.

    Problem `sign-in-failed` (without saying which was wrong), `email-not-confirmed`,
    `person-inactive`, `too-many-requests`.
    """
    address = email.strip().lower()
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
    return person


def sign_in(email: str, password: str, token_name: str, days: int = 90) -> tuple[Token, str]:
    """A new token that works for so many days (1 to 366), and its plain text.

    Problems as `prove`, `invalid-name`, and `second-factor-needed`: a password alone is not enough
    for who has a second factor.
    """
    token_name = names.checked(token_name)
    person = prove(email, password)
    if factors.has_second(person):
        raise Problem("second-factor-needed")
    return make_token(person, token_name, days)


def make_token(person: Person, name: str, days: int) -> tuple[Token, str]:
    """A token of somebody who is signed in already, and its plain text. Problem `invalid-name`."""
    until = clock.now() + timedelta(days=max(1, min(days, MAX_DAYS)))
    return tokens.issue(person, names.checked(name), until, tokens.PERSON_SCOPE)


def change_profile(person: Person, name: str, language: Language) -> Person:
    """Another name, or another language for mails. Problem `invalid-name`."""
    name = names.checked(name)
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(name=name, language=language)
        audit.record(person, "person.profile", "person", person.pk)
    person.name, person.language = name, language
    return person


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
            sessions.forget(person)
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


def _send_code(person: Person, mark: str | None) -> None:
    """`mark` None keeps the one there was."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    expires = clock.now() + CODE_LIFE
    before = EmailConfirmation.objects.filter(person=person)
    kept = before.order_by("-pk").values_list("mark", flat=True).first() or ""
    before.delete()
    EmailConfirmation.objects.create(
        person=person,
        code_hash=_code_hash(person, code),
        expires_at=expires,
        mark=kept if mark is None else _mark_hash(mark),
    )
    NOTICES.post(
        person, "confirm", code=f"{code[:4]}-{code[4:]}", expires=expires, page=page("confirm")
    )


def _code_hash(person: Person, code: str) -> str:
    # Keyed: 36 bits would fall to trying them all if the database alone were stolen.
    tidy = code.upper().replace("-", "").replace(" ", "")
    salt = "fabriek.people.confirmation"
    return salted_hmac(salt, f"{person.pk}:{tidy}", algorithm="sha256").hexdigest()


def _mark_hash(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest() if mark else ""
