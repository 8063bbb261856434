"""What this node can do: is bubblewrap usable, and by what means can limits be set?"""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fabriek_agent.bubblewrap import invocation
from fabriek_agent.limits import cgroup_v1, cgroup_v2, scope
from fabriek_agent.spec import LimitsKind, NodeConfig, RunSpec, SandboxKind
from fabriek_agent.users import USERS, JobUser

FIRST_BUBBLEWRAP = (0, 8)
INSTALL = "apt-get install bubblewrap"


@dataclass(frozen=True)
class Findings:
    """The best that works here; `notes` are sentences that say why something better does not."""

    sandbox: SandboxKind
    limits: LimitsKind
    notes: tuple[str, ...]


def probe(parent: str = "fabriek") -> Findings:
    """Try everything once; takes about 50 ms."""
    without_sandbox = bubblewrap_fault()
    limits, notes = _best_limits(parent)
    if without_sandbox:
        notes.insert(0, f"No sandbox: {without_sandbox}.")
    return Findings("none" if without_sandbox else "bubblewrap", limits, tuple(notes))


def bubblewrap_fault() -> str | None:
    """None when a sandbox with all its walls can be made here, else why not."""
    found = shutil.which("bwrap")
    if found is None:
        return f"bubblewrap is not installed ({INSTALL})"
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    version = tuple(int(part) for part in re.findall(r"\d+", told.stdout)[:2])
    if version < FIRST_BUBBLEWRAP:
        return f"{told.stdout.strip() or 'this bubblewrap'} is too old, 0.8 is needed"
    node = NodeConfig("bubblewrap", "watching")
    # A user of its own, as a job has: at the end of a job all processes of its user are killed.
    user = JobUser.take(USERS, node.job_uids, f"probe-{os.getpid()}") if os.geteuid() == 0 else None
    try:
        with tempfile.TemporaryDirectory(prefix="fabriek-probe-") as folder:
            return _try_once(Path(folder), node, user.uid if user else node.job_uids[0])
    finally:
        if user:
            user.release()


def _try_once(folder: Path, node: NodeConfig, uid: int) -> str | None:
    work = folder / "work"
    (work / "inputs").mkdir(parents=True)
    # The trial's user must be able to enter, whatever our umask: the server's is 077.
    work.chmod(0o755)
    spec = RunSpec("probe", ("true",), work, {}, 1, 64, 16, 10, 1, 1, 1)
    try:
        call = invocation(spec, node, {"PATH": "/usr/bin:/bin"}, [], uid)
    except FileNotFoundError as error:
        return str(error).rstrip(".")
    try:
        done = subprocess.run(
            call.words, pass_fds=call.fds, capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not answer ({error})"
    finally:
        os.close(call.status_fd)
        call.close_fds()
    if done.returncode == 0:
        return None
    words = done.stderr.decode("utf-8", "replace").strip().splitlines()
    # Ubuntu forbids unprivileged user namespaces by AppArmor; containers often do as well.
    return f"bubblewrap cannot make its namespaces ({words[-1] if words else done.returncode})"


def _best_limits(parent: str) -> tuple[LimitsKind, list[str]]:
    notes = []
    kinds: tuple[LimitsKind, ...] = ("cgroup-v2", "cgroup-v1", "systemd-scope")
    for kind in kinds:
        fault = limits_fault(kind, parent)
        if fault is None:
            return kind, []
        notes.append(f"No limits by {kind}: {fault}.")
    notes.append("Limits by watching: a job can pass one for a twentieth of a second.")
    return "watching", notes


def limits_fault(kind: LimitsKind, parent: str = "fabriek") -> str | None:
    """None when limits of this kind can be set here, else why not."""
    if kind == "cgroup-v2":
        return cgroup_v2.usable(parent)
    if kind == "cgroup-v1":
        return cgroup_v1.usable(parent)
    return scope.usable() if kind == "systemd-scope" else None
