"""How the outbox, the seal and the database are doing, for whoever runs the factory."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import connection
from django.db.models import Count, Min, Q

from fabriek.core import audit, clock, heartbeat
from fabriek.core.models import AuditEntry, AuditSeal, Mail
from fabriek.core.problems import Problem

# After a week without a worker the page must still come at once.
MOST_COUNTED = 10_000


class Reader(Protocol):
    """Whoever asks, as far as this room needs to know them."""

    @property
    def is_active(self) -> bool: ...
    @property
    def is_operator(self) -> bool: ...


@dataclass(frozen=True)
class Outbox:
    """Mail that has not left: how much, since when, and how much of it was tried in vain."""

    unsent: int
    failing: int
    oldest: datetime | None


@dataclass(frozen=True)
class Seal:
    """What stands outside the signed chain still (counted up to ten thousand), and the chain's
    newest signed head."""

    unsealed: int
    oldest: datetime | None
    last_seq: int
    head: str
    sealed_at: datetime | None

    @property
    def is_behind(self) -> bool:
        """Whether an entry waits longer than the sealer ever should take."""
        return self.oldest is not None and clock.now() - self.oldest > audit.SEAL_WITHIN


def operators_only(reader: Reader) -> None:
    """Problem `not-found` for everybody who does not run the factory."""
    if not (reader.is_active and reader.is_operator):
        raise Problem("not-found")


def worker_seen(reader: Reader) -> datetime | None:
    """When a worker last came by."""
    operators_only(reader)
    return heartbeat.last_beat()


def outbox(reader: Reader) -> Outbox:
    """The mail that waits; what was sent is not counted, so this costs little."""
    operators_only(reader)
    found = Mail.objects.filter(sent_at=None).aggregate(
        unsent=Count("pk"), failing=Count("pk", filter=Q(tries__gt=0)), oldest=Min("written_at")
    )
    return Outbox(found["unsent"], found["failing"], found["oldest"])


def seal(reader: Reader) -> Seal:
    """How far the audit log is sealed. Whether the chain is whole, `audit.verify` finds out: that
    reads every entry, and is no work for a page."""
    operators_only(reader)
    waiting = AuditEntry.objects.filter(seq=None).order_by("pk").values_list("at", flat=True)
    last = AuditSeal.objects.order_by("-last_seq").first()
    return Seal(
        unsealed=waiting[:MOST_COUNTED].count(),
        oldest=waiting.first(),
        last_seq=last.last_seq if last else 0,
        head=last.head if last else "",
        sealed_at=last.at if last else None,
    )


def database_bytes(reader: Reader) -> int | None:
    """How large the database is on disk; None where the database does not say."""
    operators_only(reader)
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])


def is_answering() -> bool:
    """Whether the database answers. For everybody: it says no more than that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone()[0] == 1)
