"""How much disk a folder takes, also while a job changes it; and wiping it whatever is in it."""

import contextlib
import os
import stat
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from fabriek_agent.spec import MIB

# An empty file costs an inode: counted as a block, so that files without content are no way out.
_ENTRY_BYTES = 4096
_TOO_DEEP_BYTES = 1 << 62


def used_bytes(folder: Path, leave_out: Iterable[Path] = ()) -> int:
    """Bytes of everything below a folder: the larger of size and blocks, at least 4 KiB each.

    Links are not followed. A path too long to look at counts as more than any limit.
    """
    skipped = {os.fspath(path) for path in leave_out}
    waiting = [os.fspath(folder)]
    seen: set[int] = set()
    total = 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.path in skipped:
                        continue
                    total += _entry_bytes(entry, seen)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:
            continue
        except PermissionError:
            continue
        except OSError:
            return _TOO_DEEP_BYTES
    return total


def _entry_bytes(entry: "os.DirEntry[str]", seen: set[int]) -> int:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return 0
    if status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
        if status.st_ino in seen:
            return 0
        seen.add(status.st_ino)
    return max(_ENTRY_BYTES, status.st_size, status.st_blocks * 512)


def deleted_bytes(pids: Iterable[int], device: int) -> int:
    """Bytes of files that processes hold open though they have no name any more."""
    sizes: dict[int, int] = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for number in os.listdir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    status = os.stat(f"/proc/{pid}/fd/{number}")
                    if status.st_nlink == 0 and status.st_dev == device:
                        sizes[status.st_ino] = max(status.st_size, status.st_blocks * 512)
    return sum(sizes.values())


class DiskWatch:
    """Measures a folder again and again in a thread of its own; walking may take long."""

    def __init__(self, measure: Callable[[], int], interval_s: float = 0.1) -> None:
        self.peak_bytes = self.now_bytes = 0
        self._measure = measure
        self._interval_s = interval_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="disk-watch", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        pause_s = self._interval_s
        while not self._ended.wait(pause_s):
            cpu_before = os.times()
            self._look()
            cpu_after = os.times()
            spent_s = cpu_after.elapsed - cpu_before.elapsed
            # A large tree is walked less often: watching may cost a tenth of a core, no more.
            pause_s = max(self._interval_s, 10 * spent_s)

    def end(self) -> None:
        """Measure a last time and stop."""
        self._ended.set()
        self._thread.join()
        self._look()

    def _look(self) -> None:
        self.now_bytes = self._measure()
        self.peak_bytes = max(self.peak_bytes, self.now_bytes)


def in_mib(number_of_bytes: int) -> float:
    """MiB; what could not be looked at reads as 0 here, it is told in words."""
    return 0.0 if number_of_bytes >= _TOO_DEEP_BYTES else number_of_bytes / MIB


def hand_over(folder: Path, uid: int, leave_out: Iterable[str] = ()) -> None:
    """Give a folder and everything in it to a user (and the group of the same number), without
    the folders directly in it that are named in `leave_out`."""
    os.chown(folder, uid, uid)
    for parent, folders, files in os.walk(folder):
        if parent == os.fspath(folder):
            folders[:] = [name for name in folders if name not in leave_out]
        for name in (*folders, *files):
            os.chown(os.path.join(parent, name), uid, uid, follow_symlinks=False)


def make_read_only(folder: Path) -> None:
    """Everything in a folder readable by all and writable by none."""
    for parent, _, files in os.walk(folder, topdown=False):
        for name in files:
            path = os.path.join(parent, name)
            os.chmod(path, 0o555 if os.stat(path).st_mode & 0o100 else 0o444)
        os.chmod(parent, 0o555)  # noqa: S103 - read-only is the point


def wipe(folder: Path) -> None:
    """Remove a folder with everything in it; OSError when something stays.

    `rm` is used because it walks by file descriptors: a job can nest folders deeper than any
    path may be long, and deeper than Python recurses.
    """
    if not folder.exists() and not folder.is_symlink():
        return
    for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        # A job may take away its own rights to its folders. As root that does not matter.
        if command[0] == "chmod" and os.geteuid() == 0:
            continue
        subprocess.run([*command, "--", os.fspath(folder)], check=False, stderr=subprocess.DEVNULL)
    if folder.exists():
        raise OSError(f"{folder} could not be removed.")
