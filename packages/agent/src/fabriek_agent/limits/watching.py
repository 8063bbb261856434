"""Limits without the kernel's help: looking at the process tree twenty times a second."""

import contextlib
import os
import resource
from pathlib import Path

from fabriek_agent import proctree
from fabriek_agent.limits.contract import Reading, Tree
from fabriek_agent.spec import MIB, RunSpec

_MEMORY_FOLDERS = ("tmp", "dev/shm")
_FIRST_KERNEL_WITH_NAMESPACED_NPROC = (5, 14)


class Watching:
    """Sums over the tree. A job can pass a limit for as long as it takes to look once.

    Memory that no process has mapped (a written memfd, say) is not seen.
    """

    interval_s = 0.05
    folders: list[Path] = []  # there are none, ever

    def __init__(self, spec: RunSpec, tree: Tree) -> None:
        self._spec = spec
        self._tree = tree
        self._before_s = _waited_for_s()
        self._cpu_s = 0.0
        self._peak_bytes = 0

    def prefix(self) -> list[str]:
        """Nothing."""
        return []

    def inner_prefix(self) -> list[str]:
        """RLIMIT_NPROC, where the kernel counts processes by user namespace.

        Set inside the sandbox it counts this job's processes only.
        """
        release = tuple(int(part) for part in os.uname().release.split(".")[:2])
        if release < _FIRST_KERNEL_WITH_NAMESPACED_NPROC:
            return []
        limit = self._spec.process_limit
        return [f"--nproc={limit}:{limit}"]

    def join(self) -> None:
        """Nothing to join."""

    def started(self, pid: int) -> None:
        """Nothing to find."""

    def read(self) -> Reading:
        """Sum up the tree; a doubt about shared memory is settled by the slower count."""
        pids = self._tree()
        use = proctree.use_of(pids)
        limit = self._spec.memory_mib * MIB
        held = use.rss_bytes + _in_memory_folders(pids)
        if held > limit:
            held = proctree.shared_bytes(pids) + _in_memory_folders(pids)
        self._peak_bytes = max(self._peak_bytes, held)
        # What was waited for is exact but late; the sum over the living is early.
        self._cpu_s = max(self._cpu_s, use.cpu_s, _waited_for_s() - self._before_s)
        return Reading(
            cpu_s=self._cpu_s,
            memory_peak_mib=self._peak_bytes / MIB,
            memory_mib=held / MIB,
            over_memory=held > limit,
            over_processes=use.count > self._spec.process_limit,
        )

    def close(self) -> None:
        """Nothing to take away; the sandbox has killed the tree."""


def _waited_for_s() -> float:
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def _in_memory_folders(pids: list[int]) -> int:
    """Bytes in the job's own memory file systems, seen through one of its processes."""
    for pid in pids:
        with contextlib.suppress(OSError):
            root = os.stat(f"/proc/{pid}/root")
            if os.path.samestat(root, os.stat("/")):
                return 0
            total = 0
            for folder in _MEMORY_FOLDERS:
                space = os.statvfs(f"/proc/{pid}/root/{folder}")
                total += (space.f_blocks - space.f_bfree) * space.f_frsize
            return total
    return 0
