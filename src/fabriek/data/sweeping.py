"""Taking away what nothing needs: expired uploads, discarded versions, unused chunks, erased data.

A dataset is swept only while it has no open upload, and no upload opens while it is swept: nobody
is told that a chunk is there which then goes. Every step can be repeated after a crash.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from fabriek.core import clock, leases
from fabriek.core.problems import Problem
from fabriek.core.steps import step
from fabriek.data import commits, contents, keys, levels, uploads
from fabriek.data.models import Chunk, Dataset, DatasetVersion, Upload
from fabriek.data.rules import UploadState
from fabriek.data.store import the_store

log = logging.getLogger(__name__)
SWEEP_LASTS = timedelta(minutes=10)
_STOP_BEFORE = timedelta(minutes=2)
_DATASETS_A_TICK = 20


def expire_uploads() -> int:
    """Close uploads that nobody has brought anything to for a day; returns how many."""
    late = Upload.objects.filter(state=UploadState.OPEN.value, expires_at__lte=clock.now())
    done = 0
    for upload in late.order_by("expires_at")[:100]:
        try:
            uploads.close(upload, UploadState.EXPIRED)
        except Problem:
            continue  # it was committed or abandoned in this very moment
        done += 1
    return done


def sweep() -> int:
    """Tidy datasets that want it; returns how many."""
    # A sweep that was killed has left its time behind; its worker may be known to be gone.
    due = Q(sweep_wanted=True) | Q(sweeping_until__isnull=False)
    wanted = Dataset.objects.filter(due, erased_at=None).exclude(
        uploads__state=UploadState.OPEN.value
    )
    done = 0
    for pk in wanted.order_by("pk").values_list("pk", flat=True)[:_DATASETS_A_TICK]:
        if _claim(pk):
            _sweep(pk)
            done += 1
    return done


def empty_erased() -> int:
    """Finish erasures that a crash broke off; returns how many."""
    rows = Dataset.objects.filter(erased_at__isnull=False, emptied_at=None)
    pks = list(rows.values_list("pk", flat=True)[:_DATASETS_A_TICK])
    for pk in pks:
        empty(pk)
    return len(pks)


def empty(dataset_id: int) -> None:
    """Destroy the key of an erased dataset, then delete every object of it."""
    keys.destroy_dataset_key(dataset_id)
    step("erased-key-gone")
    for name in list(the_store().names(f"datasets/{dataset_id}")):
        the_store().delete(name)
    step("erased-objects-gone")
    with transaction.atomic():
        Chunk.objects.filter(dataset_id=dataset_id).delete()
        Dataset.objects.filter(pk=dataset_id).update(stored_bytes=0, emptied_at=clock.now())


def _claim(pk: int) -> bool:
    with transaction.atomic():
        dataset = levels.lock(pk)
        now = clock.now()
        open_uploads = Upload.objects.filter(dataset_id=pk, state=UploadState.OPEN.value)
        sweeping = dataset.sweeping_until is not None and dataset.sweeping_until > now
        taken = sweeping and not leases.is_dead(dataset.swept_by)
        if taken or open_uploads.exists():
            return False
        Dataset.objects.filter(pk=pk).update(
            sweep_wanted=False, sweeping_until=now + SWEEP_LASTS, swept_by=leases.ME
        )
    return True


def _sweep(pk: int) -> None:
    until = clock.now() + SWEEP_LASTS - _STOP_BEFORE
    for version in DatasetVersion.objects.filter(dataset_id=pk, discarded_at__isnull=False):
        _forget_version(version)
    step("versions-forgotten")
    with transaction.atomic():
        levels.lock(pk)
        unused = Chunk.objects.filter(dataset_id=pk, version_count=0)
        freed = sum(unused.values_list("stored_bytes", flat=True))
        unused.delete()
        Dataset.objects.filter(pk=pk).update(stored_bytes=F("stored_bytes") - freed)
    step("chunks-forgotten")
    finished = _delete_orphans(pk, until)
    with transaction.atomic():
        dataset = levels.lock(pk)
        levels.set_level(dataset)
        changes = {"sweeping_until": None, "swept_by": ""} | (
            {} if finished else {"sweep_wanted": True}
        )
        Dataset.objects.filter(pk=pk).update(**changes)


def _forget_version(version: DatasetVersion) -> None:
    """Take back the discarded version's claim on its chunks, and its row."""
    try:
        manifest = contents.manifest_of(version)
    except Problem as problem:
        # Its chunks stay until somebody has looked: too much is kept, never too little.
        log.error("dataset %s: cannot discard %s: %s", version.dataset_id, version.number, problem)
        return
    with transaction.atomic():
        levels.lock(version.dataset_id)
        deleted, _ = DatasetVersion.objects.filter(pk=version.pk).delete()
        if not deleted:
            return
        for names in commits.in_batches([chunk.name for chunk in manifest.chunks]):
            rows = Chunk.objects.filter(dataset_id=version.dataset_id, name__in=names)
            rows.update(version_count=F("version_count") - 1)
        manifest_bytes = version.stored_bytes - manifest.stored_bytes
        Dataset.objects.filter(pk=version.dataset_id).update(
            stored_bytes=F("stored_bytes") - manifest_bytes
        )


def _delete_orphans(pk: int, until: datetime) -> bool:
    """Delete objects without a row; False when the time allowed was up before the end."""
    store = the_store()
    chunks = set(Chunk.objects.filter(dataset_id=pk).values_list("name", flat=True))
    digests = set(DatasetVersion.objects.filter(dataset_id=pk).values_list("digest", flat=True))
    for folder, known in (("chunks", chunks), ("manifests", digests)):
        for name in list(store.names(f"datasets/{pk}/{folder}")):
            if clock.now() > until:
                return False
            if name.rpartition("/")[2] not in known:
                store.delete(name)
    return True
