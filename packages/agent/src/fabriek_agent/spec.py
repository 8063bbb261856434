"""The words of the agent: what a node offers, what one run may use, and how it ended."""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

SandboxKind = Literal["bubblewrap", "none"]
LimitsKind = Literal["cgroup-v2", "cgroup-v1", "systemd-scope", "watching"]
OutcomeKind = Literal[
    "exited",
    "time-limit",
    "memory-limit",
    "disk-limit",
    "log-limit",
    "stopped",
    "command-not-found",
    "sandbox-failed",
]

MIB = 1024 * 1024
SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")


@dataclass(frozen=True)
class NodeConfig:
    """What the node gives a job; made once by the engine, which probed the node.

    `scratch` is the folder in which each attempt gets one for its files. `software` lists folders
    that jobs may read beside the system's own, at the same path inside and outside. `job_uids` is
    (first, count): a root agent runs each job as a uid of its own from this range.
    `cgroup_parent` is a folder below the root of each cgroup hierarchy.
    """

    sandbox: SandboxKind
    limits: LimitsKind
    scratch: str = ""
    path: tuple[str, ...] = SYSTEM_PATH
    software: tuple[str, ...] = ()
    cgroup_parent: str = "fabriek"
    # systemd leaves 60706-61183 to nobody, and no login.defs hands them out.
    job_uids: tuple[int, int] = (60706, 478)
    heartbeat_s: float = 5.0
    log_interval_s: float = 0.5
    retry_s: float = 900.0

    def to_json(self) -> dict[str, Any]:
        """A JSON object that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """TypeError for a field that is not known or not there."""
        known: dict[str, Any] = dict(document)
        for name in ("path", "software", "job_uids"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)


@dataclass(frozen=True)
class RunSpec:
    """One command and what it may use.

    `work` is the folder that the job sees as its working folder; `work/inputs` becomes
    read-only, `work/output` is what it leaves behind. Folders that the sandbox needs itself are
    made beside `work`. `environment` is the job's own; the sandbox adds PATH, HOME and the like.
    """

    name: str
    command: tuple[str, ...]
    work: Path
    environment: dict[str, str]
    cpus: int
    memory_mib: int
    process_limit: int
    time_limit_s: float
    grace_s: float
    disk_limit_mib: int
    log_limit_mib: int
    network: bool = False


@dataclass(frozen=True)
class Usage:
    """What a run used so far: processor seconds, and the highest memory and disk use.

    `memory_mib` and `disk_mib` are the use at the last look, `at_s` seconds after the start.
    """

    cpu_s: float = 0.0
    memory_peak_mib: float = 0.0
    disk_peak_mib: float = 0.0
    memory_mib: float = 0.0
    disk_mib: float = 0.0
    at_s: float = 0.0

    def to_json(self) -> dict[str, float]:
        """Rounded to what was really measured."""
        return {f.name: round(float(getattr(self, f.name)), 3) for f in fields(self)}


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `reason` is a sentence for the log where there is more to say.

    `signal` is set where the command died of a signal; the sandbox reports that as the shell
    does (128 + signal), so a command that itself exits with 129-159 reads the same.
    """

    outcome: OutcomeKind
    exit_code: int | None
    signal: int | None
    started_at: datetime
    ended_at: datetime
    usage: Usage = field(default_factory=Usage)
    reason: str = ""
