"""The embedded engine: agents as processes of this machine."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from fabriek.compute.engines.contract import (
    Capacity,
    EngineError,
    EngineFacts,
    Order,
    Sighting,
    SightingState,
)
from fabriek.compute.engines.node import Node
from fabriek_agent import spool
from fabriek_agent.reap import reap

_CANCELLED = "cancelled"
_AGENT_LOG = "agent.log"
_KEPT_VARIABLES = (
    *("LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    # For limits by a systemd scope.
    *("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"),
    # For the crash tests.
    "FABRIEK_CRASH_AT",
)


class LocalEngine:
    """One folder of the spool for each attempt, one agent process for each folder.

    An agent is alive as long as the lock on its folder is held: that stays true whatever becomes
    of process ids, and of the process that submitted it.
    """

    def __init__(self, spool: Path, node: Node, *, kill_after_s: float = 60.0) -> None:
        self._spool, self._node, self._kill_after_s = spool, node, kill_after_s
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        spool.chmod(0o700)
        scratch = Path(node.config.scratch)
        # Passable, not readable: without a sandbox a job's own user must come to its own folder.
        scratch.mkdir(parents=True, exist_ok=True)
        scratch.chmod(0o711)
        self._agents: list[subprocess.Popen[bytes]] = []

    def describe(self) -> EngineFacts:
        """As probed when the node was described."""
        config = self._node.config
        return EngineFacts(
            name="local",
            sandbox=config.sandbox,
            limits=config.limits,
            holds_confidential=config.sandbox == "bubblewrap",
            offers_network=self._node.offers_network,
            notes=self._node.notes,
        )

    def capacity(self) -> Capacity:
        """Of this machine, or what the operator set aside of it."""
        return self._node.capacity

    def submit(self, order: Order) -> None:
        """Make the folder and start the agent; a second call finds the first by its lock."""
        self._refuse_too_large(order)
        folder = self._folder(order.name)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            lock = spool.take_lock(folder)
            if lock is None:
                return
            try:
                if not (folder / spool.STARTED).exists():
                    self._start(order, folder, lock)
            finally:
                os.close(lock)
        except OSError as error:
            raise EngineError("engine-unreachable", f"No agent: {error}", retry=True) from error

    def find(self, name: str) -> Sighting | None:
        """Look at one folder."""
        return self._look(self._folder(name))

    def observe(self) -> dict[str, Sighting]:
        """Look at all folders, and clean up after agents that died."""
        # Our own ended children stay zombies until somebody asks.
        self._agents = [agent for agent in self._agents if agent.poll() is None]
        sightings = (self._look(folder) for folder in self._spool.iterdir() if folder.is_dir())
        return {sighting.name: sighting for sighting in sightings if sighting}

    def cancel(self, name: str) -> None:
        """SIGTERM to the agent; when it is still there after `kill_after_s`, SIGKILL to it, and
        everything of the job is removed by the next look."""
        folder = self._folder(name)
        if not folder.is_dir():
            return
        facts = spool.read(folder, spool.STARTED)
        if facts is None:
            self._call_off(folder)
        elif spool.is_locked(folder):
            self._ask_to_stop(folder, facts)
        else:
            self._look(folder)

    def forget(self, name: str) -> None:
        """Remove the folder of an attempt without an agent."""
        folder = self._folder(name)
        if not folder.is_dir() or spool.is_locked(folder):
            return
        self._reap(folder)
        shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, name: str) -> Path:
        if not name or name.startswith(".") or "/" in name or "\0" in name or len(name) > 200:
            raise EngineError("engine-refused", f"{name!r:.100} is no name.", retry=False)
        return self._spool / name

    def _refuse_too_large(self, order: Order) -> None:
        have = self._node.capacity
        gpus = have.gpus.get(order.gpu_kind, 0) if order.gpu_kind else sum(have.gpus.values())
        if order.cpus > have.cpus or order.memory_mib > have.memory_mib or order.gpus > gpus:
            raise EngineError("engine-refused", "This machine is too small for it.", retry=False)

    def _start(self, order: Order, folder: Path, lock: int) -> None:
        """The agent inherits the lock, so there is no moment at which nobody holds it."""
        message = {
            "api": order.api_url,
            "secret": order.secret,
            "node": self._node.config.to_json(),
            "lock_fd": lock,
        }
        with (folder / _AGENT_LOG).open("ab") as log:
            agent = subprocess.Popen(
                [sys.executable, "-I", "-m", "fabriek_agent.main", os.fspath(folder)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=_agent_environment(),
                pass_fds=[lock],
                start_new_session=True,
            )
        self._agents.append(agent)
        # Shorter than a pipe holds, so this cannot block on an agent that does not read.
        assert agent.stdin is not None
        with contextlib.suppress(BrokenPipeError), agent.stdin as pipe:
            pipe.write(json.dumps(message).encode())

    def _look(self, folder: Path) -> Sighting | None:
        name = folder.name
        # In this order: an agent that ends between the looks is seen as ended, never as lost.
        alive = spool.is_locked(folder)
        ended = spool.read(folder, spool.ENDED)
        started = spool.read(folder, spool.STARTED)
        began_at = _moment(started)
        if ended:
            return Sighting(name, SightingState.ENDED, began_at, _moment(ended))
        if alive:
            if started is None:
                return Sighting(name, SightingState.PENDING)
            self._kill_if_overdue(folder, started)
            return Sighting(name, SightingState.RUNNING, began_at)
        if started is None:
            return None
        self._reap(folder)
        return Sighting(name, SightingState.LOST, began_at)

    def _call_off(self, folder: Path) -> None:
        """Cancelled before an agent began: it finds itself too late."""
        if spool.begin(folder, {"called_off": True}):
            spool.end(folder, "called-off")

    def _ask_to_stop(self, folder: Path, started: dict[str, Any]) -> None:
        with contextlib.suppress(FileExistsError), (folder / _CANCELLED).open("x"):
            _signal_agent(started, signal.SIGTERM)
        self._kill_if_overdue(folder, started)

    def _kill_if_overdue(self, folder: Path, started: dict[str, Any]) -> None:
        try:
            asked_at = (folder / _CANCELLED).stat().st_mtime
        except FileNotFoundError:
            return
        if time.time() - asked_at >= self._kill_after_s:
            _signal_agent(started, signal.SIGKILL)

    def _reap(self, folder: Path) -> None:
        try:
            reap(folder, self._node.config)
        except OSError as error:
            raise EngineError(
                "engine-unreachable", f"Cannot clean up after {folder.name}: {error}", retry=True
            ) from error


def _signal_agent(started: dict[str, Any], number: int) -> None:
    # The lock was seen held, so the process id in `started` is that of the living agent.
    if "pid" in started:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(started["pid"]), number)


def _moment(facts: dict[str, Any] | None) -> datetime | None:
    return datetime.fromisoformat(facts["at"]) if facts else None


def _agent_environment() -> dict[str, str]:
    """Nothing of the server's own: its settings hold secrets."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", **kept}
