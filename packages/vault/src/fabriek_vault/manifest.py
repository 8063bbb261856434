"""The manifest: which files a version holds and in which chunks their bytes lie."""

import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fabriek_vault.errors import IntegrityError, VaultError
from fabriek_vault.keys import TAG_BYTES, DatasetKeys, known_algorithm
from fabriek_vault.objects import (
    CHUNK_BYTES,
    NAME_BYTES,
    digest_hex,
    object_name,
    open_object_into,
    seal_object_into,
)
from fabriek_vault.paths import check_paths

FORMAT = 1
MAX_FILES = 1_000_000
MAX_CHUNKS = 1_000_000
MAX_SEALED_BYTES = 64 * 1024 * 1024
MAX_JSON_BYTES = 256 * 1024 * 1024
_MAGIC = b"fabriek-manifest-1\n"

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
        "chunks": [[chunk.name, chunk.plain_bytes, chunk.stored_bytes] for chunk in manifest.chunks],
        "files": [[f.path, f.size_bytes, int(f.executable), f.extents] for f in manifest.files],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def parse(data: bytes) -> Manifest:
    """Read the canonical form. VaultError `bad-manifest` or `bad-name` for anything else."""
    if len(data) > MAX_JSON_BYTES:
        raise _bad("is too large")
    try:
        manifest = _build(json.loads(data))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _bad("does not have the right form") from None
    _check_chunks(manifest)
    _check_files(manifest)
    # Whatever JSON lets two writers do differently (spaces, doubled keys, 1.0) ends here.
    if canonical(manifest) != data:
        raise _bad("is not in canonical form")
    return manifest


def check(manifest: Manifest) -> Manifest:
    """The manifest itself when every rule of the format holds; VaultError as `parse`."""
    return parse(canonical(manifest))


def seal_manifest(keys: DatasetKeys, manifest: Manifest) -> bytes:
    """The stored form: magic line, algorithm line, name, ciphertext of the compressed JSON."""
    if manifest.algorithm != keys.algorithm:
        raise _bad("names another algorithm than its keys")
    plaintext = zlib.compress(canonical(manifest), 1)
    name = object_name(keys.manifests, plaintext)
    header = _MAGIC + keys.algorithm.encode() + b"\n" + name
    out = bytearray(len(plaintext) + TAG_BYTES)
    seal_object_into(keys.manifests, name, plaintext, out)
    sealed = header + out
    if len(sealed) > MAX_SEALED_BYTES:
        raise _bad("is too large")
    return sealed


def sealed_algorithm(sealed: bytes) -> str:
    """The algorithm a sealed manifest says it is sealed with (checked when it is opened)."""
    magic, _, rest = sealed[: len(_MAGIC) + 64].partition(b"\n")
    algorithm, newline, _ = rest.partition(b"\n")
    if magic + b"\n" != _MAGIC or not newline:
        raise IntegrityError("manifest-damaged", "A manifest does not begin as one.")
    return known_algorithm(algorithm.decode("ascii", "replace"))


def open_manifest(dataset_key: bytes, dataset_id: int, sealed: bytes) -> Manifest:
    """Open and check a sealed manifest of this dataset.

    IntegrityError `manifest-damaged` for changed bytes or another key; VaultError
    `wrong-dataset` when it names another dataset, `bad-manifest`/`bad-name` as `parse`.
    """
    if len(sealed) > MAX_SEALED_BYTES:
        raise _bad("is too large")
    keys = DatasetKeys.derive(dataset_key, sealed_algorithm(sealed))
    start = len(_MAGIC) + len(keys.algorithm) + 1
    name, body = sealed[start : start + NAME_BYTES], sealed[start + NAME_BYTES :]
    plaintext = bytearray(max(0, len(body) - TAG_BYTES))
    open_object_into(keys.manifests, name, body, plaintext)
    manifest = parse(_inflate(plaintext))
    if manifest.algorithm != keys.algorithm:
        raise _bad("names another algorithm than it is sealed with")
    if manifest.dataset_id != dataset_id:
        raise VaultError(
            "wrong-dataset",
            f"The manifest is of dataset {manifest.dataset_id}, not of {dataset_id}.",
            "Upload the files again to the dataset you mean.",
        )
    return manifest


