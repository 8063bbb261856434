"""Fetching: open and check every chunk, write beside the destination, rename at the end."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from fabriek_vault.disk import aligned_buffer, reserve, sync_filesystem, write_at
from fabriek_vault.errors import IntegrityError, VaultError
from fabriek_vault.keys import DatasetKeys
from fabriek_vault.manifest import FileEntry, Manifest
from fabriek_vault.objects import Bytes, open_chunk, open_object_into
from fabriek_vault.parallel import THREADS, OnProgress, Progress, run
from fabriek_vault.paths import shown

_RESERVED_FROM_BYTES = 4 * 1024 * 1024
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC

Piece = tuple[int, int, int, int]
"""(index of the file, offset in it, offset in the chunk, length)"""


class Source(Protocol):
    """Where chunk objects come from; called from several threads."""

    def get(self, name: str) -> Bytes:
        """The stored bytes of one object; VaultError `chunk-missing` when it is not there."""


def pull(
    manifest: Manifest,
    keys: DatasetKeys,
    source: Source,
    destination: str | os.PathLike[str],
    on_progress: OnProgress | None = None,
    *,
    threads: int = THREADS,
    durable: bool = True,
) -> None:
    """Write the files of a version into the new folder `destination`.

    Until everything is there and checked, the files lie in a hidden folder beside it. `durable`
    waits until the disk has them. VaultError `destination-exists`, `pull-in-progress`,
    `disk-full`; IntegrityError `chunk-damaged`; whatever the source raises.
    """
    final = Path(destination).absolute()
    _refuse_existing(final)
    with _partial_folder(final) as partial:
        progress = Progress(manifest.size_bytes, on_progress)
        try:
            _make_folders_and_reserve(manifest, partial)
            run(
                list(enumerate(_pieces(manifest))),
                lambda: _Puller(manifest, keys, source, str(partial), progress).pull,
                min(threads, len(manifest.chunks)),
            )
            if durable:
                sync_filesystem(str(partial))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise VaultError(
                    "disk-full", "The disk is full.", "Make room on it and try again.", retry=True
                ) from error
            raise
        _refuse_existing(final)
        partial.rename(final)


def read_range(
    manifest: Manifest, keys: DatasetKeys, source: Source, path: str, *, start: int, stop: int
) -> Iterator[memoryview]:
    """The bytes [start, stop) of one file, in pieces of at most a chunk, each checked.

    VaultError `no-such-file`; a range beyond the end is cut off at the end.
    """
    entry = manifest.by_path.get(path)
    if entry is None:
        raise VaultError("no-such-file", f"The version holds no file {shown(path)}.")
    return _read_range(manifest, keys, source, entry, range(start, stop))


def _read_range(
    manifest: Manifest, keys: DatasetKeys, source: Source, entry: FileEntry, span: range
) -> Iterator[memoryview]:
    position = 0
    for index, offset, length in entry.extents:
        first, last = max(span.start, position), min(span.stop, position + length)
        if first < last:
            chunk = manifest.chunks[index]
            plaintext = open_chunk(keys, chunk.name, source.get(chunk.name))
            if len(plaintext) != chunk.plain_bytes:
                raise _wrong_size(chunk.name)
            shift = offset - position
            yield memoryview(plaintext)[first + shift : last + shift]
        position += length


class _Puller:
    """One thread's plaintext buffer."""

    def __init__(
        self,
        manifest: Manifest,
        keys: DatasetKeys,
        source: Source,
        folder: str,
        progress: Progress,
    ) -> None:
        self.manifest, self.keys, self.source = manifest, keys, source
        self.folder, self.progress = folder, progress
        self.plain = aligned_buffer(0)

    def pull(self, item: tuple[int, list[Piece]]) -> None:
        index, pieces = item
        chunk = self.manifest.chunks[index]
        if len(self.plain) < chunk.plain_bytes:
            self.plain = aligned_buffer(chunk.plain_bytes)
        sealed = self.source.get(chunk.name)
        name = bytes.fromhex(chunk.name)
        if open_object_into(self.keys.chunks, name, sealed, self.plain) != chunk.plain_bytes:
            raise _wrong_size(chunk.name)
        view = self.plain
        for file, file_offset, offset, length in pieces:
            self._write(self.manifest.files[file], file_offset, view[offset : offset + length])
            self.progress.add(length)

    def _write(self, entry: FileEntry, offset: int, data: memoryview) -> None:
        mode = 0o777 if entry.executable else 0o666
        descriptor = os.open(f"{self.folder}/{entry.path}", _WRITE_FLAGS, mode)
        try:
            write_at(descriptor, data, offset)
        finally:
            os.close(descriptor)


def _pieces(manifest: Manifest) -> list[list[Piece]]:
    """For every chunk, which of its bytes go where."""
    pieces: list[list[Piece]] = [[] for _ in manifest.chunks]
    for file, entry in enumerate(manifest.files):
        position = 0
        for index, offset, length in entry.extents:
            pieces[index].append((file, position, offset, length))
            position += length
    return pieces


def _make_folders_and_reserve(manifest: Manifest, folder: Path) -> None:
    """Make the folders, the empty files, and the large files with their room on the disk: a disk
    that is too small is found before anything is fetched."""
    made = {""}
    for entry in manifest.files:
        parent = entry.path.rpartition("/")[0]
        if parent not in made:
            (folder / parent).mkdir(parents=True, exist_ok=True)
            made.add(parent)
        if 0 < entry.size_bytes < _RESERVED_FROM_BYTES:
            continue
        mode = 0o777 if entry.executable else 0o666
        descriptor = os.open(folder / entry.path, _WRITE_FLAGS, mode)
        try:
            reserve(descriptor, entry.size_bytes)
        finally:
            os.close(descriptor)


@contextmanager
def _partial_folder(final: Path) -> Iterator[Path]:
    """An empty folder beside the final one, locked; gone afterwards unless it was renamed."""
    partial = final.parent / f".{final.name[:200]}.fabriek-partial"
    partial.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(partial, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(partial.stat(), os.fstat(descriptor)):
                raise BlockingIOError
        except OSError:
            raise VaultError(
                "pull-in-progress",
                f"Something else is already writing {shown(str(final))}.",
                "Wait for it to end, or choose another folder.",
                retry=True,
            ) from None
        _empty(partial)
        try:
            yield partial
        finally:
            if partial.is_dir():
                shutil.rmtree(partial, ignore_errors=True)
    finally:
        os.close(descriptor)


def _empty(folder: Path) -> None:
    """Clear what a killed pull left behind."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _refuse_existing(final: Path) -> None:
    if not os.path.lexists(final):
        return
    if final.is_symlink() or not final.is_dir() or any(final.iterdir()):
        raise VaultError(
            "destination-exists",
            f"There is already something at {shown(str(final))}.",
            "Choose another folder, or move it away.",
        )


def _wrong_size(name: str) -> IntegrityError:
    return IntegrityError("chunk-damaged", f"The chunk {name[:16]} has another size than listed.")
