"""For operators: prove that everything stored can be read, and erase a dataset for good."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from fabriek.core import audit, clock, keyfiles
from fabriek.core.problems import Problem
from fabriek.core.steps import step
from fabriek.data import blobs, contents, keys, levels, sweeping
from fabriek.data.models import Chunk, Dataset, DatasetVersion, Upload
from fabriek.data.rules import TAG_BYTES, UploadState
from fabriek.data.store import the_store
from fabriek.ledger import actions as ledger
from fabriek_vault import (
    DatasetKeys,
    Manifest,
    VaultError,
    manifest_digest,
    open_chunk,
    open_manifest,
    verify_version,
)

if TYPE_CHECKING:
    from fabriek.people.models import Person

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `version` and `name` are set where it concerns one.

    Codes: key-missing, signature-wrong, manifest-missing, manifest-swapped, manifest-damaged,
    chunk-missing, chunk-damaged, chunk-unlisted; blob-damaged, with `name` alone, for a piece of
    a job's log.
    """

    code: str
    dataset_id: int | None = None
    version: int | None = None
    name: str = ""

    def __str__(self) -> str:
        if self.dataset_id is None:
            return f"{self.code}: {self.name}"
        place = f"dataset {self.dataset_id}"
        if self.version is not None:
            place += f", version {self.version}"
        return f"{self.code}: {place}{', ' + self.name if self.name else ''}"


def verify(on_progress: OnProgress | None = None) -> list[Finding]:
    """Open every stored chunk and manifest and check every signature; empty when all is well.

    `on_progress(bytes read, bytes in all)` is called after each chunk.
    """
    alive = Dataset.objects.filter(erased_at=None).order_by("pk")
    total = sum(alive.values_list("stored_bytes", flat=True))
    done = 0
    findings: list[Finding] = []
    for dataset in alive.iterator(chunk_size=100):
        for step_of in _verify_dataset(dataset):
            if isinstance(step_of, Finding):
                findings.append(step_of)
            else:
                done += step_of
                if on_progress:
                    on_progress(done, total)
    return [*findings, *_verify_blobs()]


def erase(dataset: Dataset, by: "Person | None", reason: str) -> None:
    """Destroy the dataset's key, then its objects. Its versions stay listed as erased.

    From the first line on nobody gets data or key; a crash after it is finished by the next tick.
    Repeating changes nothing.
    """
    with transaction.atomic():
        locked = levels.lock(dataset.pk)
        if not locked.erased_at:
            now = clock.now()
            Dataset.objects.filter(pk=dataset.pk).update(erased_at=now, sweep_wanted=False)
            DatasetVersion.objects.filter(dataset_id=dataset.pk).update(erased_at=now)
            Upload.objects.filter(dataset_id=dataset.pk, state=UploadState.OPEN.value).update(
                state=UploadState.ABANDONED.value
            )
            ledger.release(levels.subject(dataset.pk), {"why": "erased"})
            audit.record(by, "dataset.erase", "dataset", dataset.pk, reason=reason)
    step("erasure-recorded")
    sweeping.empty(dataset.pk)


def _verify_dataset(dataset: Dataset) -> Iterator[Finding | int]:
    """Findings, and the sizes of the objects that were read."""
    try:
        key = keys.dataset_key(dataset.project_id, dataset.pk)
    except (Problem, VaultError):
        yield Finding("key-missing", dataset.pk)
        return
    algorithms: dict[str, str] = {}
    plain_sizes: dict[str, int] = {}
    for version in DatasetVersion.objects.filter(dataset_id=dataset.pk).order_by("number"):
        manifest = None
        for result in _verify_version(key, version):
            if isinstance(result, Finding):
                yield result
            else:
                manifest = result
        for chunk in manifest.chunks if manifest else ():
            algorithms[chunk.name] = manifest.algorithm if manifest else ""
            plain_sizes[chunk.name] = chunk.plain_bytes
    yield from _verify_chunks(dataset.pk, key, algorithms, plain_sizes)


def _verify_version(key: bytes, version: DatasetVersion) -> Iterator[Finding | Manifest]:
    dataset_id, number = version.dataset_id, version.number
    public_key = keyfiles.version_key().public_key().public_bytes_raw()
    try:
        signature = bytes.fromhex(version.signature)
        verify_version(public_key, signature, dataset_id, number, version.digest)
    except (VaultError, ValueError):
        yield Finding("signature-wrong", dataset_id, number)
    try:
        sealed = the_store().get(contents.manifest_name(dataset_id, version.digest))
    except (KeyError, ValueError):
        yield Finding("manifest-missing", dataset_id, number)
        return
    if manifest_digest(sealed) != version.digest:
        yield Finding("manifest-swapped", dataset_id, number)
        return
    try:
        yield open_manifest(key, dataset_id, sealed)
    except VaultError:
        yield Finding("manifest-damaged", dataset_id, number)


def _verify_chunks(
    dataset_id: int, key: bytes, algorithms: dict[str, str], plain_sizes: dict[str, int]
) -> Iterator[Finding | int]:
    default = DatasetKeys.derive(key)
    derived = {default.algorithm: default}
    rows = dict(Chunk.objects.filter(dataset_id=dataset_id).values_list("name", "stored_bytes"))
    for name in sorted(rows.keys() | plain_sizes.keys()):
        if name not in rows:
            yield Finding("chunk-unlisted", dataset_id, name=name)
        algorithm = algorithms.get(name, default.algorithm)
        if algorithm not in derived:
            derived[algorithm] = DatasetKeys.derive(key, algorithm)
        expected = plain_sizes.get(name, rows.get(name, 0) - TAG_BYTES)
        yield _verify_chunk(dataset_id, name, derived[algorithm], expected)


def _verify_blobs() -> Iterator[Finding]:
    for name in the_store().names("projects"):
        _, project_id, _, blob = name.split("/", 3)
        try:
            blobs.get(int(project_id), blob)
        except KeyError:
            continue  # joined with others in this very moment
        except (Problem, VaultError):
            yield Finding("blob-damaged", name=name)


def _verify_chunk(dataset_id: int, name: str, derived: DatasetKeys, plain: int) -> Finding | int:
    try:
        sealed = the_store().get(contents.chunk_object(dataset_id, name))
        if len(open_chunk(derived, name, sealed)) == plain:
            return len(sealed)
    except KeyError:
        return Finding("chunk-missing", dataset_id, name=name)
    except (VaultError, ValueError):
        pass
    return Finding("chunk-damaged", dataset_id, name=name)
