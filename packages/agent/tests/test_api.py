"""The small HTTP client, against a server that misbehaves."""

import socket
import threading
from collections.abc import Iterator

import pytest

from fabriek_agent.api import Api


@pytest.fixture
def server() -> Iterator[tuple[str, list[bytes], list[bytes]]]:
    """A server that gives the prepared answers, one per connection, and keeps what it got."""
    answers: list[bytes] = []
    got: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                data = connection.recv(100_000)
                while b"\r\n\r\n" not in data:
                    data += connection.recv(100_000)
                got.append(data)
                connection.sendall(answers.pop(0) if answers else b"")

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", answers, got
    listening.close()


def _ok(body: bytes, extra: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def test_an_answer(server: tuple[str, list[bytes], list[bytes]]) -> None:
    address, answers, got = server
    answers.append(_ok(b'{"a": 1}', b"Retry-After: 3\r\n"))
    answer = Api(address, "secret-token").request("POST", "/x", json={"b": 2})
    assert (answer.status_code, answer.json()) == (200, {"a": 1})
    assert answer.headers["RETRY-AFTER"] == answer.headers.get("retry-after") == "3"
    assert answer.headers.get("nothing", "x") == "x"
    assert b"Authorization: Bearer secret-token\r\n" in got[0]


def test_a_kept_connection_that_was_closed_is_opened_anew(
    server: tuple[str, list[bytes], list[bytes]],
) -> None:
    address, answers, got = server
    answers += [_ok(b"1"), _ok(b"2"), _ok(b"3")]
    api = Api(address)
    assert [api.request("GET", "/x").content for _ in range(3)] == [b"1", b"2", b"3"]
    assert len(got) == 3


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"]
)
def test_half_an_answer_is_none(
    server: tuple[str, list[bytes], list[bytes]], answer: bytes
) -> None:
    address, answers, _ = server
    answers.append(answer)
    with pytest.raises(ConnectionError):
        Api(address).request("GET", "/x")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectionError):
        Api(f"http://127.0.0.1:{port}").request("GET", "/x")


@pytest.mark.parametrize("address", ["", "ftp://x", "http://", "file:///etc/passwd"])
def test_no_address(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        Api(address)
