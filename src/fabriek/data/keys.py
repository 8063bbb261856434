"""The tree of keys: the root key wraps each project's key, and that wraps each dataset's.

No unwrapped key is kept: a wrap that was destroyed is destroyed for every process at once, and
unwrapping costs less than the two questions to the database.
"""

from collections.abc import Callable

from django import db
from django.db import connections, transaction

from fabriek.core import clock, keyfiles
from fabriek.core.problems import Problem
from fabriek.data.models import Dataset, KeyWrap
from fabriek.data.store import the_store
from fabriek.data.wraps import ALIAS
from fabriek_vault import IntegrityError, generate_key, unwrap, wrap

_Kind = KeyWrap.Kind
_Kek = Callable[[], bytes]


def project_key(project_id: int) -> bytes:
    """The project's key, made when it is first asked for; Problem `key-missing` when it is lost."""
    key = _find(_Kind.PROJECT, project_id, keyfiles.root_key)
    if key is None and _was_used(project_id):
        raise Problem("key-missing", kind=_Kind.PROJECT, id=project_id)
    return key or _make(_Kind.PROJECT, project_id, keyfiles.root_key)


def make_dataset_key(project_id: int, dataset_id: int) -> None:
    """Give a new dataset its key. Repeating it changes nothing.

    A creation that was rolled back leaves its wrap, and SQLite gives the number of its row again,
    perhaps in another project: such a wrap goes, as long as nothing was ever stored under it.
    """
    try:
        _make(_Kind.DATASET, dataset_id, lambda: project_key(project_id))
    except IntegrityError:
        if not Dataset.objects.filter(pk=dataset_id, last_number=0, stored_bytes=0).exists():
            raise
        KeyWrap.objects.filter(kind=_Kind.DATASET, subject_id=dataset_id).delete()
        _make(_Kind.DATASET, dataset_id, lambda: project_key(project_id))


def dataset_key(project_id: int, dataset_id: int) -> bytes:
    """The dataset's key; Problem `key-missing` when its wrap, or its project's, is not there.

    Never made here: a new key could not open what was stored under the lost one.
    IntegrityError of the vault when a wrap does not open.
    """
    return _must(
        _Kind.DATASET, dataset_id, lambda: _must(_Kind.PROJECT, project_id, keyfiles.root_key)
    )


def destroy_dataset_key(dataset_id: int) -> bool:
    """Delete the wrap, and its traces in the database file; False when there was none."""
    connection = connections[ALIAS]
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        with connection.cursor() as cursor:
            # SQLite leaves deleted bytes in the file unless it is told to overwrite them.
            cursor.execute("PRAGMA secure_delete=ON")
    deleted, _ = KeyWrap.objects.filter(kind=_Kind.DATASET, subject_id=dataset_id).delete()
    if is_sqlite and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return bool(deleted)


def _was_used(project_id: int) -> bool:
    """Whether something is stored or wrapped under the project's key."""
    datasets = list(Dataset.objects.filter(project_id=project_id).values_list("pk", flat=True))
    wraps = KeyWrap.objects.filter(kind=_Kind.DATASET, subject_id__in=datasets)
    return wraps.exists() or any(True for _ in the_store().names(f"projects/{project_id}"))


def _find(kind: str, subject_id: int, kek: _Kek) -> bytes | None:
    row = KeyWrap.objects.filter(kind=kind, subject_id=subject_id).first()
    return unwrap(bytes(row.wrapped), kek(), _context(kind, subject_id)) if row else None


def _must(kind: str, subject_id: int, kek: _Kek) -> bytes:
    key = _find(kind, subject_id, kek)
    if key is None:
        raise Problem("key-missing", kind=kind, id=subject_id)
    return key


def _make(kind: str, subject_id: int, kek: _Kek) -> bytes:
    wrapped = wrap(generate_key(), kek(), _context(kind, subject_id))
    try:
        with transaction.atomic(using=ALIAS):
            KeyWrap.objects.create(
                kind=kind, subject_id=subject_id, wrapped=wrapped, made_at=clock.now()
            )
    except db.IntegrityError:
        pass  # made by another process in the same moment, or just before a crash
    return _must(kind, subject_id, kek)


def _context(kind: str, subject_id: int) -> bytes:
    return f"{kind}:{subject_id}".encode()
