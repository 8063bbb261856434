"""The processes below one process, read from /proc.

The agent is a subreaper: whatever a job leaves behind by forking twice or starting a session
becomes the agent's child, so the tree below the agent is the whole job.
"""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PR_SET_DUMPABLE = 4
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper() -> None:
    """From now on orphans below this process become its children."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def become_undumpable() -> None:
    """No process of the same user may read this one's memory, environment or open files."""
    _prctl(_PR_SET_DUMPABLE, 0)


def die_with_parent() -> None:
    """SIGKILL for this process when the thread that started it ends. For use after fork."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) failed")


def children(pid: int) -> list[int]:
    """The children of one process; none when it is gone."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                text = _read(f"/proc/{pid}/task/{thread}/children")
                found += [int(word) for word in text.split()]
    return found


def descendants(pid: int, leave_out: Iterable[int] = ()) -> list[int]:
    """Everything below one process, without it, without `leave_out` and what is below those."""
    seen = {pid, *leave_out}
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for child in children(waiting.pop()):
            if child not in seen:
                seen.add(child)
                found.append(child)
                waiting.append(child)
    return found


@dataclass(frozen=True)
class TreeUse:
    """What a set of processes uses now."""

    cpu_s: float
    rss_bytes: int
    count: int


def use_of(pids: Iterable[int]) -> TreeUse:
    """CPU time (with that of children already waited for) and resident memory, summed.

    Memory shared between processes counts once in each: `shared_bytes` settles a doubt.
    """
    ticks = rss = count = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError, ValueError):
            # The name in parentheses may hold spaces and parentheses itself.
            stat = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
            ticks += sum(int(value) for value in stat[11:15])
            rss += int(stat[21]) * _PAGE_BYTES
            count += 1
    return TreeUse(ticks / _TICKS_PER_S, rss, count)


def shared_bytes(pids: Iterable[int]) -> int:
    """Memory with each shared page counted once over the set (PSS); slower than `use_of`."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
                if line.startswith(b"Pss:"):
                    total += int(line.split()[1]) * 1024
                    break
    return total


def send(pids: Iterable[int], number: int) -> None:
    """Send a signal to each; those that are gone already are left out."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def strike(pid: int, leave_out: Iterable[int]) -> None:
    """SIGKILL everything below a process, once, without reaping.

    Stopping comes first: a process that is stopped does not fork while we read the list.
    """
    stopped: set[int] = set()
    while fresh := set(descendants(pid, leave_out)) - stopped:
        send(fresh, signal.SIGSTOP)
        stopped |= fresh
    send(stopped, signal.SIGKILL)


def kill_below(pid: int, leave_out: Iterable[int], patience_s: float = 10.0) -> bool:
    """SIGKILL everything below a process and reap it; False when something outlived patience."""
    kept = tuple(leave_out)
    deadline = time.monotonic() + patience_s
    while descendants(pid, kept):
        strike(pid, kept)
        for child in set(children(pid)) - set(kept):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, os.WNOHANG)
        if time.monotonic() > deadline:
            return False
        time.sleep(0.0005)
    return True


def kill_user(uid: int) -> None:
    """SIGKILL every process of a user at once. Needs root; for uids that only jobs have."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()
