"""The browsers that somebody is signed in with: seeing them and ending them."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from fabriek.core import audit, clock
from fabriek.core.problems import Problem
from fabriek.people.models import Person

BATCH = 500


@dataclass(frozen=True)
class Browser:
    """One of them, as its owner may see it: never the key itself."""

    id: int
    browser: str
    ip: str
    since: datetime
    is_this: bool


def of(person: Person, this: str | None) -> list[Browser]:
    """The live ones, newest first; `this` is the key of the one that asks."""
    live = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    rows = UserSession.objects.filter(user_id=person.pk, session_key__in=live).order_by("-pk")
    return [
        Browser(row.pk, row.user_agent, row.ip, row.created_at, row.session_key == this)
        for row in rows
    ]


def end(person: Person, session_id: int) -> None:
    """End one of one's own. Problem `not-found`."""
    with transaction.atomic():
        row = UserSession.objects.filter(user_id=person.pk, pk=session_id).first()
        if row is None:
            raise Problem("not-found")
        _delete([row])
        audit.record(person, "session.end", "person", person.pk, session=session_id)


def end_others(person: Person, this: str | None) -> int:
    """End all but the one that asks; returns how many."""
    with transaction.atomic():
        ended = forget(person, keep=this)
        if ended:
            audit.record(person, "session.end-others", "person", person.pk, sessions=ended)
    return ended


def forget(person: Person, keep: str | None = None) -> int:
    """End them as part of a larger act, which writes its own audit entry; returns how many."""
    rows = UserSession.objects.filter(user_id=person.pk)
    return _delete(list(rows.exclude(session_key=keep) if keep else rows))


def rename(person: Person, old: str | None, new: str | None) -> None:
    """The same browser goes on under another key."""
    UserSession.objects.filter(user_id=person.pk, session_key=old).update(session_key=new)


def forget_expired() -> int:
    """Delete sessions that have run out, some at a time; returns how many."""
    old = Session.objects.filter(expire_date__lt=clock.now())
    keys = list(old.values_list("session_key", flat=True)[:BATCH])
    if keys:
        UserSession.objects.filter(session_key__in=keys).delete()
        Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _delete(rows: list[UserSession]) -> int:
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
