"""For tests: an engine, the agent's side of the API, and jobs to run through both for real."""

import itertools
import os
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fabriek.compute.engines.contract import Engine, Order, SightingState
from fabriek.compute.engines.local import LocalEngine
from fabriek.compute.engines.node import Node, this_node
from fabriek_agent.probe import bubblewrap_fault, limits_fault
from fabriek_agent.spec import LimitsKind, SandboxKind
from fabriek_agent.testing import Attempt, FakeApi

GONE = (SightingState.ENDED, SightingState.LOST)
KERNEL_LIMITS: tuple[LimitsKind, ...] = ("cgroup-v2", "cgroup-v1", "systemd-scope")
_numbers = itertools.count(1)


@dataclass
class Bench:
    """An engine under test with everything around it. Folders lie in `base`."""

    base: Path
    api: FakeApi
    node: Node
    engine: Engine
    names: list[str] = field(default_factory=list)

    def order(self, name: str, **fields: Any) -> Order:
        """An order for an attempt that the API knows."""
        plain = Order(name, 1, 256, 0, "", 30, False, self.api.url, f"secret-{name}")
        return replace(plain, **fields)

    def prepare(self, command: list[str], **fields: Any) -> tuple[str, Attempt]:
        """Make an attempt, not yet submitted; its name and what the API knows of it."""
        name = f"fabriek-test{os.getpid()}-{next(_numbers)}-1"
        self.names.append(name)
        return name, self.api.attempt(name, command, **fields)

    def start(self, command: list[str], **fields: Any) -> tuple[str, Attempt]:
        """Make an attempt and submit it."""
        name, attempt = self.prepare(command, **fields)
        self.engine.submit(self.order(name))
        return name, attempt

    def run(self, command: list[str], timeout_s: float = 30, **fields: Any) -> Attempt:
        """Run an attempt to its last report, and until its agent is gone."""
        name, attempt = self.start(command, **fields)
        attempt.wait(timeout_s)
        self.wait_gone(name)
        return attempt

    def python(self, code: str, timeout_s: float = 30, **fields: Any) -> Attempt:
        """Run Python code as a job."""
        return self.run(["python3", "-c", code], timeout_s, **fields)

    def wait_gone(self, name: str, timeout_s: float = 30) -> SightingState | None:
        """Until the attempt's agent has ended or died; the last state seen."""
        return self.wait_state(name, *GONE, timeout_s=timeout_s)

    def wait_state(
        self, name: str, *states: SightingState, timeout_s: float = 30
    ) -> SightingState | None:
        """Until the engine sees one of these states (or does not know the name)."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            sighting = self.engine.find(name)
            if sighting is None or sighting.state in states:
                return sighting.state if sighting else None
            time.sleep(0.01)
        raise AssertionError(f"{name} is still {sighting}")

    def home(self, name: str) -> Path:
        """The scratch folder of an attempt."""
        return Path(self.node.config.scratch) / name

    def leftovers(self, name: str, patience_s: float = 3) -> list[str]:
        """Processes, folders and cgroups of an attempt that do not go away.

        An agent that has said its last word still needs a moment to end.
        """
        deadline = time.monotonic() + patience_s
        while (found := self._leftovers(name)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def _leftovers(self, name: str) -> list[str]:
        found = [f"process {pid}" for pid in marked(name)]
        found += [str(self.home(name))] if self.home(name).exists() else []
        for hierarchy in Path("/sys/fs/cgroup").glob("*"):
            place = hierarchy / self.node.config.cgroup_parent / name
            found += [str(place)] if place.exists() else []
        return found

    def close(self) -> None:
        """End every attempt that was made."""
        self.api.unreachable_until = 0
        for name in self.names:
            self.engine.cancel(name)
        for name in self.names:
            self.wait_gone(name)
        self.api.close()


def local_bench(
    base: Path, sandbox: SandboxKind | None = None, limits: LimitsKind | None = None
) -> Bench:
    """A bench with the local engine; `sandbox` and `limits` force what a node has."""
    base.chmod(0o755)
    node = this_node(base / "scratch", Path(sys.prefix))
    config = replace(
        node.config,
        sandbox=sandbox or node.config.sandbox,
        limits=limits or node.config.limits,
        log_interval_s=0.1,
        heartbeat_s=1.0,
    )
    if config.sandbox == "none":
        # Without walls the job's own user needs a Python that everybody can read.
        config = replace(config, software=(), path=("/usr/local/bin", "/usr/bin", "/bin"))
    node = replace(node, config=config)
    engine = LocalEngine(base / "spool", node, kill_after_s=4)
    return Bench(base, FakeApi(), node, engine)


def why_no(sandbox: SandboxKind, limits: LimitsKind) -> str | None:
    """Why this machine cannot try a mode; None when it can."""
    if sandbox == "bubblewrap" and (fault := bubblewrap_fault()):
        return f"needs bubblewrap: {fault}"
    if limits != "watching" and (fault := limits_fault(limits)):
        return f"needs limits by {limits}: {fault}"
    return None


def kernel_limits() -> LimitsKind | None:
    """The kind of kernel limits that this machine has, the first that works."""
    return next((kind for kind in KERNEL_LIMITS if limits_fault(kind) is None), None)


def marked(text: str) -> list[int]:
    """Living processes whose command line or environment holds a text; not the caller."""
    found = []
    wanted = text.encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if wanted in words:
            found.append(int(entry.name))
    return found
