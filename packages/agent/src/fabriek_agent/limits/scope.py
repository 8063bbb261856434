"""Limits by a transient systemd scope, for a login that is not root and has its own systemd."""

import shutil
import subprocess
import time
from pathlib import Path

from fabriek_agent.limits.cgroup_v2 import read_v2
from fabriek_agent.limits.contract import Reading
from fabriek_agent.limits.folders import CGROUP_ROOT, kill_members
from fabriek_agent.spec import RunSpec


def usable() -> str | None:
    """None when a scope can be made, else why not."""
    program = shutil.which("systemd-run")
    if program is None:
        return "there is no systemd-run"
    try:
        asked = subprocess.run(
            [program, "--user", "--scope", "--quiet", "-p", "TasksMax=16", "true"],
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"systemd-run does not answer ({error})"
    if asked.returncode:
        words = asked.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"systemd-run refuses ({words[-1] if words else asked.returncode})"
    return None


class SystemdScope:
    """systemd makes the cgroup; we read its counters and see to its end."""

    interval_s = 0.1

    def __init__(self, spec: RunSpec) -> None:
        self._spec = spec
        self._folder: Path | None = None
        self._last = Reading(0.0, 0.0)

    @property
    def folders(self) -> list[Path]:
        """The scope's folder once it is known."""
        return [self._folder] if self._folder else []

    def prefix(self) -> list[str]:
        """systemd-run replaces itself by the command, so the process id stays the same."""
        limits = {
            "MemoryMax": f"{self._spec.memory_mib}M",
            "MemorySwapMax": "0",
            "TasksMax": str(self._spec.process_limit),
            "CPUQuota": f"{self._spec.cpus * 100}%",
        }
        words = ["systemd-run", "--user", "--scope", "--quiet", "--collect"]
        words.append(f"--unit={self._spec.name}")
        for name, value in limits.items():
            words += ["-p", f"{name}={value}"]
        return [*words, "--"]

    def inner_prefix(self) -> list[str]:
        """Nothing."""
        return []

    def join(self) -> None:
        """Nothing: systemd moves the process."""

    def started(self, pid: int) -> None:
        """Find the scope's folder. OSError when the process is in none after five seconds."""
        deadline = time.monotonic() + 5
        wanted = f"{self._spec.name}.scope"
        while time.monotonic() < deadline:
            try:
                lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
            except OSError:
                return
            for line in lines:
                if line.startswith("0::") and wanted in line:
                    self._folder = CGROUP_ROOT / line[4:]
                    return
            time.sleep(0.005)
        raise OSError("systemd-run did not bring the job under its limits.")

    def read(self) -> Reading:
        """The kernel's counters; after systemd removed the scope, the last ones seen."""
        if self._folder and self._folder.exists():
            self._last = read_v2(self._folder)
        return self._last

    def close(self) -> None:
        """Kill what is left; systemd removes the empty scope itself."""
        if self._folder:
            kill_members(self._folder)
