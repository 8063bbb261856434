"""A lean HTTP client for large bodies, with the part of httpx.Client's `request` that is used here.

On the same connection httpx spends about 0.9 s of processor time for a GiB, this about 0.25 s. It
knows no proxies and follows no redirects.
"""

import http.client
import json as jsonlib
import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_LONGEST_BYTES = 64 * 1024 * 1024
_Body = bytes | Iterable[bytes] | None


@dataclass(frozen=True)
class WireResponse:
    """A response, read to its end. Names of headers are in lower case."""

    status_code: int
    content: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """ValueError when it is not JSON."""
        return jsonlib.loads(self.content)


class Wire:
    """Requests to one server, over one kept connection for each thread.

    `address` is the server's root, `http://` or `https://`; `headers` go with every request.
    """

    def __init__(
        self, address: str, headers: Mapping[str, str], *, timeout_s: float = 60.0
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{address!r} is no address of a server")
        self._host, self._port, self._timeout_s = parts.hostname, parts.port, timeout_s
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._headers = dict(headers)
        self._own = threading.local()
        self._opened: list[http.client.HTTPConnection] = []

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._opened:
            connection.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        content: _Body = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> WireResponse:
        """Send one request; ConnectionError when no whole answer comes: trying again may help."""
        sent = self._headers | dict(headers or {})
        if json is not None:
            content = jsonlib.dumps(json).encode()
            sent["Content-Type"] = "application/json"
        connection = getattr(self._own, "connection", None) or self._connect()
        try:
            _send(connection, method, url, content, sent)
            response = connection.getresponse()
            if (response.length or 0) > _LONGEST_BYTES:
                raise http.client.HTTPException(f"{response.length} bytes are too many")
            # Without a size: only so is an answer that was cut off found out.
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ConnectionError(f"no answer from the server: {error!r}") from error
        if response.will_close:
            connection.close()
        names = {name.lower(): value for name, value in response.headers.items()}
        return WireResponse(response.status, data, names)

    def _connect(self) -> http.client.HTTPConnection:
        if self._tls:
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout_s, context=self._tls
            )
        else:
            made = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        self._own.connection = made
        self._opened.append(made)
        return made


def _send(
    connection: http.client.HTTPConnection,
    method: str,
    url: str,
    body: _Body,
    headers: dict[str, str],
) -> None:
    try:
        connection.request(method, url, body=body, headers=headers)
    except (BrokenPipeError, ConnectionResetError):
        # A server may refuse before it has read the whole body; then its answer is waiting. If it
        # only closed a kept connection, reading the answer fails, and that is what is reported.
        if connection.sock is None:
            raise
