"""Run one command within its limits and say how it ended. No process of it survives."""

import contextlib
import json
import os
import selectors
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime

from fabriek_agent import disk, proctree
from fabriek_agent.bubblewrap import finds
from fabriek_agent.launch import Launch
from fabriek_agent.limits import Limits, Reading, make_limits
from fabriek_agent.spec import MIB, NodeConfig, Outcome, OutcomeKind, RunSpec, Usage

_READ_BYTES = 64 * 1024
_NOT_FOUND = 127
_NOT_STARTABLE = 126
_SIGNALS = range(129, 160)


class Stop:
    """Asks a run to end; may be used from another thread or a signal handler."""

    def __init__(self) -> None:
        self.fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self.asked = False

    def ask(self) -> None:
        """End gracefully, then by force. Asking twice changes nothing."""
        self.asked = True
        os.eventfd_write(self.fd, 1)


class Sandbox:
    """One run. `usage` may be read by another thread while `run` is at work."""

    def __init__(
        self,
        spec: RunSpec,
        node: NodeConfig,
        log: Callable[[bytes], None],
        stop: Stop,
        uid: int | None = None,
    ) -> None:
        self.usage = Usage()
        self._spec, self._node, self._log, self._stop, self._uid = spec, node, log, stop, uid
        self._logged_bytes = 0
        self._begun_s = time.monotonic()
        self._ending: tuple[OutcomeKind, str] | None = None
        self._kill_at: float | None = None
        self._init_pid: int | None = None
        self._init_fd: int | None = None
        self._exit_reported = False
        self._status = b""
        self._not_ours: tuple[int, ...] = ()

    def run(self, on_start: Callable[[datetime], None] = lambda at: None) -> Outcome:
        """Start, watch, end and clean up; returns in every case.

        `on_start` is told the moment at which the first process had been started.
        """
        proctree.become_subreaper()
        self._not_ours = tuple(proctree.children(os.getpid()))
        started_at, self._begun_s = datetime.now(UTC), time.monotonic()
        limits: Limits | None = None
        try:
            limits = make_limits(self._spec, self._node, self._job_pids)
            launch = Launch(self._spec, self._node, limits, self._uid)
        except OSError as error:
            if limits is not None:
                limits.close()
            return self._not_started(started_at, error)
        watch = disk.DiskWatch(self._measure_disk)
        try:
            limits.started(launch.process.pid)
            on_start(started_at)
            self._watch(launch, limits, watch)
        except OSError as error:
            self._end("sandbox-failed", f"The sandbox failed: {error}", at_once=True)
        returncode = self._clean_up(launch, limits, watch)
        return self._outcome(started_at, returncode)

    def _not_started(self, started_at: datetime, error: OSError) -> Outcome:
        missing = isinstance(error, FileNotFoundError | PermissionError)
        if self._node.sandbox == "none" and missing and not self._reachable():
            missing = False
        kind: OutcomeKind = "sandbox-failed"
        sentence = f"The sandbox could not be made: {error}"
        if missing and self._node.sandbox == "none":
            kind, sentence = "command-not-found", self._not_found_sentence()
        return Outcome(kind, None, None, started_at, datetime.now(UTC), Usage(), sentence)

    def _reachable(self) -> bool:
        """Whether the job's own user can come to its work folder at all."""
        folders = self._spec.work.parents
        return self._uid is None or all(f.stat().st_mode & 0o001 for f in folders)

    def _watch(self, launch: Launch, limits: Limits, watch: disk.DiskWatch) -> None:
        """Until the first process has ended."""
        deadline = time.monotonic() + self._spec.time_limit_s
        next_look = 0.0
        with selectors.DefaultSelector() as selector:
            ended_fd = os.pidfd_open(launch.process.pid)
            for fd in (ended_fd, launch.log_fd, self._stop.fd):
                selector.register(fd, selectors.EVENT_READ)
            if launch.status_fd is not None:
                selector.register(launch.status_fd, selectors.EVENT_READ)
            try:
                while True:
                    now = time.monotonic()
                    if now >= next_look:
                        self._look(limits.read(), watch)
                        next_look = time.monotonic() + limits.interval_s
                    self._keep_time(now, deadline)
                    ready = {key.fd for key, _ in selector.select(max(0.0, next_look - now))}
                    for fd in ready & {launch.log_fd, launch.status_fd}:
                        if not self._take(fd, launch):
                            selector.unregister(fd)
                    if self._stop.fd in ready:
                        selector.unregister(self._stop.fd)
                        self._end("stopped", "The job was asked to stop.")
                    if ended_fd in ready:
                        return
            finally:
                os.close(ended_fd)

    def _keep_time(self, now: float, deadline: float) -> None:
        if now >= deadline:
            limit = f"{self._spec.time_limit_s:g} s"
            self._end("time-limit", f"The job passed its time limit of {limit}.")
        if self._kill_at is not None and now >= self._kill_at:
            self._kill()

    def _look(self, reading: Reading, watch: disk.DiskWatch) -> None:
        """Take stock, and end the run when a limit is passed."""
        self._take_stock(reading, watch, reading.memory_mib)
        if reading.over_processes:
            limit = self._spec.process_limit
            self._end("exited", f"The job passed its limit of {limit} processes.", at_once=True)

    def _take_stock(self, reading: Reading, watch: disk.DiskWatch, memory_mib: float) -> None:
        self.usage = Usage(
            cpu_s=reading.cpu_s,
            memory_peak_mib=reading.memory_peak_mib,
            disk_peak_mib=disk.in_mib(watch.peak_bytes),
            memory_mib=memory_mib,
            disk_mib=disk.in_mib(watch.now_bytes),
            at_s=time.monotonic() - self._begun_s,
        )
        spec = self._spec
        if reading.over_memory:
            sentence = f"The job passed its memory limit of {spec.memory_mib} MiB."
            self._end("memory-limit", sentence, at_once=True)
        if watch.peak_bytes >= spec.disk_limit_mib * MIB:
            sentence = f"The job passed its limit of {spec.disk_limit_mib} MiB on disk."
            self._end("disk-limit", sentence, at_once=True)

    def _take(self, fd: int, launch: Launch) -> bool:
        """Read what is there; False at the end of the stream."""
        try:
            data = os.read(fd, _READ_BYTES)
        except BlockingIOError:
            return True
        if fd == launch.log_fd:
            self._take_log(data)
        else:
            self._take_status(data)
        return bool(data)

    def _take_log(self, data: bytes) -> None:
        room = self._spec.log_limit_mib * MIB - self._logged_bytes
        if data and room > 0:
            self._log(data[:room])
            self._logged_bytes += min(len(data), room)
        if len(data) > room:
            sentence = f"The job printed more than {self._spec.log_limit_mib} MiB."
            self._end("log-limit", sentence, at_once=True)

    def _take_status(self, data: bytes) -> None:
        # Bubblewrap writes each document on a line of its own, in pieces.
        *lines, self._status = (self._status + data).split(b"\n")
        for line in lines:
            document = json.loads(line)
            self._exit_reported |= "exit-code" in document
            if "child-pid" in document:
                self._init_pid = int(document["child-pid"])
                with contextlib.suppress(ProcessLookupError):
                    self._init_fd = os.pidfd_open(self._init_pid)

    def _job_pids(self) -> list[int]:
        """The job's own processes, without those of the sandbox."""
        if self._node.sandbox == "none":
            return proctree.descendants(os.getpid(), self._not_ours)
        return proctree.descendants(self._init_pid) if self._init_pid else []

    def _measure_disk(self) -> int:
        work = self._spec.work
        held = disk.deleted_bytes(self._job_pids(), work.stat().st_dev)
        return disk.used_bytes(work, leave_out=[work / "inputs"]) + held

    def _end(self, kind: OutcomeKind, sentence: str, *, at_once: bool = False) -> None:
        """Begin to end the run; the first reason stays, a harder end may follow a soft one."""
        if self._ending is None:
            self._ending = (kind, sentence)
            self._kill_at = time.monotonic() + self._spec.grace_s
            if not at_once:
                proctree.send(self._job_pids(), signal.SIGTERM)
                proctree.send(self._job_pids(), signal.SIGCONT)
        if at_once:
            self._kill()

    def _kill(self) -> None:
        """SIGKILL the whole job. The first process of a namespace takes all others with it."""
        if self._init_fd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init_fd, signal.SIGKILL)
        else:
            proctree.strike(os.getpid(), self._not_ours)

    def _clean_up(self, launch: Launch, limits: Limits, watch: disk.DiskWatch) -> int:
        """Whatever happened: nothing of the job runs any more, and its use is known."""
        if self._node.sandbox == "none" and self._uid is not None:
            proctree.kill_user(self._uid)
        self._kill()
        returncode = launch.process.wait()
        if not proctree.kill_below(os.getpid(), self._not_ours):
            self._end("sandbox-failed", "Some processes of the job could not be killed.")
        if self._init_fd is not None:
            os.close(self._init_fd)
            self._init_fd = None
        while self._drain(launch):
            pass
        watch.end()
        # Nothing runs any more: the memory of the last look is the last that the job had.
        self._take_stock(limits.read(), watch, self.usage.memory_mib)
        launch.close()
        limits.close()
        return returncode

    def _drain(self, launch: Launch) -> bool:
        """What the pipes still hold; nobody writes to them any more."""
        more = False
        for fd in (launch.log_fd, launch.status_fd):
            if fd is not None:
                with contextlib.suppress(BlockingIOError):
                    data = os.read(fd, _READ_BYTES)
                    more |= bool(data)
                    if fd == launch.log_fd:
                        self._take_log(data)
                    elif data:
                        self._take_status(data)
        return more

    def _outcome(self, started_at: datetime, returncode: int) -> Outcome:
        code = 128 - returncode if returncode < 0 else returncode
        number = code - 128 if code in _SIGNALS else None
        kind, sentence = self._ending or ("exited", "")
        if self._ending is None and self._node.sandbox == "bubblewrap":
            if not self._exit_reported:
                kind, sentence = "sandbox-failed", "The sandbox could not be made."
            elif code in (_NOT_FOUND, _NOT_STARTABLE) and self._cannot_start():
                kind, sentence = "command-not-found", self._not_found_sentence()
        ended_at = datetime.now(UTC)
        return Outcome(kind, code, number, started_at, ended_at, self.usage, sentence)

    def _cannot_start(self) -> bool:
        return not finds(self._spec.command[0], self._spec, self._node)

    def _not_found_sentence(self) -> str:
        return f"There is no program {self._spec.command[0][:200]!a} that can be started."
