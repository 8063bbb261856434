"""Limits by cgroup version 2: one folder with all controllers."""

import os
from pathlib import Path

from fabriek_agent.limits.cgroup_v1 import clean
from fabriek_agent.limits.contract import Reading
from fabriek_agent.limits.folders import CGROUP_ROOT, keyed, number_in, try_out
from fabriek_agent.spec import MIB, RunSpec

_PERIOD_US = 100_000
_NEEDED = ("cpu", "memory", "pids")


def parent_folder(parent: str) -> Path:
    """The folder that holds the runs' folders.

    Root uses one below the hierarchy's root. Anyone else needs a delegated cgroup: the one above
    the own (systemd's `DelegateSubgroup=`), since a cgroup with processes cannot have limited
    cgroups below it.
    """
    if os.geteuid() == 0:
        return CGROUP_ROOT / parent
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            return CGROUP_ROOT / line[3:].lstrip("/") / ".." / parent
    return CGROUP_ROOT / parent


def usable(parent: str) -> str | None:
    """None when memory, pids and cpu can be limited below the parent, else why not."""
    if not (CGROUP_ROOT / "cgroup.controllers").exists():
        return "there is no cgroup v2 hierarchy"
    try:
        folder = parent_folder(parent)
        folder.mkdir(exist_ok=True)
        for level in (folder.parent, folder):
            control = level / "cgroup.subtree_control"
            missing = [c for c in _NEEDED if c not in control.read_text().split()]
            if missing:
                control.write_text(" ".join(f"+{controller}" for controller in missing))
        try_out(folder)
    except OSError as error:
        return f"cgroup v2 cannot be used ({error})"
    return None


class CgroupV2:
    """One folder, `<parent>/<run name>`."""

    interval_s = 0.1

    def __init__(self, spec: RunSpec, parent: str) -> None:
        self._folder = parent_folder(parent) / spec.name
        self.folders = [self._folder]
        self._doors: list[int] = []
        try:
            self._set_up(spec)
        except OSError:
            self.close()
            raise

    def _set_up(self, spec: RunSpec) -> None:
        self._folder.mkdir()
        self._set("memory.max", str(spec.memory_mib * MIB))
        self._set("pids.max", str(spec.process_limit))
        self._set("cpu.max", f"{spec.cpus * _PERIOD_US} {_PERIOD_US}")
        for name, value in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
            # Older kernels and those without swap accounting lack these two.
            if (self._folder / name).exists():
                self._set(name, value)
        self._doors.append(os.open(self._folder / "cgroup.procs", os.O_WRONLY))

    def _set(self, name: str, value: str) -> None:
        (self._folder / name).write_text(value)

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
        """The door is not needed any more."""
        while self._doors:
            os.close(self._doors.pop())

    def read(self) -> Reading:
        """The kernel's own counters."""
        return read_v2(self._folder)

    def close(self) -> None:
        """Kill, then remove the folder."""
        self.started(0)
        clean(self.folders)


def read_v2(folder: Path) -> Reading:
    """The counters of a cgroup v2 folder; before Linux 5.19 the peak is the use of this moment."""
    now = number_in(folder, "memory.current")
    return Reading(
        cpu_s=keyed(folder, "cpu.stat", "usage_usec") / 1e6,
        memory_peak_mib=(number_in(folder, "memory.peak") or now) / MIB,
        memory_mib=now / MIB,
        over_memory=keyed(folder, "memory.events", "oom_kill") > 0,
    )
