"""Whether the factory is in order: figures, and what is judged from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fabriek.access import operator_queries as access
from fabriek.compute import operator_queries as compute
from fabriek.core import clock
from fabriek.core import queries as core
from fabriek.data import store

if TYPE_CHECKING:
    from fabriek.people.models import Person

WORKER_WITHIN = timedelta(minutes=1)
MAIL_WITHIN = timedelta(minutes=15)
START_WITHIN = timedelta(minutes=5)
FREE_SHARE = 0.1
WEEK = timedelta(days=7)
NAMED = 5


@dataclass(frozen=True)
class Check:
    """One thing looked at, whether it is in order, and the figures that say so."""

    key: str
    ok: bool
    facts: Mapping[str, Any]


def checks(reader: "Person") -> list[Check]:
    """All of them, what matters first in front. Each costs a question or two."""
    return [look(reader) for look in LOOKS]


def _worker(reader: "Person") -> Check:
    seen = core.worker_seen(reader)
    return Check("worker", bool(seen and clock.now() - seen <= WORKER_WITHIN), {"seen": seen})


def _queue(reader: "Person") -> Check:
    found = compute.queue(reader)
    waits = found.oldest is not None and clock.now() - found.oldest > START_WITHIN
    facts = {"waiting": found.waiting, "at_work": found.at_work, "oldest": found.oldest}
    return Check("queue", not (waits and not found.at_work), facts)


def _agents(reader: "Person") -> Check:
    silent = list(compute.silent_attempts(reader)[: NAMED + 1])
    jobs = [{"job": row.job_id, "project": row.job.project.slug} for row in silent[:NAMED]]
    facts = {"jobs": jobs, "more": len(silent) > NAMED}
    return Check("agents", not silent, facts)


def _decisions(reader: "Person") -> Check:
    found = access.due(reader)
    return Check(
        "decisions", not (found.late or found.soon), {"late": found.late, "soon": found.soon}
    )


def _allocations(reader: "Person") -> Check:
    rows = list(access.allocations_ending(reader, WEEK))
    first = [{"project": row.project.slug, "ends_at": row.ends_at} for row in rows[:NAMED]]
    return Check("allocations", True, {"count": len(rows), "first": first})


def _mail(reader: "Person") -> Check:
    found = core.outbox(reader)
    slow = found.oldest is not None and clock.now() - found.oldest > MAIL_WITHIN
    facts = {"unsent": found.unsent, "failing": found.failing, "oldest": found.oldest}
    return Check("mail", not (found.failing or slow), facts)


def _seal(reader: "Person") -> Check:
    found = core.seal(reader)
    facts = {
        "unsealed": found.unsealed,
        "oldest": found.oldest,
        "last_seq": found.last_seq,
        "head": found.head,
        "sealed_at": found.sealed_at,
    }
    return Check("seal", not found.is_behind, facts)


def _disk(reader: "Person") -> Check:
    core.operators_only(reader)
    free, total = store.disk_space()
    return Check("disk", free >= total * FREE_SHARE, {"free": free, "total": total})


def _database(reader: "Person") -> Check:
    return Check("database", True, {"bytes": core.database_bytes(reader)})


LOOKS: tuple[Callable[["Person"], Check], ...] = (
    _worker,
    _queue,
    _agents,
    _decisions,
    _allocations,
    _mail,
    _seal,
    _disk,
    _database,
)
