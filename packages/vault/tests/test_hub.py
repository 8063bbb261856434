"""The hub's protocol from the client's side, against a hub in memory that can misbehave."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fabriek_vault import (
    IntegrityError,
    VaultError,
    digest_hex,
    manifest_digest,
    open_manifest,
    pull_version,
    push_path,
    sign_version,
)

KEY = bytes(range(32))


@dataclass
class Answer:
    status_code: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.content)


class TransportError(Exception):
    """Named as httpx's."""


class MemoryHub:
    """One dataset, number 7."""

    def __init__(self) -> None:
        self.signer = Ed25519PrivateKey.generate()
        self.chunks: dict[str, bytes] = {}
        self.manifests: list[bytes] = []
        self.calls: list[str] = []
        self.fault: Callable[[str, str], Answer | None] = lambda method, url: None

    def request(  # noqa: PLR0911 - one return a route
        self,
        method: str,
        url: str,
        *,
        content: bytes | Iterable[bytes] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        self.calls.append(f"{method} {url}")
        if fault := self.fault(method, url):
            return fault
        body = content if isinstance(content, bytes) else b"".join(content or ())
        if body:
            assert headers is not None
            assert headers["X-Digest"] == digest_hex(body)
            assert int(headers.get("Content-Length", len(body))) == len(body)
        match method, *url.removeprefix("/api/v1/").split("/"):
            case "POST", "datasets", "7", "uploads":
                assert json["size_bytes"] >= 0
                key = base64.b64encode(KEY).decode()
                return said(201, id=3, algorithm="aes-256-gcm", key=key)
            case "POST", "uploads", "3", "missing":
                return said(200, missing=[n for n in json["names"] if n not in self.chunks])
            case "PUT", "uploads", "3", "chunks", name:
                self.chunks[name] = body
                return Answer(204)
            case "POST", "uploads", "3", "commit":
                self.manifests.append(body)
                return self.version(len(self.manifests))
            case "POST", "datasets", "7", "versions", number, "key":
                return self.version(int(number))
            case "GET", "datasets", "7", "versions", number, "manifest":
                return Answer(200, self.manifests[int(number) - 1])
            case "GET", "datasets", "7", "versions", _, "chunks", name:
                return Answer(200, self.chunks[name])
        raise AssertionError(url)

    def version(self, number: int) -> Answer:
        digest = manifest_digest(self.manifests[number - 1])
        manifest = open_manifest(KEY, 7, self.manifests[number - 1])
        return said(
            201,
            dataset_id=7,
            number=number,
            digest=digest,
            signature=sign_version(self.signer, 7, number, digest).hex(),
            public_key=self.signer.public_key().public_bytes_raw().hex(),
            key=base64.b64encode(KEY).decode(),
            size_bytes=manifest.size_bytes,
            file_count=len(manifest.files),
        )


def said(status: int, **facts: Any) -> Answer:
    return Answer(status, json.dumps(facts).encode())


@pytest.fixture
def hub() -> MemoryHub:
    return MemoryHub()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "a").write_bytes(b"hello")
    (tmp_path / "in" / "big").write_bytes(b"x" * 5_000_000)
    return tmp_path / "in"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", lambda pause: now.__setitem__(0, now[0] + pause))


def test_what_was_pushed_is_pulled(hub: MemoryHub, folder: Path, tmp_path: Path) -> None:
    version = push_path(hub, 7, folder)
    assert (version.number, version.size_bytes, version.file_count) == (1, 5_000_005, 2)
    opened = pull_version(hub, 7, 1, tmp_path / "out")
    assert opened.digest == version.digest
    assert (tmp_path / "out" / "sub" / "a").read_bytes() == b"hello"
    assert (tmp_path / "out" / "big").read_bytes() == b"x" * 5_000_000


def test_a_second_push_sends_no_chunk(hub: MemoryHub, folder: Path) -> None:
    first = push_path(hub, 7, folder)
    hub.calls.clear()
    assert push_path(hub, 7, folder).digest == first.digest
    assert not [call for call in hub.calls if call.startswith("PUT")]


