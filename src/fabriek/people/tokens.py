"""Tokens: making, recognising, revoking. The plain token is seen once, by whoever asked for it."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from fabriek.core import audit, clock
from fabriek.core.problems import Problem
from fabriek.people.models import Person, Token

PERSON_SCOPE = {"kind": "person"}
USED_EVERY = timedelta(minutes=1)


def fingerprint(secret: str) -> str:
    """SHA-256 in hex. Tokens have 256 random bits, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    person: Person, name: str, expires_at: datetime, scope: dict[str, Any]
) -> tuple[Token, str]:
    """A new token and its plain text. An attempt's token is not an entry in the audit log of its
    own: the attempt is."""
    plain = ("fbp_" if scope == PERSON_SCOPE else "fba_") + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            person=person,
            name=name,
            hint=plain[:10],
            hash=fingerprint(plain),
            scope=scope,
            made_at=clock.now(),
            expires_at=expires_at,
        )
        if scope == PERSON_SCOPE:
            audit.record(person, "token.issue", "token", token.pk, name=name)
    return token, plain


def recognise(plain: str) -> Token:
    """The live token with this text and its person; Problem `token-unknown`, `token-revoked`,
    `token-expired` or `account-closed-person`."""
    token = Token.objects.select_related("person").filter(hash=fingerprint(plain)).first()
    if token is None:
        raise Problem("token-unknown")
    if token.revoked_at:
        raise Problem("token-revoked")
    if token.expires_at <= clock.now():
        raise Problem("token-expired")
    if not token.person.is_active:
        raise Problem("person-inactive")
    if token.last_used_at is None or clock.now() - token.last_used_at > USED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=clock.now())
    return token


def live(person: Person) -> QuerySet[Token]:
    """The person's own tokens that work now."""
    rows = Token.objects.filter(person=person, scope=PERSON_SCOPE, revoked_at=None)
    return rows.filter(expires_at__gt=clock.now())


def revoke(token: Token, by: Person) -> None:
    """End a token; ending it again changes nothing."""
    with transaction.atomic():
        if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
            audit.record(by, "token.revoke", "token", token.pk, name=token.name)


def end(token_id: int) -> None:
    """End an attempt's token quietly, when its attempt is over."""
    Token.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=clock.now())
