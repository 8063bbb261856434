"""The sealed chain: what it finds, and what it lets pass."""

import json
from pathlib import Path

import pytest

from fabriek.core import audit, clock
from fabriek.core.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(state_dir: Path) -> Path:
    """Ten sealed entries in three seals; returns the file of heads."""
    for number in range(10):
        audit.record(None, "test.act", "thing", number, amount=number)
        if number in {3, 6, 9}:
            audit.seal()
    return state_dir / "audit-heads.jsonl"


def test_a_whole_log_verifies(chain: Path) -> None:
    assert audit.verify() == []
    assert len(chain.read_text().splitlines()) == 3
    assert chain.stat().st_mode & 0o077 == 0
    assert audit.seal() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {"amount": 99}},
        {"actor": "somebody@else.nl"},
        {"actor_id": 7},
        {"action": "test.other"},
        {"subject_id": "8"},
        {"via": "another door"},
        {"at": clock.now()},
    ],
)
def test_a_changed_entry_is_found(chain: Path, change: dict[str, object]) -> None:
    AuditEntry.objects.filter(seq=5).update(**change)
    assert any("entry 5" in finding for finding in audit.verify())


def test_a_changed_entry_with_its_hash_made_anew_is_found(chain: Path) -> None:
    entry = AuditEntry.objects.get(seq=5)
    entry.facts = {"amount": 99}
    entry.hash = audit.digest(entry)
    entry.save()
    assert audit.verify()


def test_history_rewritten_from_an_entry_on_is_found_by_the_heads_outside(chain: Path) -> None:
    """Who owns the database can make every hash and every seal anew, but not the kept heads."""
    previous = AuditEntry.objects.get(seq=4).hash
    for entry in AuditEntry.objects.filter(seq__gte=5).order_by("seq"):
        entry.facts = {"amount": 99}
        entry.previous = previous
        entry.hash = previous = audit.digest(entry)
        entry.save()
    assert any("differs from what was sealed" in finding for finding in audit.verify())


def test_a_missing_entry_is_found(chain: Path) -> None:
    AuditEntry.objects.filter(seq=5).delete()
    assert any("5" in finding and "missing" in finding for finding in audit.verify())


def test_a_chain_cut_short_is_found(chain: Path) -> None:
    AuditEntry.objects.filter(seq__gte=8).delete()
    AuditSeal.objects.filter(last_seq__gte=8).delete()
    assert "entry 10 is missing: it was sealed" in audit.verify()


def test_an_inserted_entry_is_found(chain: Path) -> None:
    twin = AuditEntry.objects.get(seq=10)
    twin.pk, twin.seq, twin.previous = None, 11, twin.hash
    twin.save()
    twin.hash = audit.digest(twin)
    twin.save()
    assert "entries 11 to 11 carry no signed head" in audit.verify()


def test_a_forged_head_is_found(chain: Path) -> None:
    lines = chain.read_text().splitlines()
    forged = json.loads(lines[1]) | {"head": "ab" * 32}
    chain.write_text("\n".join([lines[0], json.dumps(forged), lines[2]]) + "\n")
    assert any("not signed by this factory" in finding for finding in audit.verify())


def test_a_removed_head_is_found(chain: Path) -> None:
    chain.write_text("\n".join(chain.read_text().splitlines()[:2]) + "\n")
    assert any("was not kept outside" in finding for finding in audit.verify())


def test_entries_left_unsealed_are_found(chain: Path) -> None:
    audit.record(None, "test.act", "thing", 11)
    assert audit.verify() == []
    AuditEntry.objects.filter(seq=None).update(at=clock.now() - 2 * audit.SEAL_WITHIN)
    assert "1 entries are older than a minute and not sealed" in audit.verify()
