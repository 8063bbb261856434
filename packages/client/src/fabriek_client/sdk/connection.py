"""The way to a factory: kept connections, repeated requests, refusals as FactoryError."""

import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from fabriek_client.errors import FactoryError
from fabriek_client.words import Language, language, say

if TYPE_CHECKING:
    from fabriek_vault.http import Http

API = "/api/v1"
TRIES = 6
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 20.0
_AGAIN = frozenset({429, 502, 503, 504})
_REPEATABLE_METHODS = frozenset({"GET", "PUT", "DELETE"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Connection:
    """One HTTP client for one address and token. May be used from several threads."""

    def __init__(
        self,
        address: str,
        token: str = "",
        spoken: Language | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(address)
        headers = {"Accept-Language": spoken or language(), "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.address = address
        self._headers, self._transport = headers, transport
        self._sleep = sleep
        self.http = httpx.Client(
            base_url=address,
            headers=headers,
            transport=transport,
            timeout=httpx.Timeout(60, connect=10),
            # Loading the certificates takes longer than a request; without TLS nobody needs them.
            verify=True if parts.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            # A proxy of the network has no business between two programs on one machine.
            trust_env=parts.hostname not in _LOOPBACK,
        )

    @cached_property
    def bulk(self) -> "Http":
        """What chunks travel by: the vault's lean client, four times cheaper for large bodies, and
        httpx where the way to the factory leads through a proxy, which the lean one does not know.
        """
        from fabriek_vault.wire import Wire

        scheme, host = urlsplit(self.address).scheme, urlsplit(self.address).hostname or ""
        proxied = scheme in getproxies() and not proxy_bypass(host) and host not in _LOOPBACK
        if self._transport or proxied:
            return self.http
        return Wire(self.address, self._headers)

    def close(self) -> None:
        """Close the kept connections."""
        self.http.close()

    def get(self, path: str, **params: Any) -> Any:
        """GET, as JSON; parameters that are None are left out."""
        return self.answer("GET", path, params=params).json()

    def post(self, path: str, body: Any = None, *, repeatable: bool = False) -> Any:
        """POST, as JSON. `repeatable`: a second time changes nothing more."""
        return _content(self.answer("POST", path, json=body or {}, repeatable=repeatable))

    def patch(self, path: str, body: Any) -> Any:
        """PATCH, as JSON: the same fields twice are the same fields."""
        return _content(self.answer("PATCH", path, json=body, repeatable=True))

    def delete(self, path: str) -> None:
        """DELETE."""
        self.answer("DELETE", path)

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """Every item of a list, page after page as they are needed."""
        before: int | None = None
        while True:
            page = self.get(path, before=before, **params)
            yield from page["items"]
            before = page["next_before"]
            if before is None:
                return

    def answer(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> httpx.Response:
        """The answer below 300, after as many tries as make sense. FactoryError otherwise.

        Safe and idempotent requests are repeated after lost connections, 429, 502, 503 and 504;
        others only when the connection was never made.
        """
        repeatable = repeatable or method in _REPEATABLE_METHODS
        wanted = {name: value for name, value in (params or {}).items() if value is not None}
        pause = _FIRST_PAUSE_S
        for left in reversed(range(TRIES)):
            wait = pause * random.uniform(0.7, 1.3)  # noqa: S311 - spreads the load
            try:
                response = self.http.request(
                    method, API + path, params=wanted, json=json, headers=headers
                )
            except httpx.TransportError as error:
                if not left or not (repeatable or isinstance(error, httpx.ConnectError)):
                    raise self._unreachable(error) from error
            except (httpx.InvalidURL, httpx.DecodingError) as error:
                raise self._bad_answer(0) from error
            else:
                if response.is_success:
                    return response
                wait = max(wait, _asked_pause_s(response))
                may_help = repeatable and response.status_code in _AGAIN
                if not left or not may_help or wait > _LONGEST_PAUSE_S:
                    raise self._refusal(response)
            self._sleep(wait)
            pause *= 2
        raise AssertionError("the last try returns or raises")

    def _refusal(self, response: httpx.Response) -> FactoryError:
        try:
            said = response.json()
            return FactoryError(
                str(said["code"]),
                str(said["sentence"]),
                str(said["way_out"]),
                bool(said["retry"]),
                status=response.status_code,
                facts=said.get("facts"),
                request_id=str(said.get("request_id", "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._bad_answer(response.status_code)

    def _bad_answer(self, status: int) -> FactoryError:
        return FactoryError(
            "not-a-factory",
            say("common.not-a-factory", address=self.address, status=status or "?"),
            say("common.not-a-factory-out"),
            status >= 500,
            status=status,
        )

    def _unreachable(self, error: httpx.TransportError) -> FactoryError:
        return FactoryError(
            "factory-unreachable",
            say("common.unreachable", address=self.address, why=type(error).__name__),
            say("common.unreachable-out"),
            retry=True,
        )


def segment(value: str | int) -> str:
    """One part of a path, whatever characters it holds."""
    quoted = quote(str(value), safe="")
    # quote() leaves dots, and `..` would be taken as a folder by what stands in between.
    return {".": "%2E", "..": "%2E%2E"}.get(quoted, quoted)


def _content(response: httpx.Response) -> Any:
    return response.json() if response.content else None


def _asked_pause_s(response: httpx.Response) -> float:
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() and len(asked) < 6 else 0.0
