"""What operators are told about the outbox, the seal, the worker; and the sign of life itself."""

import smtplib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMessage

from fabriek.core import audit, clock, heartbeat, outbox, queries, ticks
from fabriek.core.models import Heartbeat
from fabriek.core.problems import Problem
from fabriek.core.tests.test_audit_search import OLGA, Somebody

pytestmark = pytest.mark.django_db


def test_a_worker_shows_that_it_is_there_at_most_every_ten_seconds(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queries.worker_seen(OLGA) is None
    start = clock.now()
    for after_s, seen_s in ((0, 0), (9, 0), (10, 10), (15, 10), (90, 90)):
        at = start + timedelta(seconds=after_s)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        ticks.tick()
        assert queries.worker_seen(OLGA) == start + timedelta(seconds=seen_s)
    assert Heartbeat.objects.count() == 1
    assert heartbeat.last_beat("another") is None


def test_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    assert queries.outbox(OLGA) == queries.Outbox(0, 0, None)
    outbox.post("a@example.org", "One", "text")
    outbox.deliver()
    assert queries.outbox(OLGA).unsent == 0
    outbox.post("a@example.org", "Two", "text")
    waiting = queries.outbox(OLGA)
    assert (waiting.unsent, waiting.failing) == (1, 0) and waiting.oldest is not None

    def refused(self: EmailMessage) -> int:
        raise smtplib.SMTPException

    monkeypatch.setattr(EmailMessage, "send", refused)
    outbox.deliver()
    assert queries.outbox(OLGA).failing == 1


def test_the_seal(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert queries.seal(OLGA) == queries.Seal(0, None, 0, "", None)
    audit.record(None, "test.act", "thing", 1)
    waiting = queries.seal(OLGA)
    assert waiting.unsealed == 1 and not waiting.is_behind
    later = clock.now() + 2 * audit.SEAL_WITHIN
    monkeypatch.setattr(clock, "now", lambda: later)
    assert queries.seal(OLGA).is_behind
    audit.seal()
    done = queries.seal(OLGA)
    assert (done.unsealed, done.last_seq, done.is_behind) == (0, 1, False)
    assert len(done.head) == 64 and done.sealed_at == later


def test_the_database() -> None:
    assert queries.is_answering()
    assert (queries.database_bytes(OLGA) or 0) > 10_000


@pytest.mark.parametrize("somebody", [Somebody(is_operator=False), Somebody(is_active=False)])
def test_nobody_else_is_told(somebody: Somebody) -> None:
    for ask in (queries.worker_seen, queries.outbox, queries.seal, queries.database_bytes):
        with pytest.raises(Problem) as refused:
            ask(somebody)
        assert refused.value.code == "not-found"
