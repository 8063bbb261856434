"""Where objects lie: one small contract, and the local directory that keeps it.

Names are made by this room alone: lower-case words, digits and `-_.`, in folders divided by `/`.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from fabriek.core.problems import Problem
from fabriek.data import buffers
from fabriek_vault.disk import read_whole, reserve, write_at

Bytes = bytes | bytearray | memoryview
_NAME = re.compile(r"(?:[a-z0-9][a-z0-9_.-]*/)*[a-z0-9][a-z0-9_.-]*")
_LARGE_BYTES = 1024 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Store(Protocol):
    """The contract; its suite is tests/test_store.py."""

    def put(self, name: str, data: Bytes) -> bool:
        """Store a new object, whole or not at all, safe from a power cut when this returns.

        False, and nothing changed, when the name is taken. Problem `store-full`.
        """

    def replace(self, name: str, data: Bytes) -> None:
        """Store an object under a name that may be taken, in one step. Problem `store-full`."""

    def get(self, name: str) -> bytes:
        """The whole object; KeyError when there is none."""

    def get_range(self, name: str, start: int, stop: int) -> bytes:
        """The bytes [start, stop) of it, cut off at its end; KeyError when there is none."""

    def exists(self, name: str) -> bool:
        """Whether there is such an object."""

    def delete(self, name: str) -> None:
        """Take it away; without it nothing happens."""

    def names(self, folder: str) -> Iterator[str]:
        """The full names of all objects below the folder, in no particular order."""


class LocalStore:
    """Objects as files below one folder: written under a temporary name, fsync, linked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._arriving = root / ".arriving"
        self._arriving.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, name: str, data: Bytes) -> bool:
        """As the contract says."""
        path = self._path(name)
        if path.exists():
            return False
        fresh = self._write(data)
        try:
            return self._place(fresh, path, may_replace=False)
        finally:
            fresh.unlink(missing_ok=True)

    def replace(self, name: str, data: Bytes) -> None:
        """As the contract says."""
        fresh = self._write(data)
        try:
            self._place(fresh, self._path(name), may_replace=True)
        finally:
            fresh.unlink(missing_ok=True)

    def get(self, name: str) -> bytes:
        """As the contract says."""
        try:
            descriptor = os.open(self._path(name), os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, IsADirectoryError):
            raise KeyError(name) from None
        try:
            return _content(descriptor)
        except IsADirectoryError:
            raise KeyError(name) from None
        finally:
            os.close(descriptor)

    def get_range(self, name: str, start: int, stop: int) -> bytes:
        """As the contract says."""
        try:
            with self._path(name).open("rb", buffering=0) as file:
                file.seek(start)
                return file.read(max(0, stop - start))
        except (FileNotFoundError, IsADirectoryError):
            raise KeyError(name) from None

    def exists(self, name: str) -> bool:
        """As the contract says."""
        return self._path(name).is_file()

    def delete(self, name: str) -> None:
        """As the contract says."""
        self._path(name).unlink(missing_ok=True)

    def names(self, folder: str) -> Iterator[str]:
        """As the contract says."""
        for base, _, files in os.walk(self._path(folder)):
            inner = Path(base).relative_to(self._root)
            for file in files:
                yield str(inner / file)

    def clear_arriving(self, older_than_s: float, now_s: float) -> None:
        """Take away what a crash left under temporary names."""
        for path in self._arriving.iterdir():
            try:
                if path.stat().st_mtime < now_s - older_than_s:
                    path.unlink()
            except FileNotFoundError:
                continue

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or ".." in name:
            raise ValueError(f"not the name of an object: {name!r}")
        return self._root / name

    def _write(self, data: Bytes) -> Path:
        fresh = self._arriving / secrets.token_hex(16)
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                view = memoryview(data)
                if len(view) >= _LARGE_BYTES:
                    reserve(descriptor, len(view))
                write_at(descriptor, view, 0)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise _full_or(error) from error
        return fresh

    def _place(self, fresh: Path, path: Path, *, may_replace: bool) -> bool:
        try:
            self._make_folder(path.parent)
            if may_replace:
                fresh.rename(path)
            else:
                path.hardlink_to(fresh)
            _fsync_folder(path.parent)
        except FileExistsError:
            return False
        except OSError as error:
            raise _full_or(error) from error
        return True

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _fsync_folder(folder.parent)


def _content(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    if size < _LARGE_BYTES:
        return os.read(descriptor, size)
    # Whole blocks are read, so the buffer must have room for the last one.
    buffer = buffers.of_this_thread("object", -(-size // 4096) * 4096)
    return bytes(buffer[: read_whole(descriptor, buffer)])


def the_store() -> Store:
    """The store that the settings name."""
    return _local(str(settings.STATE_DIR))


@cache
def _local(state_dir: str) -> LocalStore:
    return LocalStore(Path(state_dir) / "store")


def disk_space() -> tuple[int, int]:
    """The bytes that are free on the disk of the store, and all of them."""
    folder = Path(settings.STATE_DIR) / "store"
    found = shutil.disk_usage(folder if folder.is_dir() else folder.parent)
    return found.free, found.total


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _full_or(error: OSError) -> Exception:
    return Problem("store-full") if error.errno in _FULL else error
