"""The agent's line to the API: claim, beats, the last report; all survive an absent API."""

import base64
import random
import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fabriek_agent.api import Answer, Api
from fabriek_agent.logspool import LogSpool
from fabriek_agent.spec import Usage

PIECE_BYTES = 1024 * 1024
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_OVER = frozenset({401, 403, 404, 409, 410})


class Superseded(Exception):
    """This attempt does not count any more: another took over, or the job is over."""


class Unreachable(Exception):
    """The API did not answer for longer than the agent waits."""


def persist(send: Callable[[], Answer], patience_s: float, ended: threading.Event) -> Answer:
    """Send until an answer comes that is one. Superseded; Unreachable after the patience.

    `ended` cuts the waiting between two tries short.
    """
    give_up_at = time.monotonic() + patience_s
    pause_s = _FIRST_PAUSE_S
    while True:
        said = "no answer"
        try:
            answer = send()
            if answer.status_code < 300:
                return answer
            said = f"status {answer.status_code}: {answer.content[:300]!r}"
            if answer.status_code in _OVER:
                raise Superseded(said)
            if answer.status_code not in _AGAIN:
                raise Unreachable(said)
        except ConnectionError as error:
            said = str(error)
        if time.monotonic() + pause_s > give_up_at:
            raise Unreachable(said)
        ended.wait(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads out retries
        if ended.is_set():
            raise Unreachable(said)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def claim(api: Api, secret: str, patience_s: float) -> dict[str, Any]:
    """Exchange the secret for a token and the work. The nonce lets us, and nobody else, ask again
    when the answer was lost."""
    body = {"secret": secret, "nonce": secrets.token_hex(16)}
    answer = persist(
        lambda: api.request("POST", "/api/v1/agent/claim", json=body),
        patience_s,
        threading.Event(),
    )
    said: dict[str, Any] = answer.json()
    api.token = said["token"]
    return said


class Reporter:
    """Sends beats from a thread of its own, from `start` until `finish`."""

    def __init__(
        self,
        api: Api,
        log: LogSpool,
        *,
        heartbeat_s: float,
        log_interval_s: float,
        patience_s: float,
        on_stop: Callable[[str], None],
    ) -> None:
        """`on_stop` is called in this thread, once, with why the attempt must end."""
        self.phase = "fetching"
        self.started_at: datetime | None = None
        self.usage: Callable[[], Usage] = Usage
        self.superseded = False
        self._api, self._log = api, log
        self._heartbeat_s, self._log_interval_s = heartbeat_s, log_interval_s
        self._patience_s, self._on_stop = patience_s, on_stop
        self._offset = 0
        self._told_phase = "fetching"
        self._ended = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="beats", daemon=True)

    def start(self) -> None:
        """Begin to send beats."""
        self._thread.start()

    def finish(self, report: dict[str, Any]) -> None:
        """Stop the beats and send the last report with the rest of the log. As `persist`."""
        self._ended.set()
        self._thread.join()
        self._ended.clear()
        while self._log.size - self._offset > PIECE_BYTES:
            before = self._offset
            self._beat()
            if self._offset == before:
                break
        piece = self._log.read(self._offset, PIECE_BYTES)
        body = {**report, "log_offset": self._offset, "log": base64.b64encode(piece).decode()}
        self._persist("/api/v1/agent/finish", body)

    def _run(self) -> None:
        last_beat = time.monotonic()
        while not self._ended.wait(self._log_interval_s):
            due = time.monotonic() - last_beat >= self._heartbeat_s
            try:
                while due or self._has_news():
                    self._beat()
                    last_beat, due = time.monotonic(), False
            except Superseded:
                self.superseded = True
                self._stop("superseded")
                return
            except Unreachable:
                if not self._ended.is_set():
                    self._stop("unreachable")
                return

    def _has_news(self) -> bool:
        return self._log.size > self._offset or self._told_phase != self.phase

    def _beat(self) -> None:
        piece = self._log.read(self._offset, PIECE_BYTES)
        phase = self.phase
        body = {
            "phase": phase,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "log_offset": self._offset,
            "log": base64.b64encode(piece).decode(),
            "usage": self.usage().to_json(),
        }
        said = self._persist("/api/v1/agent/beat", body).json()
        self._told_phase = phase
        # The API knows how much it has: after a lost answer that is more than we thought.
        self._offset = min(int(said["log_offset"]), self._log.size)
        if said["stop"]:
            self._stop(said["stop"])

    def _persist(self, path: str, body: dict[str, Any]) -> Answer:
        return persist(
            lambda: self._api.request("POST", path, json=body), self._patience_s, self._ended
        )

    def _stop(self, why: str) -> None:
        if not self._stopping:
            self._stopping = True
            self._on_stop(why)
