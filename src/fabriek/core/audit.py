"""Who did what: entries, the signed chain over them, and its verification.

The chain: each entry's hash covers its content, its number and the hash before it. The sealer signs
the newest hash with the factory's audit key and appends that signed head to a file outside the
database, so that whoever owns the database cannot rewrite history unseen.
"""

import contextlib
import contextvars
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from fabriek.core import clock, keyfiles
from fabriek.core.models import AuditEntry, AuditSeal

via: contextvars.ContextVar[str] = contextvars.ContextVar("via", default="factory")
FIRST = "0" * 64
BATCH = 5000
SEAL_WITHIN = timedelta(seconds=60)


class Actor(Protocol):
    """Whoever acts: a person, as far as the audit log needs to know one."""

    pk: Any
    email: str


def record(
    by: Actor | None, action: str, subject_kind: str, subject_id: object, **facts: Any
) -> None:
    """Write an entry; call it inside the action's transaction. `by` None is the factory itself.

    Facts are JSON values without secrets or personal data beyond what the action is about.
    """
    AuditEntry.objects.create(
        at=clock.now(),
        actor_id=by.pk if by else None,
        actor=by.email if by else "factory",
        via=via.get(),
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        facts=facts,
    )


def seal() -> int:
    """Chain and sign what is not sealed yet; returns how many entries.

    Two sealers at once cannot both win: sequence numbers are unique, so one transaction fails and
    that sealer simply finds less to do the next time.
    """
    with transaction.atomic():
        fresh = list(AuditEntry.objects.filter(seq=None).order_by("pk")[:BATCH])
        if not fresh:
            return 0
        last = AuditEntry.objects.exclude(seq=None).order_by("-seq").first()
        seq, head = (last.seq or 0, last.hash) if last else (0, FIRST)
        first = seq + 1
        for entry in fresh:
            seq += 1
            entry.seq, entry.previous = seq, head
            head = entry.hash = digest(entry)
        AuditEntry.objects.bulk_update(fresh, ["seq", "previous", "hash"], batch_size=500)
        line = {"last_seq": seq, "head": head, "at": clock.now().isoformat()}
        signature = keyfiles.audit_key().sign(_signed(seq, head)).hex()
        AuditSeal.objects.create(
            first_seq=first, last_seq=seq, head=head, signature=signature, at=clock.now()
        )
        # Kept outside before the database commits: a head too many can be explained, one too few
        # would let somebody cut the end off the chain.
        _keep_outside(line | {"signature": signature})
    return len(fresh)


def digest(entry: AuditEntry) -> str:
    """SHA-256 over everything the entry says, its place, and the hash before it."""
    content = [
        entry.seq,
        entry.previous,
        entry.pk,
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor,
        entry.via,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.facts,
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify() -> list[str]:
    """Findings in plain words; an empty list means that the log is whole.

    Finds a changed, missing or inserted entry, a chain cut short, and a forged or absent head.
    """
    findings: list[str] = []
    hashes: dict[int, str] = {}
    previous, expected = FIRST, 1
    for entry in AuditEntry.objects.exclude(seq=None).order_by("seq").iterator(2000):
        assert entry.seq is not None
        if entry.seq != expected:
            findings.append(f"entries {expected} to {entry.seq - 1} are missing")
        elif entry.previous != previous:
            findings.append(f"entry {entry.seq} does not follow the one before it")
        if digest(entry) != entry.hash:
            findings.append(f"entry {entry.seq} was changed")
        hashes[entry.seq], previous, expected = entry.hash, entry.hash, entry.seq + 1
    findings += _check_heads(hashes)
    stale = AuditEntry.objects.filter(seq=None, at__lt=clock.now() - SEAL_WITHIN).count()
    if stale:
        findings.append(f"{stale} entries are older than a minute and not sealed")
    return findings


def _check_heads(hashes: dict[int, str]) -> Iterator[str]:
    key: Ed25519PublicKey = keyfiles.audit_key().public_key()
    outside = dict(_heads_outside())
    for seq, line in outside.items():
        with contextlib.suppress(KeyError, ValueError, InvalidSignature):
            key.verify(bytes.fromhex(line["signature"]), _signed(seq, line["head"]))
            if seq not in hashes:
                yield f"entry {seq} is missing: it was sealed"
            elif hashes[seq] != line["head"]:
                yield f"entry {seq} differs from what was sealed"
            continue
        yield f"the kept head at {seq} is not signed by this factory"
    for seal_row in AuditSeal.objects.order_by("last_seq").iterator():
        if seal_row.last_seq not in outside:
            yield f"the head at {seal_row.last_seq} was not kept outside the database"
    last_sealed = max(outside, default=0)
    last = AuditEntry.objects.aggregate(last=Max("seq"))["last"] or 0
    if last > last_sealed:
        yield f"entries {last_sealed + 1} to {last} carry no signed head"


def _signed(seq: int, head: str) -> bytes:
    return f"fabriek audit head v1\n{seq}\n{head}".encode()


def _heads_file() -> Path:
    return Path(settings.STATE_DIR) / "audit-heads.jsonl"


def _keep_outside(line: dict[str, Any]) -> None:
    path = _heads_file()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (json.dumps(line) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _heads_outside() -> Iterator[tuple[int, dict[str, Any]]]:
    if not _heads_file().exists():
        return
    for text in _heads_file().read_text("utf-8").splitlines():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            line = json.loads(text)
            yield int(line["last_seq"]), line
