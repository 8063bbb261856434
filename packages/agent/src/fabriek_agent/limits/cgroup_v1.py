"""Limits by cgroup version 1: one folder in each controller's hierarchy."""

import os
from pathlib import Path

from fabriek_agent.limits.contract import Reading
from fabriek_agent.limits.folders import (
    CGROUP_ROOT,
    forbid_forks,
    keyed,
    kill_members,
    number_in,
    remove_folder,
    try_out,
)
from fabriek_agent.spec import MIB, RunSpec

_PERIOD_US = 100_000
_NEEDED = ("memory", "pids", "cpu", "cpuacct")


def usable(parent: str) -> str | None:
    """None when all four controllers can be used, else why not."""
    for controller in _NEEDED:
        folder = CGROUP_ROOT / controller
        if not (folder / "cgroup.procs").exists():
            return f"there is no cgroup v1 controller {controller}"
        try:
            try_out(folder / parent)
        except OSError as error:
            return f"{folder} cannot be written ({error.strerror})"
    return None


class CgroupV1:
    """A folder per controller, `<hierarchy>/<parent>/<run name>`."""

    interval_s = 0.1

    def __init__(self, spec: RunSpec, parent: str) -> None:
        self._memory, self._pids, self._cpu, self._cpuacct = self.folders = [
            CGROUP_ROOT / controller / parent / spec.name for controller in _NEEDED
        ]
        self._doors: list[int] = []
        try:
            self._set_up(spec)
        except OSError:
            self.close()
            raise

    def _set_up(self, spec: RunSpec) -> None:
        for folder in self.folders:
            folder.mkdir(parents=True)
        limit = str(spec.memory_mib * MIB)
        (self._memory / "memory.limit_in_bytes").write_text(limit)
        # Without swap accounting in the kernel there is no such file, and no limit on swap.
        with_swap = self._memory / "memory.memsw.limit_in_bytes"
        if with_swap.exists():
            with_swap.write_text(limit)
        (self._pids / "pids.max").write_text(str(spec.process_limit))
        (self._cpu / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
        (self._cpu / "cpu.cfs_quota_us").write_text(str(spec.cpus * _PERIOD_US))
        self._doors += [os.open(f / "cgroup.procs", os.O_WRONLY) for f in self.folders]

    def prefix(self) -> list[str]:
        """Nothing: the process joins by itself."""
        return []

    def inner_prefix(self) -> list[str]:
        """Nothing."""
        return []

    def join(self) -> None:
        """Move the calling process in; `0` means the writer itself."""
        for door in self._doors:
            os.write(door, b"0")

    def started(self, pid: int) -> None:
        """The doors are not needed any more."""
        while self._doors:
            os.close(self._doors.pop())

    def read(self) -> Reading:
        """The kernel's own counters; memory includes file cache charged to the job."""
        return Reading(
            cpu_s=number_in(self._cpuacct, "cpuacct.usage") / 1e9,
            memory_peak_mib=number_in(self._memory, "memory.max_usage_in_bytes") / MIB,
            memory_mib=number_in(self._memory, "memory.usage_in_bytes") / MIB,
            over_memory=keyed(self._memory, "memory.oom_control", "oom_kill") > 0,
        )

    def close(self) -> None:
        """Kill, then remove the folders."""
        self.started(0)
        clean(self.folders)


def clean(folders: list[Path]) -> None:
    """Kill every member of some cgroups and remove them; those that are gone are left out."""
    for folder in folders:
        forbid_forks(folder)
    for folder in folders:
        kill_members(folder)
    for folder in folders:
        remove_folder(folder)