def manifest_digest(sealed: bytes) -> str:
    """The digest that a version's signature covers: BLAKE3 of the sealed bytes, in hex."""
    return digest_hex(sealed)


def _inflate(data: bytearray) -> bytes:
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(data, MAX_JSON_BYTES)
    except zlib.error:
        raise _bad("does not decompress") from None
    if not inflater.eof or inflater.unused_data:
        raise _bad("is too large, cut off or has something behind it")
    return plain


def _build(document: Any) -> Manifest:
    chunks, files = document["chunks"], document["files"]
    if len(chunks) > MAX_CHUNKS or len(files) > MAX_FILES:
        raise _bad(f"holds more than {MAX_FILES:,} files or {MAX_CHUNKS:,} chunks")
    return Manifest(
        document["format"],
        document["algorithm"],
        document["dataset_id"],
        tuple([FileEntry(p, s, x == 1, tuple([(c, o, n) for c, o, n in e])) for p, s, x, e in files]),
        tuple([ChunkRef(name, plain, stored) for name, plain, stored in chunks]),
    )


def _check_chunks(manifest: Manifest) -> None:
    if type(manifest.format) is not int or manifest.format != FORMAT:
        raise _bad(f"has a format other than {FORMAT}; a newer program may read it")
    if type(manifest.algorithm) is not str or type(manifest.dataset_id) is not int:
        raise _bad("does not have the right form")
    known_algorithm(manifest.algorithm)
    names: set[str] = set()
    for chunk in manifest.chunks:
        check_chunk_name(chunk.name)
        if type(chunk.plain_bytes) is not int or not 0 < chunk.plain_bytes <= CHUNK_BYTES:
            raise _bad("has a chunk of an impossible size")
        if chunk.stored_bytes != chunk.plain_bytes + TAG_BYTES:
            raise _bad("has a chunk whose two sizes do not belong together")
        names.add(chunk.name)
    if len(names) != len(manifest.chunks):
        raise _bad("lists a chunk twice")


def _check_files(manifest: Manifest) -> None:
    if not manifest.files:
        raise _bad("holds no files")
    plain_sizes = [chunk.plain_bytes for chunk in manifest.chunks]
    used: set[int] = set()
    previous = ""
    for entry in manifest.files:
        if type(entry.path) is not str or type(entry.size_bytes) is not int:
            raise _bad("does not have the right form")
        if entry.path <= previous:
            raise _bad("does not list its files in order, each once")
        previous = entry.path
        covered = 0
        for index, offset, length in entry.extents:
            if not (type(index) is type(offset) is type(length) is int):
                raise _bad("does not have the right form")
            if not 0 <= index < len(plain_sizes) or offset < 0 or length < 1:
                raise _bad("points outside its chunks")
            if offset + length > plain_sizes[index]:
                raise _bad("points outside its chunks")
            used.add(index)
            covered += length
        if covered != entry.size_bytes:
            raise _bad("has a file whose parts do not add up to its size")
    if len(used) != len(plain_sizes):
        raise _bad("lists a chunk that no file uses")
    check_paths(entry.path for entry in manifest.files)


def check_chunk_name(name: Any) -> str:
    """A chunk's name: 64 lowercase hex digits; VaultError `bad-manifest` otherwise."""
    if type(name) is not str or len(name) != 2 * NAME_BYTES or not name.isascii():
        raise _bad("has a chunk name that is none")
    if name.strip("0123456789abcdef"):
        raise _bad("has a chunk name that is none")
    return name


def _bad(what: str) -> VaultError:
    return VaultError("bad-manifest", f"The manifest {what}.", "Upload the files again.")