@pytest.mark.parametrize("status", [429, 502, 503, 504, None])
def test_every_call_is_tried_again(
    hub: MemoryHub, folder: Path, tmp_path: Path, status: int | None
) -> None:
    seen: set[str] = set()

    def once(method: str, url: str) -> Answer | None:
        if f"{method} {url}" in seen:
            return None
        seen.add(f"{method} {url}")
        if status is None:
            raise TransportError
        return Answer(status, headers={"retry-after": "1"})

    hub.fault = once
    push_path(hub, 7, folder)
    pull_version(hub, 7, 1, tmp_path / "out")
    assert (tmp_path / "out" / "sub" / "a").read_bytes() == b"hello"


def test_patience_ends(hub: MemoryHub, folder: Path) -> None:
    def never(method: str, url: str) -> Answer | None:
        raise ConnectionRefusedError

    hub.fault = never
    with pytest.raises(VaultError) as caught:
        push_path(hub, 7, folder, patience_s=30)
    assert caught.value.code == "hub-unreachable"
    assert caught.value.retry
    assert 5 < len(hub.calls) < 40


def test_a_refusal_keeps_the_hubs_own_words(hub: MemoryHub, folder: Path) -> None:
    refusal = {
        "code": "quota",
        "sentence": "Too large.",
        "way_out": "Ask for more.",
        "retry": False,
    }
    hub.fault = lambda method, url: said(409, **refusal)
    with pytest.raises(VaultError) as caught:
        push_path(hub, 7, folder)
    assert (caught.value.code, str(caught.value)) == ("quota", "Too large. Ask for more.")
    assert len(hub.calls) == 1


def test_an_upload_that_was_closed_meanwhile_is_begun_again(hub: MemoryHub, folder: Path) -> None:
    closed = {"code": "upload-closed", "sentence": "", "way_out": "", "retry": False}
    left = [2]

    def twice(method: str, url: str) -> Answer | None:
        if url.endswith("/commit") and left[0]:
            left[0] -= 1
            return said(409, **closed)
        return None

    hub.fault = twice
    assert push_path(hub, 7, folder).number == 1
    assert len([call for call in hub.calls if call.startswith("PUT")]) == len(hub.chunks)
    left[0] = 99
    with pytest.raises(VaultError) as caught:
        push_path(hub, 7, folder)
    assert caught.value.code == "upload-closed"


def test_an_answer_that_is_not_the_hubs_is_named(hub: MemoryHub, folder: Path) -> None:
    hub.fault = lambda method, url: Answer(500, b"<html>")
    with pytest.raises(VaultError) as caught:
        push_path(hub, 7, folder)
    assert caught.value.code == "hub-error"


def test_other_exceptions_pass_through(hub: MemoryHub, folder: Path) -> None:
    def broken(method: str, url: str) -> Answer | None:
        raise ZeroDivisionError

    hub.fault = broken
    with pytest.raises(ZeroDivisionError):
        push_path(hub, 7, folder)


def test_a_swapped_manifest_is_found(hub: MemoryHub, folder: Path, tmp_path: Path) -> None:
    push_path(hub, 7, folder)
    (folder / "more").write_bytes(b"second version")
    push_path(hub, 7, folder)

    def older(method: str, url: str) -> Answer | None:
        return Answer(200, hub.manifests[0]) if url.endswith("/2/manifest") else None

    hub.fault = older
    with pytest.raises(IntegrityError) as caught:
        pull_version(hub, 7, 2, tmp_path / "out")
    assert caught.value.code == "manifest-swapped"

    def older_with_its_signature(method: str, url: str) -> Answer | None:
        return hub.version(1) if url.endswith("/2/key") else older(method, url)

    hub.fault = older_with_its_signature
    with pytest.raises(IntegrityError) as caught:
        pull_version(hub, 7, 2, tmp_path / "out")
    assert caught.value.code == "bad-signature"
    assert not (tmp_path / "out").exists()
