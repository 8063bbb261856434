"""The search in the audit log: what it finds, how far it looks, who may, what it leaves behind."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from fabriek.core import audit, audit_search, clock
from fabriek.core.audit_search import Question, export, search
from fabriek.core.models import AuditEntry
from fabriek.core.problems import Problem

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Somebody:
    pk: int = 1
    email: str = "olga@example.org"
    is_active: bool = True
    is_operator: bool = True


OLGA = Somebody()


@pytest.fixture
def log() -> None:
    """Forty entries, one an hour: every second one by the factory, the others by 7 and 8."""
    for number in range(40):
        by = None if number % 2 else Somebody(pk=7 + number // 2 % 2, email="ada@example.org")
        kind = ("job", "dataset")[number % 5 == 0]
        audit.record(by, f"{kind}.do", kind, number, why="too slow", name="Zoë")
    for entry in AuditEntry.objects.order_by("pk"):
        at = START + timedelta(hours=int(entry.subject_id))
        AuditEntry.objects.filter(pk=entry.pk).update(at=at)


def numbers(question: Question) -> list[int]:
    found = search(OLGA, question).entries
    return [int(entry.subject_id) for entry in found if entry.subject_kind != "audit"]


def test_newest_first_in_pages_by_key(log: None) -> None:
    first = search(OLGA, Question(), limit=15)
    assert [entry.subject_id for entry in first.entries] == [str(n) for n in range(39, 24, -1)]
    second = search(OLGA, Question(), before=first.next_before, limit=15)
    assert [entry.subject_id for entry in second.entries] == [str(n) for n in range(24, 9, -1)]
    third = search(OLGA, Question(), before=second.next_before, limit=15)
    assert len(third.entries) == 10 and third.next_before is None


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (Question(actor_id=7), range(36, -1, -4)),
        (Question(actor_id=0), range(39, 0, -2)),
        (Question(actor_id=99), []),
        (Question(action="dataset.do"), range(35, -1, -5)),
        (Question(kind="dataset"), range(35, -1, -5)),
        (Question(kind="job", number="13"), [13]),
        (Question(kind="job", number="10"), []),
        (Question(actor_id=0, action="dataset.do"), [35, 25, 15, 5]),
        (Question(actor_id=7, kind="dataset"), [20, 0]),
        (Question(kind="job", number="13", actor_id=7), []),
        (Question(since=START + timedelta(hours=38)), [39, 38]),
        (Question(until=START + timedelta(hours=2)), [1, 0]),
        (Question(since=START + timedelta(hours=3), until=START + timedelta(hours=5)), [4, 3]),
        (Question(actor_id=0, since=START + timedelta(hours=37)), [39, 37]),
        (Question(since=START - timedelta(days=9), until=START), []),
        (Question(text="TOO SLOW", until=START + timedelta(hours=1)), [0]),
        (Question(text="Zoë", kind="dataset", actor_id=8), [30, 10]),
        (Question(text="100 %"), []),
    ],
)
def test_each_filter(log: None, question: Question, found: list[int]) -> None:
    assert numbers(question) == list(found)


def test_a_search_by_text_looks_through_a_stretch_at_a_time(
    log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_search, "STRETCH", 10)
    AuditEntry.objects.filter(subject_id__in=["35", "3"]).update(actor="wanted@example.org")
    before, seen, stops = None, [], 0
    for _ in range(6):
        page = search(OLGA, Question(text="wanted@"), before=before)
        seen += [entry.subject_id for entry in page.entries if entry.subject_kind != "audit"]
        stops += page.looked_to is not None
        before = page.next_before
        if before is None:
            break
    assert seen == ["35", "3"]
    assert before is None and stops >= 3


def test_a_search_is_an_entry_once_in_five_minutes(
    log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Question(actor_id=7, since=START)
    search(OLGA, question)
    search(OLGA, question, before=5)
    made = AuditEntry.objects.get(action="audit.search")
    assert made.actor == OLGA.email
    assert made.facts == {"asked": {"actor_id": 7, "since": START.isoformat()}}
    search(Somebody(pk=2), question)
    search(OLGA, Question(actor_id=8))
    assert AuditEntry.objects.filter(action="audit.search").count() == 3
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    search(OLGA, question)
    assert AuditEntry.objects.filter(action="audit.search").count() == 4


def test_the_rows_to_take_away_are_bounded_and_recorded(
    log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(export(OLGA, Question())) == 40
    monkeypatch.setattr(audit_search, "EXPORT_ROWS", 12)
    monkeypatch.setattr(audit_search, "_EXPORT_STEP", 5)
    rows = export(OLGA, Question(action="job.do"))
    assert len(rows) == 12 and rows[0].subject_id == "39"
    made = AuditEntry.objects.filter(action="audit.export").order_by("-pk").first()
    assert made is not None
    assert made.facts == {"rows": 12, "asked": {"action": "job.do"}}


def test_actions_and_kinds_are_those_of_the_log(log: None) -> None:
    assert audit_search.actions(OLGA) == ["dataset.do", "job.do"]
    assert audit_search.kinds(OLGA) == ["dataset", "job"]


@pytest.mark.parametrize("somebody", [Somebody(is_operator=False), Somebody(is_active=False)])
def test_nobody_else_reads_it(log: None, somebody: Somebody) -> None:
    for call in (
        lambda: search(somebody, Question()),
        lambda: export(somebody, Question()),
        lambda: audit_search.actions(somebody),
        lambda: audit_search.kinds(somebody),
    ):
        with pytest.raises(Problem, match="may not see") as refused:
            call()
        assert refused.value.code == "not-found"
    assert not AuditEntry.objects.filter(subject_kind="audit").exists()


def plan(question: Question) -> str:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as seen:
        search(OLGA, question)
    sql = next(q["sql"] for q in seen.captured_queries if '"facts"' in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return " ".join(row[3] for row in cursor.fetchall())


@pytest.mark.parametrize(
    "question",
    [
        Question(),
        Question(actor_id=7),
        Question(actor_id=0),
        Question(action="job.do"),
        Question(kind="job"),
        Question(actor_id=7, since=START, until=START + timedelta(days=1)),
    ],
)
def test_no_question_sorts_what_it_finds(log: None, question: Question) -> None:
    """Among millions of entries, sorting those of one person would take seconds."""
    assert "TEMP B-TREE" not in plan(question)
