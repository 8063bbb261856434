"""Jobs: submit, watch, cancel, and why one waits."""

import builtins
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fabriek_client.sdk.connection import Connection, segment
from fabriek_client.sdk.shapes import ENDED, Job, JobRow, LogPiece, Record, Why

_FIRST_LOOK_S = 0.1
_LAST_LOOK_S = 2.0


class Jobs:
    """Jobs of projects."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def submit(self, project: str, job: Mapping[str, Any]) -> Job:
        """Submit a job: `command`, `cpus`, `memory_mib`, `gpus`, `time_limit_s`, and more."""
        answer: Job = self._connection.post(f"/projects/{segment(project)}/jobs", job)
        return answer

    def list(
        self, project: str, state: str | None = None, limit: int | None = None
    ) -> Iterator[JobRow]:
        """The jobs of a project, newest first; `limit` is the size of a page."""
        path = f"/projects/{segment(project)}/jobs"
        return self._connection.pages(path, state=state, limit=limit)

    def show(self, job_id: int) -> Job:
        """One job."""
        answer: Job = self._connection.get(f"/jobs/{segment(job_id)}")
        return answer

    def cancel(self, job_id: int) -> Job:
        """Ask to end a job; what it used is settled, the rest released."""
        answer: Job = self._connection.post(f"/jobs/{segment(job_id)}/cancel", repeatable=True)
        return answer

    def why(self, job_id: int) -> Why:
        """Why it is waiting, or what became of it."""
        answer: Why = self._connection.get(f"/jobs/{segment(job_id)}/why")
        return answer

    def log(self, job_id: int, offset: int = 0) -> LogPiece:
        """What the job printed, from a byte offset."""
        answer: LogPiece = self._connection.get(f"/jobs/{segment(job_id)}/log", offset=offset)
        return answer

    def follow(
        self, job_id: int, offset: int = 0, *, sleep: Callable[[float], None] = time.sleep
    ) -> Iterator[str]:
        """What the job prints, until it has ended and everything was read."""
        pause = _FIRST_LOOK_S
        while True:
            piece = self.log(job_id, offset)
            offset = piece["next_offset"]
            if piece["text"]:
                pause = _FIRST_LOOK_S
                yield piece["text"]
            elif piece["ended"]:
                return
            else:
                sleep(pause)
                pause = min(pause * 1.5, _LAST_LOOK_S)

    def wait(self, job_id: int, *, sleep: Callable[[float], None] = time.sleep) -> Job:
        """The job when it has ended."""
        pause = _FIRST_LOOK_S
        while (job := self.show(job_id))["state"] not in ENDED:
            sleep(pause)
            pause = min(pause * 1.5, _LAST_LOOK_S)
        return job

    def engines(self) -> builtins.list[Record]:
        """What the factory's engines offer."""
        answer: builtins.list[Record] = self._connection.get("/engines")
        return answer
