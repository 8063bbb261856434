"""What the two cgroup versions share: reading files, killing all members, removing a folder."""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

CGROUP_ROOT = Path("/sys/fs/cgroup")


def try_out(parent: Path) -> None:
    """Make a cgroup below a parent and remove it again; OSError when that is not allowed."""
    parent.mkdir(exist_ok=True)
    trial = parent / f"probe-{os.getpid()}-{threading.get_ident()}"
    trial.mkdir()
    try:
        os.close(os.open(trial / "cgroup.procs", os.O_WRONLY))
    finally:
        trial.rmdir()


def number_in(folder: Path, name: str) -> int:
    """The number in a cgroup file; 0 when the file is not there or says `max`."""
    try:
        return int((folder / name).read_text())
    except (OSError, ValueError):
        return 0


def keyed(folder: Path, name: str, key: str) -> int:
    """The number behind a key in a cgroup file of `key number` lines; 0 when not there."""
    try:
        for line in (folder / name).read_text().splitlines():
            word, _, value = line.partition(" ")
            if word == key:
                return int(value)
    except (OSError, ValueError):
        pass
    return 0


def members(folder: Path) -> list[int]:
    """The processes in a cgroup now."""
    try:
        return [int(line) for line in (folder / "cgroup.procs").read_text().split()]
    except OSError:
        return []


def kill_members(folder: Path, patience_s: float = 10.0) -> None:
    """SIGKILL all members until there is none. OSError when some outlive the patience."""
    deadline = time.monotonic() + patience_s
    while pids := members(folder):
        with contextlib.suppress(OSError):
            (folder / "cgroup.kill").write_text("1")
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise OSError(f"{len(pids)} processes in {folder} cannot be killed.")
        time.sleep(0.001)


def remove_folder(folder: Path, patience_s: float = 5.0) -> None:
    """Remove an emptied cgroup; the kernel lets go of the last member a moment after it died."""
    deadline = time.monotonic() + patience_s
    while folder.exists():
        try:
            folder.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.002)


def forbid_forks(folder: Path) -> None:
    """No member can start another process: killing them one by one then comes to an end."""
    with contextlib.suppress(OSError):
        (folder / "pids.max").write_text("0")
