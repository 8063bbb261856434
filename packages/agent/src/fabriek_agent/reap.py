"""What an agent that was killed may have left behind, removed by the engine that sees it."""

import contextlib
import os
import signal
from pathlib import Path

from fabriek_agent import disk, spool
from fabriek_agent.launch import MARK
from fabriek_agent.limits.cgroup_v1 import clean
from fabriek_agent.limits.cgroup_v2 import parent_folder
from fabriek_agent.limits.folders import CGROUP_ROOT
from fabriek_agent.spec import NodeConfig
from fabriek_agent.users import USERS, JobUser


def reap(folder: Path, node: NodeConfig) -> None:
    """End and remove everything of the attempt whose spool folder this is; may be repeated.

    Only for an attempt whose agent is not alive. OSError when something cannot be removed.
    """
    name = folder.name
    clean([path for path in _cgroups(name, node) if path.exists()])
    _kill_marked(name)
    facts = spool.read(folder, spool.STARTED) or {}
    uid = facts.get("uid")
    if uid is not None and os.geteuid() == 0:
        user = JobUser.of_crashed(USERS, int(uid), name)
        if user is not None:
            user.clean()
            user.release()
    disk.wipe(Path(node.scratch) / name)


def _cgroups(name: str, node: NodeConfig) -> list[Path]:
    if node.limits == "cgroup-v1":
        controllers = ("memory", "pids", "cpu", "cpuacct")
        return [CGROUP_ROOT / controller / node.cgroup_parent / name for controller in controllers]
    if node.limits == "cgroup-v2":
        return [parent_folder(node.cgroup_parent) / name]
    if node.limits == "systemd-scope":
        return list(CGROUP_ROOT.glob(f"user.slice/user-*.slice/user@*.service/**/{name}.scope"))
    return []


def _kill_marked(name: str) -> None:
    """SIGKILL whatever carries the run's mark in its environment.

    Bubblewrap's own processes do, and everything inside dies with them. Without a sandbox it is
    the job's processes, except those that cleared their environment.
    """
    mark = f"{MARK}={name}".encode()
    own = os.getpid()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == own:
            continue
        with contextlib.suppress(OSError):
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                os.kill(int(entry.name), signal.SIGKILL)
