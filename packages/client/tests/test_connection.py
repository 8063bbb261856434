"""What the SDK does when the way to the factory, or the factory, fails."""

import json
from collections.abc import Callable

import httpx
import pytest

from fabriek_client import Factory, FactoryError
from fabriek_client.sdk.connection import TRIES, Connection, segment

REFUSAL = {
    "code": "busy",
    "sentence": "Too busy.",
    "way_out": "Wait.",
    "retry": True,
    "facts": {"seconds": 3},
    "request_id": "abc",
}


def connection(
    answer: Callable[[httpx.Request], httpx.Response], waits: list[float] | None = None
) -> Connection:
    """A connection to something that answers like this; waiting is only noted down."""
    noted = [] if waits is None else waits
    return Connection(
        "http://127.0.0.1:1",
        "secret",
        "en",
        transport=httpx.MockTransport(answer),
        sleep=noted.append,
    )


def failing(times: int, fault: httpx.TransportError | int) -> Callable[..., httpx.Response]:
    """Answers that fail so many times and then are fine."""
    left = [times]

    def answer(request: httpx.Request) -> httpx.Response:
        if left[0]:
            left[0] -= 1
            if isinstance(fault, int):
                return httpx.Response(fault, json=REFUSAL)
            raise fault
        return httpx.Response(200, json={"ok": True})

    return answer


@pytest.mark.parametrize("fault", [httpx.ReadError("lost"), httpx.ConnectError("no"), 429, 503])
def test_a_safe_request_is_repeated(fault: httpx.TransportError | int) -> None:
    waits: list[float] = []
    assert connection(failing(3, fault), waits).get("/me") == {"ok": True}
    assert len(waits) == 3
    assert waits == sorted(waits)


@pytest.mark.parametrize("fault", [httpx.ReadError("lost"), 503, 429])
def test_a_request_that_may_have_been_carried_out_is_not(
    fault: httpx.TransportError | int,
) -> None:
    waits: list[float] = []
    with pytest.raises(FactoryError):
        connection(failing(1, fault), waits).post("/projects/p/jobs", {})
    assert waits == []


def test_one_that_never_left_is_repeated() -> None:
    answer = failing(1, httpx.ConnectError("refused"))
    assert connection(answer).post("/projects/p/jobs", {}) == {"ok": True}


def test_one_that_is_repeatable_is_repeated() -> None:
    assert connection(failing(2, 503)).post("/jobs/1/cancel", repeatable=True) == {"ok": True}


def test_patience_ends() -> None:
    waits: list[float] = []
    with pytest.raises(FactoryError) as found:
        connection(failing(99, httpx.ConnectError("no")), waits).get("/me")
    assert found.value.code == "factory-unreachable"
    assert found.value.retry
    assert len(waits) == TRIES - 1


def test_a_factory_that_asks_for_longer_than_we_wait_is_not_asked_again() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, json=REFUSAL, headers={"Retry-After": "600"})

    waits: list[float] = []
    with pytest.raises(FactoryError):
        connection(answer, waits).get("/me")
    assert waits == []


def test_a_refusal_comes_with_everything() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(409, json=REFUSAL)

    with pytest.raises(FactoryError) as found:
        connection(answer).get("/me")
    error = found.value
    assert (error.code, error.sentence, error.way_out) == ("busy", "Too busy.", "Wait.")
    assert (error.status, error.facts, error.request_id) == (409, {"seconds": 3}, "abc")
    assert str(error) == "Too busy. Wait."


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"code": 1}', b"null", b"", json.dumps({"detail": "x"}).encode()]
)
@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_is_no_factory_is_named(status: int, body: bytes) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body, headers={"Location": "http://evil.example/"})

    with pytest.raises(FactoryError) as found:
        connection(answer).get("/me")
    assert found.value.code == "not-a-factory"


def test_token_and_language_travel_in_headers_only() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer secret"
        assert request.headers["Accept-Language"] == "en"
        assert "secret" not in str(request.url)
        return httpx.Response(200, json={})

    connection(answer).get("/me")


def test_a_list_is_read_page_by_page_as_needed() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.query.decode())
        before = int(request.url.params.get("before", 4))
        items = [{"id": before - 1}]
        return httpx.Response(
            200, json={"items": items, "next_before": before - 1 if before > 2 else None}
        )

    found = connection(answer).pages("/tokens")
    assert next(found) == {"id": 3}
    assert asked == [""]
    assert [row["id"] for row in found] == [2, 1]
    assert asked == ["", "before=3", "before=2"]


@pytest.mark.parametrize("name", ["..", ".", "a/b", "?x=1", "#", "%2e%2e", "é", "a b"])
def test_a_name_cannot_leave_its_place_in_the_path(name: str) -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path.decode())
        return httpx.Response(200, json={})

    connection(answer).get(f"/projects/{segment(name)}/report")
    assert paths[0].startswith("/api/v1/projects/")
    assert paths[0].endswith("/report")
    assert paths[0].count("/") == 5


def test_a_log_is_followed_to_its_end() -> None:
    log = b"one\ntwo\nthree\n"
    grown = iter([4, 4, 8, 14, 14, 14])

    def answer(request: httpx.Request) -> httpx.Response:
        offset, end = int(request.url.params["offset"]), next(grown)
        piece = {"offset": offset, "next_offset": end, "text": log[offset:end].decode()}
        return httpx.Response(200, json=piece | {"ended": end == 14 and offset == 14})

    with Factory("http://127.0.0.1:1", "t", transport=httpx.MockTransport(answer)) as factory:
        found = list(factory.jobs.follow(1, sleep=lambda seconds: None))
    assert found == ["one\n", "two\n", "three\n"]
