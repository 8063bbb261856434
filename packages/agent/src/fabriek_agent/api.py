"""A small HTTP client with the part of httpx.Client's `request` that we use.

httpx costs 140 ms of CPU to import on the reference machine, http.client 30 ms; an agent starts
once per job.
"""

import http.client
import json as jsonlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 30.0
_TOO_LONG = 64 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """A response, read to its end."""

    status_code: int
    content: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """ValueError when it is not JSON."""
        return jsonlib.loads(self.content)


class _Headers(dict[str, str]):
    """Looked up in lower or any other case."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        super().__init__((name.lower(), value) for name, value in pairs)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class Api:
    """Requests to one server, over one kept connection per thread."""

    def __init__(self, address: str, token: str | None = None) -> None:
        """`address` is the server's root, `http://` or `https://` with host and port."""
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{address!r} is no address of a server.")
        self._host, self._port = parts.hostname, parts.port
        self._secure = parts.scheme == "https"
        self.token = token
        self._own = threading.local()

    def request(
        self,
        method: str,
        url: str,
        *,
        content: bytes | Iterable[bytes] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; ConnectionError when no whole answer comes (trying again may help).

        A kept connection that the server has closed meanwhile is opened anew, once: every
        request of ours may be repeated.
        """
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        body = content
        if json is not None:
            sent["Content-Type"] = "application/json"
            body = jsonlib.dumps(json).encode()
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is not None and (body is None or isinstance(body, bytes)):
            try:
                return self._exchange(connection, method, url, body, sent)
            except ConnectionError:
                connection = None
        return self._exchange(connection or self._connect(), method, url, body, sent)

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT_S)
        self._own.connection = connection
        return connection

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        url: str,
        body: bytes | Iterable[bytes] | None,
        headers: dict[str, str],
    ) -> Answer:
        try:
            connection.request(method, url, body=body, headers=headers)
            response = connection.getresponse()
            if (response.length or 0) > _TOO_LONG:
                raise http.client.HTTPException(f"{response.length} bytes are too many")
            # Without a size: only so is an answer that was cut off found out.
            data = response.read()
            if response.will_close:
                self._drop(connection)
            return Answer(response.status, data, _Headers(response.headers.items()))
        except (OSError, http.client.HTTPException) as error:
            self._drop(connection)
            if isinstance(error, ConnectionError):
                raise
            raise ConnectionError(f"No answer from the server: {error!r}") from error

    def _drop(self, connection: http.client.HTTPConnection) -> None:
        connection.close()
        self._own.connection = None
