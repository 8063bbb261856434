"""The manifest: which files a version holds and in which chunks their bytes lie."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fabriek_vault.errors import VaultError
from fabriek_vault.keys import TAG_BYTES, known_algorithm
from fabriek_vault.objects import CHUNK_BYTES, NAME_BYTES
from fabriek_vault.paths import check_paths

FORMAT = 1
MAX_FILES = 1_000_000
MAX_CHUNKS = 1_000_000
MAX_JSON_BYTES = 256 * 1024 * 1024

Extent = tuple[int, int, int]
"""(index of the chunk, offset in its plaintext, length in bytes)"""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file; its bytes are its extents in order. An empty file has none."""

    path: str
    size_bytes: int
    executable: bool
    extents: tuple[Extent, ...]


@dataclass(frozen=True, slots=True)
class ChunkRef:
    """One chunk: its keyed name in hex, its size before and after sealing."""

    name: str
    plain_bytes: int
    stored_bytes: int


@dataclass(frozen=True)
class Manifest:
    """One version of a dataset. Files are sorted by path; every chunk is used by some file."""

    format: int
    algorithm: str
    dataset_id: int
    files: tuple[FileEntry, ...]
    chunks: tuple[ChunkRef, ...]

    @cached_property
    def size_bytes(self) -> int:
        """The files' sizes together."""
        return sum(entry.size_bytes for entry in self.files)

    @cached_property
    def stored_bytes(self) -> int:
        """The chunk objects' sizes together."""
        return sum(chunk.stored_bytes for chunk in self.chunks)

    @cached_property
    def by_path(self) -> dict[str, FileEntry]:
        """The files by their path."""
        return {entry.path: entry for entry in self.files}


def canonical(manifest: Manifest) -> bytes:
    """The one JSON form of a manifest: compact, UTF-8, keys in this order."""
    document = {
        "format": manifest.format,
        "algorithm": manifest.algorithm,
        "dataset_id": manifest.dataset_id,
        "chunks": [
            [chunk.name, chunk.plain_bytes, chunk.stored_bytes] for chunk in manifest.chunks
        ],
        "files": [[f.path, f.size_bytes, int(f.executable), f.extents] for f in manifest.files],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def parse(data: bytes) -> Manifest:
    """Read the canonical form. VaultError `bad-manifest` or `bad-name` for anything else."""
    if len(data) > MAX_JSON_BYTES:
        raise bad_manifest("is too large")
    try:
        manifest = _build(json.loads(data))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise bad_manifest("does not have the right form") from None
    _check_chunks(manifest)
    _check_files(manifest)
    # Whatever JSON lets two writers do differently (spaces, doubled keys, 1.0) ends here.
    if canonical(manifest) != data:
        raise bad_manifest("is not in canonical form")
    return manifest


def check(manifest: Manifest) -> Manifest:
    """The manifest itself when every rule of the format holds; VaultError as `parse`."""
    return parse(canonical(manifest))


def _build(document: Any) -> Manifest:
    chunks, files = document["chunks"], document["files"]
    if len(chunks) > MAX_CHUNKS or len(files) > MAX_FILES:
        raise bad_manifest(f"holds more than {MAX_FILES:,} files or {MAX_CHUNKS:,} chunks")
    return Manifest(
        document["format"],
        document["algorithm"],
        document["dataset_id"],
        tuple([FileEntry(p, s, x == 1, _extents(e)) for p, s, x, e in files]),
        tuple([ChunkRef(name, plain, stored) for name, plain, stored in chunks]),
    )


def _extents(extents: Any) -> tuple[Extent, ...]:
    return tuple([(index, offset, length) for index, offset, length in extents])


def _check_chunks(manifest: Manifest) -> None:
    if type(manifest.format) is not int or manifest.format != FORMAT:
        raise bad_manifest(f"has a format other than {FORMAT}; a newer program may read it")
    if type(manifest.algorithm) is not str or type(manifest.dataset_id) is not int:
        raise bad_manifest("does not have the right form")
    known_algorithm(manifest.algorithm)
    names: set[str] = set()
    for chunk in manifest.chunks:
        check_chunk_name(chunk.name)
        if type(chunk.plain_bytes) is not int or not 0 < chunk.plain_bytes <= CHUNK_BYTES:
            raise bad_manifest("has a chunk of an impossible size")
        if chunk.stored_bytes != chunk.plain_bytes + TAG_BYTES:
            raise bad_manifest("has a chunk whose two sizes do not belong together")
        names.add(chunk.name)
    if len(names) != len(manifest.chunks):
        raise bad_manifest("lists a chunk twice")


def _check_files(manifest: Manifest) -> None:
    if not manifest.files:
        raise bad_manifest("holds no files")
    plain_sizes = [chunk.plain_bytes for chunk in manifest.chunks]
    used: set[int] = set()
    previous = ""
    for entry in manifest.files:
        if type(entry.path) is not str or type(entry.size_bytes) is not int:
            raise bad_manifest("does not have the right form")
        if entry.path <= previous:
            raise bad_manifest("does not list its files in order, each once")
        previous = entry.path
        covered = 0
        for index, offset, length in entry.extents:
            if not (type(index) is type(offset) is type(length) is int):
                raise bad_manifest("does not have the right form")
            if not 0 <= index < len(plain_sizes) or offset < 0 or length < 1:
                raise bad_manifest("points outside its chunks")
            if offset + length > plain_sizes[index]:
                raise bad_manifest("points outside its chunks")
            used.add(index)
            covered += length
        if covered != entry.size_bytes:
            raise bad_manifest("has a file whose parts do not add up to its size")
    if len(used) != len(plain_sizes):
        raise bad_manifest("lists a chunk that no file uses")
    check_paths(entry.path for entry in manifest.files)


def check_chunk_name(name: Any) -> str:
    """A chunk's name: 64 lowercase hex digits; VaultError `bad-manifest` otherwise."""
    if type(name) is not str or len(name) != 2 * NAME_BYTES or not name.isascii():
        raise bad_manifest("has a chunk name that is none")
    if name.strip("0123456789abcdef"):
        raise bad_manifest("has a chunk name that is none")
    return name


def bad_manifest(what: str) -> VaultError:
    """The refusal of a manifest; `what` ends the sentence."""
    return VaultError("bad-manifest", f"The manifest {what}.", "Upload the files again.")
