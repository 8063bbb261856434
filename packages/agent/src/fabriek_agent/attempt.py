"""One attempt from claim to last report: fetch, run, store, report, wipe."""

import json
import os
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from fabriek_agent import disk, reporter, spool
from fabriek_agent.api import Api
from fabriek_agent.claim import Work
from fabriek_agent.logspool import LogSpool
from fabriek_agent.reporter import Reporter, Superseded, Unreachable
from fabriek_agent.sandbox import Sandbox, Stop
from fabriek_agent.spec import NodeConfig, Outcome, RunSpec, Usage
from fabriek_agent.steps import step
from fabriek_agent.users import USERS, JobUser
from fabriek_vault.errors import VaultError

API_PATH = "/api/v1"


class Interrupted(BaseException):
    """Raised in the main thread by SIGTERM while there is no job to stop."""


@dataclass
class Report:
    """What is told at the end."""

    outcome: str
    sentence: str = ""
    exit_code: int | None = None
    signal: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    usage: Usage = Usage()  # noqa: RUF009 - frozen
    output: dict[str, int] | None = None
    metrics: dict[str, float] | None = None

    @classmethod
    def of(cls, end: Outcome) -> "Report":
        """A run's outcome as the start of a report."""
        return cls(
            end.outcome,
            end.reason,
            end.exit_code,
            end.signal,
            end.started_at,
            end.ended_at,
            end.usage,
        )

    def to_json(self, node: NodeConfig) -> dict[str, Any]:
        """The body of the last report, without the log."""
        return {
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "signal": self.signal,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "usage": self.usage.to_json(),
            "isolation": {"sandbox": node.sandbox, "limits": node.limits},
            "output": self.output,
            "metrics": self.metrics or {},
        }


def run_attempt(folder: Path, address: str, secret: str, node: NodeConfig) -> None:
    """Run the attempt of this spool folder, whose lock we hold; does nothing if it was begun."""
    user = None
    if os.geteuid() == 0:
        user = JobUser.take(USERS, node.job_uids, folder.name)
    try:
        uid = user.uid if user else None
        if spool.begin(folder, {"pid": os.getpid(), "uid": uid}):
            step("agent-begun", folder.name)
            attempt = _Attempt(folder, Api(address.removesuffix(API_PATH)), node, uid)
            spool.end(folder, attempt.run(secret))
    finally:
        if user:
            user.release()


def _interrupt_main_thread() -> None:
    main_thread = threading.main_thread().ident
    if main_thread is not None:
        signal.pthread_kill(main_thread, signal.SIGTERM)


