"""What lies in the vault of a version: its manifest, its chunks, its files.

For whoever has checked the right to see the version, with `queries`.
"""

import logging
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from fabriek.core.problems import Problem
from fabriek.data import keys
from fabriek.data.models import DatasetVersion
from fabriek.data.store import the_store
from fabriek_vault import FileEntry, Manifest, VaultError, manifest_digest, open_manifest

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FilePage:
    """Files in the order of their paths. `next_before` counts from the end; None on the last."""

    items: tuple[FileEntry, ...]
    next_before: int | None


def manifest_name(dataset_id: int, digest: str) -> str:
    """Under which name the store keeps a manifest."""
    return f"datasets/{dataset_id}/manifests/{digest}"


def chunk_object(dataset_id: int, name: str) -> str:
    """Under which name the store keeps a chunk."""
    return f"datasets/{dataset_id}/chunks/{name}"


def sealed_manifest(version: DatasetVersion) -> bytes:
    """The stored manifest; Problem `data-damaged` when it is gone or another one."""
    try:
        sealed = the_store().get(manifest_name(version.dataset_id, version.digest))
    except KeyError:
        raise damaged(version.dataset_id, f"the manifest of version {version.number}") from None
    if manifest_digest(sealed) != version.digest:
        raise damaged(version.dataset_id, f"the manifest of version {version.number}")
    return sealed


def manifest_of(version: DatasetVersion) -> Manifest:
    """The manifest, opened; Problem `data-damaged`, `key-missing`."""
    key = keys.dataset_key(version.dataset.project_id, version.dataset_id)
    try:
        return _opened(key, version.dataset_id, version.digest, version.pk)
    except VaultError as error:
        raise damaged(version.dataset_id, error.sentence) from error


# In both caches the key is part of the question: without it, nothing kept can be reached.
@lru_cache(maxsize=4)
def _opened(key: bytes, dataset_id: int, digest: str, version_pk: int) -> Manifest:
    version = DatasetVersion.objects.get(pk=version_pk)
    return open_manifest(key, dataset_id, sealed_manifest(version))


@lru_cache(maxsize=32)
def _chunk_names(key: bytes, dataset_id: int, digest: str, version_pk: int) -> frozenset[str]:
    manifest = manifest_of(DatasetVersion.objects.select_related("dataset").get(pk=version_pk))
    return frozenset(chunk.name for chunk in manifest.chunks)


def has_chunk(version: DatasetVersion, name: str) -> bool:
    """Whether the version uses a chunk of this name. Which ones it does, only its manifest says;
    the names of versions read lately are kept."""
    key = keys.dataset_key(version.dataset.project_id, version.dataset_id)
    return name in _chunk_names(key, version.dataset_id, version.digest, version.pk)


def sealed_chunk(dataset_id: int, name: str) -> bytes:
    """A stored chunk; Problem `data-damaged` when it is gone."""
    try:
        return the_store().get(chunk_object(dataset_id, name))
    except KeyError:
        raise damaged(dataset_id, f"chunk {name[:16]}") from None


class ChunkSource:
    """Where reading in the vault finds the chunks of a dataset."""

    def __init__(self, dataset_id: int) -> None:
        self._dataset_id = dataset_id

    def get(self, name: str) -> bytes:
        """As `sealed_chunk`."""
        return sealed_chunk(self._dataset_id, name)


def files_page(version: DatasetVersion, before: int | None, limit: int) -> FilePage:
    """Up to `limit` files; `before` as the page before this one gave it."""
    files = manifest_of(version).files
    start = len(files) - before if before is not None else 0
    start = max(0, min(start, len(files)))
    stop = min(start + max(1, min(limit, 1000)), len(files))
    return FilePage(files[start:stop], len(files) - stop or None)


def file_entry(manifest: Manifest, path: str) -> FileEntry:
    """The file of this path; Problem `no-such-file`."""
    place = bisect_right(manifest.files, path, key=lambda entry: entry.path) - 1
    if place < 0 or manifest.files[place].path != path:
        raise Problem("no-such-file", path=ascii(path[:120]))
    return manifest.files[place]


def damaged(dataset_id: int, what: str) -> Problem:
    """The problem of damaged data, with the particulars in the log."""
    log.error("dataset %s is damaged: %s", dataset_id, what)
    return Problem("data-damaged")
