"""The audit log by its address: each filter, the way back in time, and the table to take away."""

import csv
import io
import re
from datetime import timedelta

import pytest

from fabriek.core import audit, audit_search, clock
from fabriek.core.models import AuditEntry
from fabriek.portal.operator_pages.audit import harmless
from fabriek.portal.tests.operating import Office, office

__all__ = ["office"]
pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


@pytest.fixture
def log(office: Office, state_dir) -> Office:  # type: ignore[no-untyped-def]
    """Five entries of Ada's, one of the factory's, and nothing else."""
    AuditEntry.objects.all().delete()
    for number in range(5):
        audit.record(office.ada, "job.submit", "job", number, why=f"reason {number}")
    audit.record(None, "job.lost", "job", 3, facts={"node": "n1"})
    AuditEntry.objects.filter(subject_id="0").update(at=clock.now() - timedelta(days=40))
    return office


def entries(office: Office, **given: str) -> list[str]:
    """What each row is about, without the entries about searching."""
    text = office.main("audit/", **given)
    found = re.findall(r"number=([^\"]+)\">([a-z]+) ", text)
    return [number for number, kind in found if kind != "audit"]


def test_each_filter(log: Office) -> None:
    assert entries(log) == ["3", "4", "3", "2", "1", "0"]
    assert entries(log, person=log.ada.email.upper()) == ["4", "3", "2", "1", "0"]
    assert entries(log, person="factory") == ["3"]
    assert entries(log, action="job.lost") == ["3"]
    assert entries(log, kind="job", number="3") == ["3", "3"]
    assert entries(log, text="reason 2") == ["2"]
    assert entries(log, text="N1") == ["3"]
    assert entries(log, until=f"{clock.now() - timedelta(days=30):%Y-%m-%d}") == ["0"]
    assert "0" not in entries(log, since=f"{clock.now() - timedelta(days=2):%Y-%m-%d}")
    assert entries(log, since="2001-01-01", until="2001-01-02") == []
    assert "No entry fits this question." in log.main("audit/", text="never said")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"person": "nobody@example.org"}, "Nobody has or had an account"),
        ({"person": "a\x00b"}, "Null characters"),
        ({"number": "3"}, "Choose what the number is of."),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "lies before the first one"),
        ({"since": "yesterday"}, "valid date"),
        ({"action": "no.such"}, "not one of the available choices"),
    ],
)
def test_a_question_that_cannot_be(log: Office, given: dict[str, str], said: str) -> None:
    answer = log.browser.get("/en/operator/audit/", given)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text and 'role="alert"' in text
    refused = log.browser.get("/en/operator/audit/export/", given)
    assert refused.status_code == 302
    assert refused.headers["Location"].startswith("/en/operator/audit/?")


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar(log: Office, day: str) -> None:
    for name in ("since", "until"):
        assert log.browser.get("/operator/audit/", {name: day}).status_code == 200
        assert log.browser.get("/operator/audit/export/", {name: day}).status_code == 200


def test_older_entries_and_back(log: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    small = audit_search.search.__kwdefaults__ | {"limit": 4}
    monkeypatch.setattr(audit_search.search, "__kwdefaults__", small)
    text = log.main("audit/", person=log.ada.email)
    older = re.search(r'rel="next" href="([^"]+)"', text)
    assert older is not None
    address = older[1].replace("&amp;", "&")
    page = log.browser.get(address).content.decode()
    assert "reason 0" in page and "reason 1" not in page
    assert "Back to the newest" in page
    assert entries(log, before="nonsense")[0] == "3"


def test_it_says_how_far_it_looked(log: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_search, "STRETCH", 3)
    text = log.main("audit/", text="never said")
    assert "The search has looked back to" in text and "Look further back" in text


def test_facts_are_readable_and_the_seal_is_told(log: Office) -> None:
    text = log.main("audit/")
    assert "why:</span> reason 4" in text
    assert "{&quot;node&quot;: &quot;n1&quot;}" in text
    assert "Not yet" in text and "Nothing is sealed yet." in text
    audit.seal()
    text = log.main("audit/")
    assert "Yes, as entry 6" in text and "fabriek-server audit verify" in text


def test_the_search_is_in_the_log_once(log: Office) -> None:
    for _ in range(3):
        log.main("audit/", person=log.ada.email)
    made = AuditEntry.objects.filter(action="audit.search")
    assert [entry.facts for entry in made] == [{"asked": {"actor_id": log.ada.pk}}]
    assert made[0].actor == log.olga.email


def test_the_table_to_take_away(log: Office) -> None:
    audit.record(log.ada, "job.submit", "job", "=1+1", why="Zoë")
    answer = log.browser.get("/en/operator/audit/export/", {"person": log.ada.email})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["number"] for row in rows] == ["'=1+1", "4", "3", "2", "1", "0"]
    assert rows[0]["facts"] == '{"why": "Zoë"}' and rows[0]["by"] == log.ada.email
    made = AuditEntry.objects.get(action="audit.export")
    assert made.facts == {"rows": 6, "asked": {"actor_id": log.ada.pk}}


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("a=1") == "a=1"
