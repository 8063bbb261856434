"""The lean HTTP client, against a server that can misbehave."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from fabriek_vault import Wire


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[int, str, dict[str, str], bytes]]

    def do_PUT(self) -> None:
        if self.path == "/refuse":
            self.close_connection = True
            self.answer(413, b'{"code": "body-too-large"}', closes=True)
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.client_address[1], self.path, dict(self.headers), body))
        if self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
        elif self.path == "/hang-up":
            self.close_connection = True
        else:
            self.answer(200, body)

    do_POST = do_PUT

    def answer(self, status: int, body: bytes, *, closes: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if closes:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    Handler.seen = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_bodies_go_and_come_over_one_kept_connection(address: str) -> None:
    with Wire(address, {"Authorization": "Bearer x"}) as wire:
        assert wire.request("PUT", "/a", content=b"bytes").content == b"bytes"
        pieces = (piece for piece in (b"two ", b"pieces"))
        sent = wire.request("PUT", "/b", content=pieces, headers={"Content-Length": "10"})
        assert (sent.status_code, sent.content) == (200, b"two pieces")
        assert wire.request("POST", "/c", json={"n": 1}).json() == {"n": 1}
    assert len({port for port, *_ in Handler.seen}) == 1
    assert all(headers["Authorization"] == "Bearer x" for _, _, headers, _ in Handler.seen)
    assert Handler.seen[1][2].get("Transfer-Encoding") is None
    assert sent.headers["content-length"] == "10"


def test_a_refusal_before_the_body_was_read_is_heard(address: str) -> None:
    with Wire(address, {}) as wire:
        answer = wire.request("PUT", "/refuse", content=bytes(1000))
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
        assert wire.request("PUT", "/a", content=b"again").content == b"again"


@pytest.mark.parametrize("path", ["/cut", "/hang-up"])
def test_no_whole_answer_is_a_connection_error(address: str, path: str) -> None:
    with Wire(address, {}) as wire:
        with pytest.raises(ConnectionError):
            wire.request("PUT", path, content=b"x")
        assert wire.request("PUT", "/a", content=b"again").content == b"again"


def test_nobody_there() -> None:
    with Wire("http://127.0.0.1:9", {}) as wire, pytest.raises(ConnectionError):
        wire.request("GET", "/")


@pytest.mark.parametrize("address", ["", "ftp://x", "127.0.0.1:80", "http://"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        Wire(address, {})
