"""Finding entries in the audit log, which may hold millions.

Newest first, by key. Each single filter is an index that ends in the key. What no index answers (a
text, or a second filter) is looked for in a stretch of entries at a time: the page says how far
back it looked, and goes on from there when asked to.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from fabriek.core import audit, clock
from fabriek.core.models import AuditEntry
from fabriek.core.queries import Reader, operators_only

STRETCH = 50_000
PAGE_ROWS = 50
EXPORT_ROWS = 10_000
_EXPORT_STEP = 2_000
_EXPORT_STRETCHES = 10
# Entries written at the same moment may have their keys the other way round. Five minutes is far
# more than a transaction lasts.
_SLACK = timedelta(minutes=5)
_ASKED_AGAIN = timedelta(minutes=5)


class Operator(Reader, audit.Actor, Protocol):
    """Whoever searches: the search itself is an entry."""


@dataclass(frozen=True)
class Question:
    """What to look for; empty fields ask nothing. `until` is not included. `actor_id` 0 is the
    factory itself. A `number` goes with a `kind`."""

    actor_id: int | None = None
    action: str = ""
    kind: str = ""
    number: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""

    def facts(self) -> dict[str, Any]:
        """What is asked, as JSON values, without what is not."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
            if value not in (None, "")
        }


@dataclass(frozen=True)
class Found:
    """Entries newest first. `looked_to` is set where the search stopped before it had a page full:
    asked again with `next_before` it goes on from there."""

    entries: Sequence[AuditEntry]
    next_before: int | None
    looked_to: datetime | None = None


def search(
    by: Operator, question: Question, *, before: int | None = None, limit: int = PAGE_ROWS
) -> Found:
    """One page of entries with a key below `before`. Reading what others did is itself an entry:
    one for each distinct question in five minutes. Problem `not-found`."""
    operators_only(by)
    found = _look(question, before, limit)
    _record(by, question)
    return found


def export(by: Operator, question: Question) -> list[AuditEntry]:
    """The newest 10,000 entries that fit; among what needs looking through, those within the newest
    500,000. Problem `not-found`."""
    operators_only(by)
    found: list[AuditEntry] = []
    before, stretches = None, 0
    while len(found) < EXPORT_ROWS and stretches < _EXPORT_STRETCHES:
        page = _look(question, before, _EXPORT_STEP)
        found += page.entries
        before = page.next_before
        stretches += page.looked_to is not None
        if before is None:
            break
    found = found[:EXPORT_ROWS]
    audit.record(by, "audit.export", "audit", _mark(question), rows=len(found), **_asked(question))
    return found


def actions(reader: Reader) -> list[str]:
    """Every action that stands in the log."""
    operators_only(reader)
    return _distinct("action")


def kinds(reader: Reader) -> list[str]:
    """Every kind of thing that entries are about."""
    operators_only(reader)
    return _distinct("subject_kind")


def _look(question: Question, before: int | None, limit: int) -> Found:
    rows = _between(question, before)
    if rows is None:
        return Found([], None)
    tests = list(_tests(question))
    if len(tests) > 1 or question.text:
        return _look_through(rows, question, tests, limit)
    for indexed, _plain in tests:
        rows = rows.filter(indexed)
    found = list(_timed(rows, question).order_by("-pk")[: limit + 1])
    return Found(found[:limit], found[limit - 1].pk if len(found) > limit else None)


def _look_through(
    rows: QuerySet[AuditEntry], question: Question, tests: list[tuple[Q, Q]], limit: int
) -> Found:
    """Within one stretch of what the first test leaves; its end is found in the index alone."""
    if tests:
        rows = rows.filter(tests[0][0])
    floor = rows.order_by("-pk").values_list("pk", flat=True)[STRETCH : STRETCH + 1].first()
    rows = _timed(rows, question).alias(
        who=Coalesce("actor_id", Value(0)),
        what=Concat("action", Value("")),
        about=Concat("subject_kind", Value("")),
    )
    if floor is not None:
        rows = rows.filter(pk__gt=floor)
    for _indexed, plain in tests[1:]:
        rows = rows.filter(plain)
    if question.text:
        rows = _with_text(rows, question.text)
    found = list(rows.order_by("-pk")[: limit + 1])
    if len(found) > limit:
        return Found(found[:limit], found[limit - 1].pk)
    if floor is None:
        return Found(found, None)
    at = AuditEntry.objects.filter(pk=floor).values_list("at", flat=True).first()
    return Found(found, floor + 1, at)


