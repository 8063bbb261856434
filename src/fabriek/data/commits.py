"""Making a version of what was uploaded: the manifest is checked, stored, signed and listed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import F, Q

from fabriek.core import audit, clock, keyfiles
from fabriek.core.problems import Problem
from fabriek.core.steps import step
from fabriek.data import contents, keys, levels, queries
from fabriek.data.models import Chunk, Dataset, DatasetVersion, Upload
from fabriek.data.rules import TAG_BYTES, UploadState
from fabriek.data.store import the_store
from fabriek.data.uploads import refuse_closed
from fabriek_vault import (
    DEFAULT_ALGORITHM,
    ChunkRef,
    DatasetKeys,
    FileEntry,
    Manifest,
    VaultError,
    manifest_digest,
    open_manifest,
    seal_manifest,
    sign_version,
)
from fabriek_vault.manifest import FORMAT

_NAMES_A_QUERY = 5000


@dataclass(frozen=True)
class PlainFile:
    """A file as a browser names it: its extents are (chunk name, offset, length)."""

    path: str
    size_bytes: int
    executable: bool
    extents: Sequence[tuple[str, int, int]]


def commit(upload: Upload, sealed: bytes) -> DatasetVersion:
    """Make the stored manifest a version. The same manifest again gives the same version.

    Problem `bad-manifest`, `wrong-dataset`, `chunks-missing`, `upload-closed`, `store-full`; with
    any of them nothing has changed, and the upload is still open.
    """
    digest = manifest_digest(sealed)
    if upload.version is not None and upload.version.digest == digest:
        return upload.version
    refuse_closed(upload)
    dataset = upload.dataset
    try:
        key = keys.dataset_key(dataset.project_id, dataset.pk)
        manifest = open_manifest(key, dataset.pk, sealed)
    except VaultError as error:
        code = "wrong-dataset" if error.code == "wrong-dataset" else "bad-manifest"
        raise Problem(code, why=error.sentence) from error
    return _make(upload, manifest, sealed, digest)


def commit_plain(upload: Upload, files: Sequence[PlainFile]) -> DatasetVersion:
    """Build and seal the manifest of a browser's upload, and commit that. Problems as `commit`."""
    dataset = upload.dataset
    names = list(dict.fromkeys(name for file in files for name, _, _ in file.extents))
    sizes = _stored_sizes(dataset.pk, names)
    _refuse_missing([name for name in names if name not in sizes])
    place = {name: index for index, name in enumerate(names)}
    manifest = Manifest(
        FORMAT,
        DEFAULT_ALGORITHM,
        dataset.pk,
        tuple(
            FileEntry(
                file.path,
                file.size_bytes,
                file.executable,
                tuple((place[name], offset, length) for name, offset, length in file.extents),
            )
            for file in sorted(files, key=lambda file: file.path)
        ),
        tuple(ChunkRef(name, sizes[name] - TAG_BYTES, sizes[name]) for name in names),
    )
    key = keys.dataset_key(dataset.project_id, dataset.pk)
    try:
        sealed = seal_manifest(DatasetKeys.derive(key), manifest)
    except (VaultError, UnicodeEncodeError) as error:
        raise Problem("bad-manifest", why=str(error)) from error
    return commit(upload, sealed)


def _make(upload: Upload, manifest: Manifest, sealed: bytes, digest: str) -> DatasetVersion:
    the_store().put(contents.manifest_name(upload.dataset_id, digest), sealed)
    step("manifest-stored")
    with transaction.atomic():
        dataset = levels.lock(upload.dataset_id)
        queries.refuse_erased(dataset)
        now = Upload.objects.select_related("version").get(pk=upload.pk)
        if now.version is not None and now.version.digest == digest:
            return now.version
        refuse_closed(now)
        version = _same_version(now, digest)
        if version is None:
            _check_chunks(manifest)
            version = _enter(now, dataset, manifest, digest, len(sealed))
        Upload.objects.filter(pk=upload.pk).update(
            state=UploadState.COMMITTED.value, version=version
        )
        unused = Chunk.objects.filter(dataset_id=dataset.pk, version_count=0)
        if unused.exists():
            Dataset.objects.filter(pk=dataset.pk).update(sweep_wanted=True)
        levels.set_level(dataset, late=upload.attempt is not None)
    return version


def _enter(
    upload: Upload, dataset: Dataset, manifest: Manifest, digest: str, sealed_bytes: int
) -> DatasetVersion:
    number = dataset.last_number + 1
    Dataset.objects.filter(pk=dataset.pk).update(
        last_number=number, stored_bytes=F("stored_bytes") + sealed_bytes
    )
    for names in in_batches([chunk.name for chunk in manifest.chunks]):
        rows = Chunk.objects.filter(dataset_id=dataset.pk, name__in=names)
        rows.update(version_count=F("version_count") + 1)
    version = DatasetVersion.objects.create(
        dataset=dataset,
        number=number,
        digest=digest,
        signature=sign_version(keyfiles.version_key(), dataset.pk, number, digest).hex(),
        size_bytes=manifest.size_bytes,
        stored_bytes=manifest.stored_bytes + sealed_bytes,
        file_count=len(manifest.files),
        created_by_id=upload.person_id,
        created_at=clock.now(),
        attempt=upload.attempt,
    )
    audit.record(
        upload.person,
        "version.commit",
        "dataset",
        dataset.pk,
        number=number,
        digest=digest,
        size_bytes=manifest.size_bytes,
    )
    return version


def _same_version(upload: Upload, digest: str) -> DatasetVersion | None:
    """The version that this manifest already is, unless it is another attempt's, which may go."""
    rows = DatasetVersion.objects.filter(dataset_id=upload.dataset_id, digest=digest)
    rows = rows.filter(Q(attempt=None) | Q(attempt=upload.attempt), discarded_at=None)
    return rows.order_by("number").first()


def _check_chunks(manifest: Manifest) -> None:
    stored = _stored_sizes(manifest.dataset_id, [chunk.name for chunk in manifest.chunks])
    _refuse_missing([chunk.name for chunk in manifest.chunks if chunk.name not in stored])
    for chunk in manifest.chunks:
        if stored[chunk.name] != chunk.stored_bytes:
            raise Problem("bad-manifest", why=f"chunk {chunk.name[:16]} has another size.")


def _stored_sizes(dataset_id: int, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in in_batches(names):
        rows = Chunk.objects.filter(dataset_id=dataset_id, name__in=some)
        found.update(rows.values_list("name", "stored_bytes"))
    return found


def _refuse_missing(names: Sequence[str]) -> None:
    if names:
        raise Problem("chunks-missing", count=len(names), first=names[0][:16])


def in_batches(names: Sequence[str]) -> Iterator[list[str]]:
    """The names, as many at a time as a query may hold."""
    pending = iter(names)
    while some := list(islice(pending, _NAMES_A_QUERY)):
        yield some
