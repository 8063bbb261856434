"""For tests, here and in the engines' suites: the agent's side of the API, over real HTTP.

It stands in for the server only. The agents that talk to it are real processes.
"""

import base64
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fabriek_vault.hub import push_plan  # noqa: F401 - fails here rather than in an agent
from fabriek_vault.keys import DatasetKeys, generate_key
from fabriek_vault.plan import plan
from fabriek_vault.push import push
from fabriek_vault.sealing import manifest_digest, open_manifest, seal_manifest
from fabriek_vault.signing import sign_version
from fabriek_vault.testing import MemoryStore

OUTPUT_DATASET = 900


@dataclass
class Attempt:
    """What the API knows of one attempt."""

    spec: dict[str, Any]
    token: str = ""
    nonce: str = ""
    claims: int = 0
    log: bytes = b""
    beats: list[dict[str, Any]] = field(default_factory=list)
    report: dict[str, Any] | None = None
    stop: str | None = None
    superseded: bool = False
    reported: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout_s: float = 30.0) -> dict[str, Any]:
        """The last report; AssertionError when it does not come."""
        assert self.reported.wait(timeout_s), f"no report; log so far: {self.log[-2000:]!r}"
        assert self.report is not None
        return self.report


class FakeApi:
    """A server on a free port of the loopback address, with datasets in memory."""

    def __init__(self) -> None:
        self.attempts: dict[str, Attempt] = {}
        self.store = MemoryStore()
        self.outputs: dict[int, bytes] = {}
        self.output_key = generate_key()
        self.unreachable_until = 0.0
        self.drop_answers = 0
        self.fail_paths: dict[str, int] = {}
        self._signing = Ed25519PrivateKey.generate()
        self._numbers = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/api/v1"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def attempt(self, name: str, command: list[str], **fields: Any) -> Attempt:
        """Make an attempt; its secret is `secret-<name>`."""
        spec: dict[str, Any] = {
            "job_id": 7,
            "attempt": 1,
            "command": command,
            "environment": {},
            "parameters": {},
            "cpus": 1,
            "memory_mib": 256,
            "gpus": 0,
            "time_limit_s": 30,
            "grace_s": 2,
            "disk_limit_mib": 64,
            "log_limit_mib": 1,
            "process_limit": 64,
            "network": False,
            "isolation_required": False,
            "code": None,
            "inputs": [],
            "output": {"dataset_id": OUTPUT_DATASET},
        }
        unknown = fields.keys() - spec.keys()
        assert not unknown, unknown
        self.attempts[f"secret-{name}"] = made = Attempt({**spec, **fields})
        return made

    def pack(self, folder: Path, name: str = "") -> dict[str, Any]:
        """A folder as a dataset version, as the claim's answer carries it."""
        self._numbers += 1
        dataset_id, key = self._numbers, generate_key()
        keys = DatasetKeys.derive(key)
        sealed = seal_manifest(keys, push(plan(folder), dataset_id, keys, self.store))
        digest = manifest_digest(sealed)
        document = {
            "dataset_id": dataset_id,
            "version": 1,
            "key": base64.b64encode(key).decode(),
            "manifest": base64.b64encode(sealed).decode(),
            "digest": digest,
            "signature": sign_version(self._signing, dataset_id, 1, digest).hex(),
            "public_key": self._signing.public_key().public_bytes_raw().hex(),
        }
        return document | ({"name": name} if name else {})

    def output_paths(self, number: int) -> list[str]:
        """The files of an output version."""
        manifest = open_manifest(self.output_key, OUTPUT_DATASET, self.outputs[number])
        return [entry.path for entry in manifest.files]

    def handle(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """One request: status and body."""
        if path == "/api/v1/agent/claim":
            return self._claim(json.loads(body))
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        found = [attempt for attempt in self.attempts.values() if token and attempt.token == token]
        if not found:
            return 401, b"{}"
        attempt = found[0]
        if attempt.superseded:
            return 409, b"{}"
        if path == "/api/v1/agent/beat":
            return self._beat(attempt, json.loads(body))
        if path == "/api/v1/agent/finish":
            return self._finish(attempt, json.loads(body))
        return self._data(method, path, body)

    def _claim(self, said: dict[str, Any]) -> tuple[int, bytes]:
        attempt = self.attempts.get(said["secret"])
        if attempt is None or attempt.superseded or attempt.nonce not in {"", said["nonce"]}:
            return 409, b"{}"
        attempt.nonce = said["nonce"]
        attempt.claims += 1
        attempt.token = f"token-{said['secret']}-{attempt.claims}"
        return 200, json.dumps({"token": attempt.token, "spec": attempt.spec}).encode()

    @staticmethod
    def _take_log(attempt: Attempt, said: dict[str, Any]) -> None:
        text, offset = base64.b64decode(said["log"], validate=True), said["log_offset"]
        if offset <= len(attempt.log):
            attempt.log += text[len(attempt.log) - offset :]

    def _beat(self, attempt: Attempt, said: dict[str, Any]) -> tuple[int, bytes]:
        self._take_log(attempt, said)
        attempt.beats.append({**said, "at": time.monotonic()})
        return 200, json.dumps({"log_offset": len(attempt.log), "stop": attempt.stop}).encode()

    def _finish(self, attempt: Attempt, said: dict[str, Any]) -> tuple[int, bytes]:
        self._take_log(attempt, said)
        attempt.report = said
        attempt.reported.set()
        return 204, b""

    def _data(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        words = path.removeprefix("/api/v1/").split("/")
        if method == "GET" and words[-2:-1] == ["chunks"]:
            return 200, self.store.get(words[-1])
        if words[-1] == "uploads":
            key = base64.b64encode(self.output_key).decode()
            return 200, json.dumps({"id": 1, "key": key, "algorithm": "aes-256-gcm"}).encode()
        if words[-1] == "missing":
            missing = self.store.missing(json.loads(body)["names"])
            return 200, json.dumps({"missing": sorted(missing)}).encode()
        if method == "PUT":
            self.store.put(words[-1], memoryview(body))
            return 204, b""
        if words[-1] == "commit":
            return self._commit(body)
        return 404, b"{}"

    def _commit(self, sealed: bytes) -> tuple[int, bytes]:
        manifest = open_manifest(self.output_key, OUTPUT_DATASET, sealed)
        number = len(self.outputs) + 1
        self.outputs[number] = sealed
        version = {
            "dataset_id": OUTPUT_DATASET,
            "number": number,
            "size_bytes": manifest.size_bytes,
            "file_count": len(manifest.files),
            "digest": manifest_digest(sealed),
            "signature": "",
        }
        return 200, json.dumps(version).encode()


def _handler(api: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if time.monotonic() < api.unreachable_until:
                self.close_connection = True
                return
            if api.fail_paths.get(self.path, 0) > 0:
                api.fail_paths[self.path] -= 1
                status, answer = 503, b"{}"
            else:
                status, answer = api.handle(self.command, self.path, dict(self.headers), body)
            if api.drop_answers > 0:
                # The work is done, and nobody hears of it.
                api.drop_answers -= 1
                self.close_connection = True
                return
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if status != 204:
                self.wfile.write(answer)

        do_GET = do_POST = do_PUT = _serve

        def log_message(self, *arguments: Any) -> None:
            pass

    return Handler
