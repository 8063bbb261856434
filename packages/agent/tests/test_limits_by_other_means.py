"""What can be tried of limits that this machine may not have: the words and the counters."""

from pathlib import Path

import pytest

from fabriek_agent.limits import cgroup_v2, folders
from fabriek_agent.limits.cgroup_v2 import read_v2
from fabriek_agent.limits.scope import SystemdScope
from fabriek_agent.spec import RunSpec


def _spec(tmp_path: Path) -> RunSpec:
    return RunSpec("fabriek-x-1-1", ("true",), tmp_path, {}, 2, 512, 99, 10, 1, 1, 1)


def test_the_counters_of_cgroup_v2(tmp_path: Path) -> None:
    (tmp_path / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\n")
    (tmp_path / "memory.current").write_text("1048576\n")
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 1\noom_kill 0\n")
    reading = read_v2(tmp_path)
    assert (reading.cpu_s, reading.memory_peak_mib, reading.over_memory) == (2.5, 1.0, False)
    (tmp_path / "memory.peak").write_text("3145728\n")
    (tmp_path / "memory.events").write_text("oom 1\noom_kill 2\noom_group_kill 1\n")
    reading = read_v2(tmp_path)
    assert (reading.memory_peak_mib, reading.over_memory) == (3.0, True)


def test_counters_that_are_gone_read_as_nothing(tmp_path: Path) -> None:
    assert read_v2(tmp_path / "gone").cpu_s == 0
    assert folders.members(tmp_path / "gone") == []
    (tmp_path / "memory.max").write_text("max\n")
    assert folders.number_in(tmp_path, "memory.max") == 0


def test_what_cgroup_v2_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With plain files in place of the kernel's."""
    monkeypatch.setattr(cgroup_v2, "parent_folder", lambda parent: tmp_path)
    made = Path.mkdir

    def as_the_kernel_does(folder: Path) -> None:
        made(folder)
        for name in ("memory.swap.max", "memory.oom.group", "cgroup.procs"):
            (folder / name).write_text("")

    monkeypatch.setattr(Path, "mkdir", as_the_kernel_does)
    limits = cgroup_v2.CgroupV2(_spec(tmp_path), "fabriek")
    limits.join()
    limits.started(1)
    told = {path.name: path.read_text() for path in (tmp_path / "fabriek-x-1-1").iterdir()}
    assert told == {
        "memory.max": str(512 << 20),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "99",
        "cpu.max": "200000 100000",
        "cgroup.procs": "0",
    }


def test_what_systemd_is_asked(tmp_path: Path) -> None:
    words = SystemdScope(_spec(tmp_path)).prefix()
    assert words[:3] == ["systemd-run", "--user", "--scope"]
    assert words[-1] == "--"
    for pair in ("MemoryMax=512M", "MemorySwapMax=0", "TasksMax=99", "CPUQuota=200%"):
        assert words[words.index(pair) - 1] == "-p"
