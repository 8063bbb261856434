"""Talking to the hub over any object with httpx.Client's `request`: retries and refusals."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from fabriek_vault.errors import VaultError

PATIENCE_S = 60.0
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 8.0
_TRANSIENT = frozenset({429, 502, 503, 504})
_TRANSIENT_ERRORS = frozenset({"TransportError", "OSError"})


class Response(Protocol):
    """What is used of httpx.Response."""

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def json(self) -> Any: ...


class Http(Protocol):
    """httpx.Client with the hub's root as base_url and the bearer token in its headers."""

    def request(
        self,
        method: str,
        url: str,
        *,
        content: bytes | Iterable[bytes] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response: ...


class Caller:
    """Makes requests that can safely be repeated, and repeats them while the hub is away."""

    def __init__(self, http: Http, patience_s: float = PATIENCE_S) -> None:
        self._http = http
        self._patience_s = patience_s

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Callable[[], bytes | Iterable[bytes]] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The answer with a status below 400; `body` is called anew for every attempt.

        VaultError with the hub's own code for a refusal; `hub-unreachable` when connection
        faults, 429, 502, 503 or 504 go on for longer than the patience.
        """
        end = time.monotonic() + self._patience_s
        pause = _FIRST_PAUSE_S
        while True:
            response: Response | None = None
            fault: Exception | None = None
            try:
                content = body() if body else None
                response = self._http.request(
                    method, f"/api/v1{path}", content=content, json=json, headers=headers
                )
            except Exception as error:
                if not _is_transient(error):
                    raise
                fault = error
            if response is not None and response.status_code < 400:
                return response
            if response is not None and response.status_code not in _TRANSIENT:
                raise refusal(response)
            wait = max(pause * random.uniform(0.5, 1), _asked_pause_s(response))  # noqa: S311
            if time.monotonic() + wait > end:
                raise refusal(response) if response is not None else _unreachable() from fault
            time.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE_S)


def refusal(response: Response) -> VaultError:
    """The hub's refusal as an error; `hub-error` when the answer is not the hub's own."""
    try:
        said = response.json()
        return VaultError(
            str(said["code"]),
            str(said["sentence"]),
            str(said["way_out"]),
            retry=bool(said["retry"]),
        )
    except (ValueError, KeyError, TypeError):
        return VaultError(
            "hub-error",
            f"The hub answered with status {response.status_code}.",
            "Try again later; if it goes on, tell the factory's operator.",
            retry=response.status_code >= 500,
        )


def _is_transient(error: Exception) -> bool:
    # httpx.TransportError by name: this package does not depend on httpx.
    return any(kind.__name__ in _TRANSIENT_ERRORS for kind in type(error).__mro__)


def _asked_pause_s(response: Response | None) -> float:
    asked = response.headers.get("retry-after", "") if response is not None else ""
    return float(asked) if asked.isdecimal() and len(asked) < 6 else 0.0


def _unreachable() -> VaultError:
    return VaultError(
        "hub-unreachable",
        "The hub does not answer.",
        "Check the address and the network, and try again: what was sent is kept.",
        retry=True,
    )
