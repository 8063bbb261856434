"""What would be stored: walk a file or folder, and refuse before a byte is read."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from fabriek_vault.errors import VaultError
from fabriek_vault.paths import bad_name, path_fault, shown

CODE_IGNORE = frozenset(
    {".git", ".hg", ".venv", "venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
"""Names left out of a snapshot of code."""
_KINDS = {
    stat.S_IFLNK: "is a link",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFIFO: "is a pipe",
    stat.S_IFBLK: "is a device",
    stat.S_IFCHR: "is a device",
}
_SHOWN_FAULTS = 5


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file as it was when the plan was made; `identity` tells later whether it changed."""

    path: str
    source: str
    size_bytes: int
    executable: bool
    identity: tuple[int, int, int, int]


@dataclass(frozen=True)
class Plan:
    """The files to store, sorted by path."""

    files: tuple[PlannedFile, ...]

    @property
    def size_bytes(self) -> int:
        """The files' sizes together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def fingerprint(self) -> str:
        """Names this exact set of files (not their content), so that a broken push is found."""
        hasher = blake3(derive_key_context="fabriek.eu vault 1 plan fingerprint")
        for file in self.files:
            hasher.update(f"{file.path}\0{file.identity}\0{file.executable}\n".encode())
        return hasher.hexdigest()


def identity_of(status: os.stat_result) -> tuple[int, int, int, int]:
    """What must stay the same while a file is read: device, inode, size, time of change."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def plan(path: str | os.PathLike[str], ignore: frozenset[str] = frozenset()) -> Plan:
    """Plan a file or a folder with everything below it, leaving out names in `ignore`.

    VaultError: `not-found`, `nothing-to-store` (no file at all), `unsupported-file` (links,
    devices, sockets, pipes, what cannot be read), `bad-name`. The last two name what they refuse.
    """
    root = os.fspath(path)
    try:
        status = os.lstat(root)
    except (OSError, ValueError):
        raise VaultError(
            "not-found", f"There is no {shown(root)}.", "Check the path and try again."
        ) from None
    walk = _Walk(ignore)
    if stat.S_ISDIR(status.st_mode):
        walk.folder(root, "")
    else:
        walk.entry(root, Path(root).absolute().name, status)
    walk.refuse_faults()
    if not walk.files:
        raise VaultError(
            "nothing-to-store",
            f"There is no file in {shown(root)}.",
            "Choose a folder with at least one file in it.",
        )
    return Plan(tuple(sorted(walk.files, key=lambda file: file.path)))


class _Walk:
    """Collects the files, and the faults so that a person sees more than the first."""

    def __init__(self, ignore: frozenset[str]) -> None:
        self.ignore = ignore
        self.files: list[PlannedFile] = []
        self.unsupported: list[str] = []
        self.bad_names: list[str] = []

    def folder(self, source: str, path: str) -> None:
        pending = [(source, path)]
        while pending:
            folder, prefix = pending.pop()
            for entry in self._entries(folder, prefix):
                name = f"{prefix}/{entry.name}" if prefix else entry.name
                if entry.is_dir(follow_symlinks=False):
                    pending.append((entry.path, name))
                    continue
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError as error:
                    self.unsupported.append(f"{shown(name)} cannot be read ({error.strerror})")
                    continue
                self.entry(entry.path, name, status)

    def entry(self, source: str, path: str, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "is not an ordinary file")
            self.unsupported.append(f"{shown(path)} {kind}")
        elif fault := path_fault(path):
            self.bad_names.append(f"{shown(path)} {fault}")
        elif not os.access(source, os.R_OK):
            self.unsupported.append(f"{shown(path)} cannot be read (no permission)")
        else:
            executable = bool(status.st_mode & stat.S_IXUSR)
            identity = identity_of(status)
            self.files.append(PlannedFile(path, source, status.st_size, executable, identity))

    def refuse_faults(self) -> None:
        if self.unsupported:
            raise VaultError(
                "unsupported-file",
                f"Only ordinary files can be stored: {_listed(self.unsupported)}.",
                "Take them out of the folder, or replace links by the files they point to.",
            )
        if self.bad_names:
            raise bad_name(f"Some names cannot be stored: {_listed(self.bad_names)}.")

    def _entries(self, folder: str, path: str) -> Iterator["os.DirEntry[str]"]:
        try:
            with os.scandir(folder) as found:
                yield from (entry for entry in found if entry.name not in self.ignore)
        except OSError as error:
            self.unsupported.append(f"{shown(path or folder)} cannot be read ({error.strerror})")


def _listed(faults: list[str]) -> str:
    rest = len(faults) - _SHOWN_FAULTS
    more = f"; and {rest} more" if rest > 0 else ""
    return "; ".join(sorted(faults)[:_SHOWN_FAULTS]) + more
