"""Bringing a version in: open, ask what is missing, put, commit, abandon. Each can be repeated."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet

from fabriek.core import audit, clock
from fabriek.core.problems import Problem
from fabriek.core.steps import step
from fabriek.data import buffers, contents, keys, levels, queries
from fabriek.data.models import Chunk, Dataset, Upload
from fabriek.data.rules import TAG_BYTES, UploadState, room_for
from fabriek.data.store import Bytes, the_store
from fabriek_vault import (
    DEFAULT_ALGORITHM,
    DatasetKeys,
    VaultError,
    chunk_name,
    open_chunk_into,
    seal_chunk,
)

if TYPE_CHECKING:
    from fabriek.people.models import Person

# Counted from the last chunk: a broken push can go on the next day.
UPLOAD_LIVES = timedelta(hours=24)
_REFRESH = timedelta(hours=1)


def open_upload(
    person: "Person",
    dataset: Dataset,
    size_bytes: int,
    fingerprint: str = "",
    attempt: int | None = None,
) -> Upload:
    """Set storage apart for `size_bytes` of plaintext. The caller has checked the right to write.

    The same person's (or attempt's) open upload with this size and fingerprint is found again.
    Problem `allocation-exhausted`, `allocation-not-valid`, `no-allocation`, `being-tidied`,
    `dataset-erased`.
    """
    with transaction.atomic():
        dataset = levels.lock(dataset.pk)
        queries.refuse_erased(dataset)
        if dataset.sweeping_until and dataset.sweeping_until > clock.now():
            raise Problem("being-tidied")
        upload = _same_upload(person, dataset, size_bytes, fingerprint, attempt)
        if upload is not None:
            _refresh(upload)
            return upload
        upload = Upload.objects.create(
            dataset=dataset,
            person=person,
            attempt=attempt,
            declared_bytes=size_bytes,
            room_bytes=room_for(size_bytes),
            fingerprint=fingerprint,
            opened_at=clock.now(),
            expires_at=clock.now() + UPLOAD_LIVES,
        )
        # What a job brings home is kept also when the allocation ended while it ran.
        levels.set_level_on_newest(dataset, late=attempt is not None)
        audit.record(person, "upload.open", "dataset", dataset.pk, size_bytes=size_bytes)
    return upload


def missing(upload: Upload, names: list[str]) -> list[str]:
    """Those of the chunk names that the dataset does not have yet, in the order asked."""
    refuse_closed(upload)
    _refresh(upload)
    rows = Chunk.objects.filter(dataset_id=upload.dataset_id, name__in=names)
    there = set(rows.values_list("name", flat=True))
    return [name for name in names if name not in there]


def put_chunk(upload: Upload, name: str, sealed: Bytes) -> None:
    """Store one sealed chunk, after opening it once: what cannot be read is never kept.

    Problem `wrong-chunk`, `upload-too-large`, `upload-closed`, `store-full`.
    """
    if _is_there(upload, name):
        return
    _refuse_too_large(upload, len(sealed))
    try:
        plaintext = buffers.of_this_thread("plain", max(0, len(sealed) - TAG_BYTES))
        open_chunk_into(_keys(upload.dataset), name, sealed, plaintext)
    except VaultError:
        raise Problem("wrong-chunk", name=name[:16]) from None
    _keep(upload, name, sealed)


def put_plain(upload: Upload, plaintext: Bytes) -> str:
    """Seal and store one chunk for somebody who cannot (a browser); returns its name.

    Problems as `put_chunk`.
    """
    dataset_keys = _keys(upload.dataset)
    name = chunk_name(dataset_keys, plaintext)
    if not _is_there(upload, name):
        sealed = seal_chunk(dataset_keys, name, plaintext)
        _refuse_too_large(upload, len(sealed))
        _keep(upload, name, sealed)
    return name


def abandon(upload: Upload, by: "Person") -> None:
    """Give the upload up; its chunks go unless a version or another upload has use for them."""
    if upload.state == UploadState.ABANDONED.value:
        return
    with transaction.atomic():
        close(upload, UploadState.ABANDONED)
        audit.record(by, "upload.abandon", "dataset", upload.dataset_id)


def close(upload: Upload, state: UploadState) -> None:
    """End an open upload without a version, and free what it held; Problem `upload-closed`."""
    with transaction.atomic():
        dataset = levels.lock(upload.dataset_id)
        if not _still_open(upload).update(state=state.value):
            raise Problem("upload-closed", state=Upload.objects.get(pk=upload.pk).state)
        Dataset.objects.filter(pk=dataset.pk).update(sweep_wanted=True)
        levels.set_level(dataset)


def refuse_closed(upload: Upload) -> None:
    """Problem `upload-closed` unless it is open."""
    if upload.state != UploadState.OPEN.value:
        raise Problem("upload-closed", state=upload.state)


def _is_there(upload: Upload, name: str) -> bool:
    refuse_closed(upload)
    return Chunk.objects.filter(dataset_id=upload.dataset_id, name=name).exists()


def _keys(dataset: Dataset) -> DatasetKeys:
    return DatasetKeys.derive(keys.dataset_key(dataset.project_id, dataset.pk), DEFAULT_ALGORITHM)


def _keep(upload: Upload, name: str, sealed: Bytes) -> None:
    the_store().put(contents.chunk_object(upload.dataset_id, name), sealed)
    step("chunk-stored")
    try:
        with transaction.atomic():
            _register(upload, name, len(sealed))
    except Problem:
        # The object is there for nothing now: the sweep finds it, unless the data were erased.
        rows = Dataset.objects.filter(pk=upload.dataset_id)
        if not rows.filter(erased_at=None).update(sweep_wanted=True):
            the_store().delete(contents.chunk_object(upload.dataset_id, name))
        raise


def _register(upload: Upload, name: str, size: int) -> None:
    levels.lock(upload.dataset_id)
    _, is_new = Chunk.objects.get_or_create(
        dataset_id=upload.dataset_id, name=name, defaults={"stored_bytes": size}
    )
    if not is_new:
        return
    counted = _still_open(upload).filter(received_bytes__lte=F("room_bytes") - size)
    if not counted.update(
        received_bytes=F("received_bytes") + size, expires_at=clock.now() + UPLOAD_LIVES
    ):
        refuse_closed(Upload.objects.get(pk=upload.pk))
        raise _too_large(upload)
    Dataset.objects.filter(pk=upload.dataset_id).update(stored_bytes=F("stored_bytes") + size)


def _refuse_too_large(upload: Upload, size: int) -> None:
    if upload.received_bytes + size > upload.room_bytes:
        raise _too_large(upload)


def _too_large(upload: Upload) -> Problem:
    return Problem("upload-too-large", declared_bytes=upload.declared_bytes)


def _same_upload(
    person: "Person", dataset: Dataset, size_bytes: int, fingerprint: str, attempt: int | None
) -> Upload | None:
    if not fingerprint:
        return None
    return Upload.objects.filter(
        dataset=dataset,
        person_id=person.pk,
        attempt=attempt,
        state=UploadState.OPEN.value,
        declared_bytes=size_bytes,
        fingerprint=fingerprint,
    ).first()


def _refresh(upload: Upload) -> None:
    """Let it live on; written at most once an hour."""
    until = clock.now() + UPLOAD_LIVES
    if until - upload.expires_at > _REFRESH:
        _still_open(upload).update(expires_at=until)


def _still_open(upload: Upload) -> QuerySet[Upload]:
    return Upload.objects.filter(pk=upload.pk, state=UploadState.OPEN.value)
