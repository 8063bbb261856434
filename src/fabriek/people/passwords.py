"""Passwords: changing one's own, and a new one for who has forgotten it."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils.http import int_to_base36

from fabriek.core import audit, clock
from fabriek.core.problems import Language, Problem
from fabriek.people import actions, queries, sessions, strength, throttle
from fabriek.people.models import Person
from fabriek.people.notices import NOTICES, page


class ResetLinks(PasswordResetTokenGenerator):
    """Keys of links that set a new password: for a while, once, and for open accounts."""

    key_salt = "fabriek.people.passwords.ResetLinks"

    def _make_hash_value(self, user: Person, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


def ask_reset(email: str, language: Language) -> None:
    """Mail a link to set a new password with; to an address without an account a mail that says so.

    The caller is told nothing of either. Problem `invalid-email`, `too-many-requests`.
    """
    address = actions.checked_address(email)
    throttle.CODES.take(address)
    with transaction.atomic():
        person = queries.person_by_email(address)
        if person is None:
            NOTICES.post(Person(email=address, language=language), "reset-unknown")
            audit.record(None, "password.reset-unknown", "person", "-")
            return
        until = clock.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        NOTICES.post(person, "reset", link=_link(person), expires=until)
        audit.record(None, "password.reset-asked", "person", person.pk)


def change(person: Person, old: str, new: str, language: Language, keep: str | None) -> None:
    """Another password for who knows the old one; `keep` is the session that goes on.

    Problem `password-wrong`, `too-many-requests`, `weak-password`.
    """
    if person.has_usable_password():
        try:
            actions.prove(person.email, old)
        except Problem as problem:
            if problem.code != "sign-in-failed":
                raise
            raise Problem("password-wrong", where="old") from None
    _set(person, new, language, keep, "password.change")


def reset(person: Person, new: str, language: Language) -> None:
    """Another password for who came by a link of ours; every session ends. `weak-password`."""
    _set(person, new, language, None, "password.reset")
    throttle.SIGN_IN.clear(person.email)


def _set(person: Person, new: str, language: Language, keep: str | None, action: str) -> None:
    strength.check(new, person, language)
    person.set_password(new)
    with transaction.atomic():
        person.save(update_fields=["password"])
        ended = sessions.forget(person, keep=keep)
        NOTICES.post(person, "password-changed")
        audit.record(person, action, "person", person.pk, sessions_ended=ended)


def _link(person: Person) -> dict[Language, str]:
    key, number = ResetLinks().make_token(person), int_to_base36(person.pk)
    return page("account_reset_password_from_key", uidb36=number, key=key)