class _Attempt:
    def __init__(self, folder: Path, api: Api, node: NodeConfig, uid: int | None) -> None:
        self._name, self._api, self._node, self._uid = folder.name, api, node, uid
        self._home = Path(node.scratch) / folder.name
        self._stop = Stop()
        self._interruptible = False
        self._reporter: Reporter | None = None

    def run(self, secret: str) -> str:
        """Everything; returns a word for the spool. Scratch is wiped in every case."""
        signal.signal(signal.SIGTERM, self._on_sigterm)
        try:
            work = Work.from_json(reporter.claim(self._api, secret, self._node.retry_s)["spec"])
            step("agent-claimed", self._name)
            self._home.mkdir(mode=0o700)
            log = LogSpool(self._home / "log")
            try:
                return self._work(work, log)
            finally:
                log.close()
        except Superseded as error:
            print(f"superseded: {error}", file=sys.stderr)
            return "superseded"
        except Unreachable as error:
            print(f"gave up: {error}", file=sys.stderr)
            return "unreachable"
        finally:
            disk.wipe(self._home)

    def _work(self, work: Work, log: LogSpool) -> str:
        node = self._node
        self._reporter = Reporter(
            self._api,
            log,
            heartbeat_s=node.heartbeat_s,
            log_interval_s=node.log_interval_s,
            patience_s=node.retry_s,
            # Back to the main thread, the same way as a stop from outside.
            on_stop=lambda why: _interrupt_main_thread(),
        )
        self._reporter.start()
        report = self._do(work, log, self._reporter)
        log.say(report.sentence)
        self._reporter.finish(report.to_json(node))
        step("agent-reported", self._name)
        return "reported"

    def _do(self, work: Work, log: LogSpool, told: Reporter) -> Report:
        if work.isolation_required and self._node.sandbox == "none":
            sentence = "This job must be isolated, and this node has no sandbox."
            return Report("sandbox-failed", sentence)
        failure = self._stage(work, log)
        if failure:
            return failure
        step("agent-staged", self._name)
        sandbox = Sandbox(self._spec(work), self._node, log.write, self._stop, self._uid)
        told.usage = lambda: sandbox.usage
        report = Report.of(sandbox.run(on_start=lambda at: self._tell_started(told, at)))
        step("agent-ran", self._name)
        told.phase = "storing"
        output = self._home / "work" / "output"
        if report.started_at and not output.is_symlink():
            from fabriek_agent.results import read_metrics

            report.metrics, sentence = read_metrics(output)
            log.say(sentence)
        self._store(work, output, report)
        step("agent-stored", self._name)
        return report

    def _tell_started(self, told: Reporter, at: datetime) -> None:
        told.started_at = at
        told.phase = "running"
        step("agent-started", self._name)

    def _stage(self, work: Work, log: LogSpool) -> Report | None:
        from fabriek_agent.stage import stage

        try:
            self._interruptible = True
            if self._stop.asked:
                raise Interrupted
            for sentence in stage(work, self._home, self._api, self._node.retry_s):
                log.say(sentence)
        except Interrupted:
            return Report("stopped", "The job was stopped before its command began.")
        except VaultError as error:
            outcome = "disk-limit" if error.code == "disk-limit" else "input-failed"
            return Report(outcome, f"{error.sentence} {error.way_out}".strip())
        except OSError as error:
            return Report("input-failed", f"The inputs could not be written: {error.strerror}.")
        finally:
            self._interruptible = False
        place = self._home / "work"
        place.chmod(0o700)
        if self._uid is not None:
            disk.hand_over(place, self._uid, leave_out=["inputs"])
            if self._node.sandbox == "none":
                self._home.chmod(0o711)
        return None

    def _spec(self, work: Work) -> RunSpec:
        environment = {
            **work.environment,
            "FABRIEK_JOB": str(work.job_id),
            "FABRIEK_PARAMETERS": json.dumps(work.parameters),
        }
        return RunSpec(
            name=self._name,
            command=work.command,
            work=self._home / "work",
            environment=environment,
            cpus=work.cpus,
            memory_mib=work.memory_mib,
            process_limit=work.process_limit,
            time_limit_s=work.time_limit_s,
            grace_s=work.grace_s,
            disk_limit_mib=work.disk_limit_mib,
            log_limit_mib=work.log_limit_mib,
            network=work.network,
        )

    def _store(self, work: Work, output: Path, report: Report) -> None:
        """Also of a job that failed: a checkpoint may be worth hours. Not of one that overfilled
        its disk: what it may store is what it passed."""
        if work.output_dataset_id is None or report.outcome in {"disk-limit", "sandbox-failed"}:
            return
        try:
            self._interruptible = self._reporter is not None and not self._reporter.superseded
            from fabriek_agent.results import store_output

            report.output = store_output(
                output, work.output_dataset_id, self._api, self._node.retry_s
            )
        except Interrupted:
            report.sentence = f"{report.sentence} The output was not stored.".strip()
        except (VaultError, OSError) as error:
            # The first thing that went wrong is the one to tell.
            if report.outcome == "exited" and report.exit_code == 0:
                report.outcome = "output-failed"
            report.sentence = f"{report.sentence} The output was not stored: {error}".strip()
        finally:
            self._interruptible = False

    def _on_sigterm(self, number: int, frame: FrameType | None) -> None:
        already = self._stop.asked
        self._stop.ask()
        superseded = self._reporter is not None and self._reporter.superseded
        storing = self._reporter is not None and self._reporter.phase == "storing"
        # A job that has run to its end may store what it made, unless it does not count any more.
        if self._interruptible and (not storing or superseded or already):
            self._interruptible = False
            raise Interrupted