def _tests(question: Question) -> Iterator[tuple[Q, Q]]:
    """What is asked, the test that leaves least first: as an index answers it, and written so that
    none is used. Two tests at once would else make SQLite choose an index by guessing, and read a
    million entries of the wrong one."""
    if question.kind and question.number:
        yield (
            Q(subject_kind=question.kind, subject_id=question.number),
            Q(about=question.kind, subject_id=question.number),
        )
    if question.actor_id is not None:
        yield Q(actor_id=question.actor_id or None), Q(who=question.actor_id)
    if question.action:
        yield Q(action=question.action), Q(what=question.action)
    if question.kind and not question.number:
        yield Q(subject_kind=question.kind), Q(about=question.kind)


def _between(question: Question, before: int | None) -> QuerySet[AuditEntry] | None:
    """The entries of the days asked for, by their keys; None when there can be none. A moment is
    looked up once, so that the filters' own indexes serve whatever days are asked for."""
    rows = AuditEntry.objects.all()
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if question.since:
        later = AuditEntry.objects.filter(at__gte=question.since - _SLACK).order_by("at", "pk")
        first = later.values_list("pk", flat=True).first()
        if first is None:
            return None
        rows = rows.filter(pk__gte=first)
    if question.until:
        earlier = AuditEntry.objects.filter(at__lt=question.until + _SLACK).order_by("-at", "-pk")
        last = earlier.values_list("pk", flat=True).first()
        if last is None:
            return None
        rows = rows.filter(pk__lte=last)
    return rows


def _timed(rows: QuerySet[AuditEntry], question: Question) -> QuerySet[AuditEntry]:
    # Written so that the index on moments is not used: keys bound the rows already.
    rows = rows.alias(moment=Coalesce("at", "at"))
    if question.since:
        rows = rows.filter(moment__gte=question.since)
    if question.until:
        rows = rows.filter(moment__lt=question.until)
    return rows


def _with_text(rows: QuerySet[AuditEntry], text: str) -> QuerySet[AuditEntry]:
    # SQLite keeps JSON with letters outside ASCII escaped; other databases do not.
    escaped = json.dumps(text)[1:-1]
    return rows.alias(said=Cast("facts", TextField())).filter(
        Q(actor__icontains=text)
        | Q(action__icontains=text)
        | Q(subject_id__icontains=text)
        | Q(said__icontains=text)
        | Q(said__icontains=escaped)
    )


def _record(by: Operator, question: Question) -> None:
    mark = _mark(question)
    lately = AuditEntry.objects.filter(
        subject_kind="audit",
        subject_id=mark,
        actor_id=by.pk,
        action="audit.search",
        at__gt=clock.now() - _ASKED_AGAIN,
    )
    if not lately.exists():
        audit.record(by, "audit.search", "audit", mark, **_asked(question))


def _asked(question: Question) -> dict[str, Any]:
    return {"asked": question.facts()}


def _mark(question: Question) -> str:
    """The same for the same question."""
    text = json.dumps(question.facts(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _distinct(column: str) -> list[str]:
    """The values of an indexed column by steps through the index: as many steps as values, and not
    as many as entries, which is what DISTINCT takes."""
    table = connection.ops.quote_name(AuditEntry._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE step(value) AS (SELECT MIN({column}) FROM {table} UNION ALL"  # noqa: S608 - names of ours
            f" SELECT (SELECT MIN({column}) FROM {table} WHERE {column} > step.value)"
            " FROM step WHERE step.value IS NOT NULL)"
            " SELECT value FROM step WHERE value IS NOT NULL"
        )
        return [str(row[0]) for row in cursor.fetchall()]
