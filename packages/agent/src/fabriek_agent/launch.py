"""Start the first process of a run: in bubblewrap's walls, or bare where there are none."""

import contextlib
import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

from fabriek_agent import proctree
from fabriek_agent.bubblewrap import INSIDE_WORK, invocation
from fabriek_agent.limits import Limits
from fabriek_agent.spec import MIB, NodeConfig, RunSpec

MARK = "FABRIEK_ATTEMPT"
"""An environment variable that names the run: the cleaner finds what a killed agent left by it."""


class Launch:
    """The first process, with the read ends of its log and (with bubblewrap) of its status."""

    def __init__(self, spec: RunSpec, node: NodeConfig, limits: Limits, uid: int | None) -> None:
        """FileNotFoundError or PermissionError: bare, the command cannot be started."""
        self.status_fd: int | None = None
        self.log_fd, log_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(log_write, True)
        try:
            if node.sandbox == "bubblewrap":
                self.process = self._walled(spec, node, limits, uid, log_write)
            else:
                self.process = self._bare(spec, node, limits, uid, log_write)
        except BaseException:
            self.close()
            raise
        finally:
            os.close(log_write)

    def close(self) -> None:
        """Close what is open here; the process itself is the caller's to end."""
        os.close(self.log_fd)
        if self.status_fd is not None:
            os.close(self.status_fd)

    def _walled(
        self, spec: RunSpec, node: NodeConfig, limits: Limits, uid: int | None, log_write: int
    ) -> "subprocess.Popen[bytes]":
        environment = job_environment(spec, node, INSIDE_WORK)
        inner = limits.inner_prefix()
        call = invocation(spec, node, environment, inner, os.getuid() if uid is None else uid)
        self.status_fd = call.status_fd
        os.set_blocking(call.status_fd, False)
        # Bubblewrap itself must not see the job's environment: LD_PRELOAD would act outside.
        own = {"PATH": "/usr/local/bin:/usr/bin:/bin", MARK: spec.name}
        for name in ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"):
            if name in os.environ and node.limits == "systemd-scope":
                own[name] = os.environ[name]
        try:
            return subprocess.Popen(
                [*limits.prefix(), *call.words],
                stdin=subprocess.DEVNULL,
                stdout=log_write,
                stderr=log_write,
                env=own,
                pass_fds=call.fds,
                start_new_session=True,
                preexec_fn=_before_exec(spec, limits, None),
            )
        finally:
            call.close_fds()

    def _bare(
        self, spec: RunSpec, node: NodeConfig, limits: Limits, uid: int | None, log_write: int
    ) -> "subprocess.Popen[bytes]":
        environment = job_environment(spec, node, os.fspath(spec.work))
        environment[MARK] = spec.name
        processes = None if limits.folders else _tasks_of(uid) + spec.process_limit
        return subprocess.Popen(
            [*limits.prefix(), *spec.command],
            stdin=subprocess.DEVNULL,
            stdout=log_write,
            stderr=log_write,
            env=environment,
            cwd=spec.work,
            start_new_session=True,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
            preexec_fn=_before_exec(spec, limits, processes),
        )


def job_environment(spec: RunSpec, node: NodeConfig, work: str) -> dict[str, str]:
    """The job's whole environment; its own words win over ours, but for where things are."""
    return {
        "PATH": ":".join(node.path),
        "LANG": "C.UTF-8",
        "USER": "job",
        "HOME": work,
        "TMPDIR": "/tmp",
        "OMP_NUM_THREADS": str(spec.cpus),
        **spec.environment,
        "FABRIEK_INPUTS": f"{work}/inputs",
        "FABRIEK_OUTPUT": f"{work}/output",
    }


def _before_exec(spec: RunSpec, limits: Limits, processes: int | None) -> Callable[[], None]:
    """What the new process does to itself before it becomes the command.

    Only system calls: other threads of the agent may hold any lock at the moment of the fork.
    """
    file_bytes = spec.disk_limit_mib * MIB

    def prepare() -> None:
        proctree.die_with_parent()
        limits.join()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        if processes is not None:
            resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
        # When the whole node runs out of memory, the job goes before the factory does.
        with contextlib.suppress(OSError):
            door = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
            os.write(door, b"1000")
            os.close(door)

    return prepare


def _tasks_of(uid: int | None) -> int:
    """Threads that a user has now: RLIMIT_NPROC counts them all, not this job's alone."""
    if uid is not None:
        return 0
    own = os.getuid()
    count = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if folder.stat().st_uid == own:
                    count += len(os.listdir(folder / "task"))
    return count
