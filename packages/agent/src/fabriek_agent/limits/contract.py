"""What every kind of limit can do for the sandbox."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Tree = Callable[[], list[int]]
"""The process ids of the job as they are now."""


@dataclass(frozen=True)
class Reading:
    """Use so far, and memory now. `over_memory`: the limit was passed and the run must end."""

    cpu_s: float
    memory_peak_mib: float
    memory_mib: float = 0.0
    over_memory: bool = False
    over_processes: bool = False


class Limits(Protocol):
    """Limits of one run, from before its first process until after its last."""

    interval_s: float
    """How often `read` wants to be called while the job runs."""

    @property
    def folders(self) -> list[Path]:
        """The cgroup folders in use, for cleaning up when the agent itself is killed."""

    def prefix(self) -> list[str]:
        """Words to put before the command, outside the sandbox."""

    def inner_prefix(self) -> list[str]:
        """Words to put before the command, inside the sandbox."""

    def join(self) -> None:
        """Called in the new process between fork and exec: come under the limits."""

    def started(self, pid: int) -> None:
        """Called once the first process runs."""

    def read(self) -> Reading:
        """Use so far, and whether a limit was passed."""

    def close(self) -> None:
        """Kill whatever is still there and take the limits away; OSError when that fails."""
