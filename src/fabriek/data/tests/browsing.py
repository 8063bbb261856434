"""A person with a browser, through Django's test client, and the way a browser uploads."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from fabriek.data.rules import CHUNK_BYTES

FINGERPRINT = "ab" * 32


@dataclass
class Browser:
    person: Any
    language: str = "en"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def __post_init__(self) -> None:
        if self.person is not None:
            self.client.force_login(self.person)

    def address(self, path: str) -> str:
        """A page's address in the browser's language; addresses that a page gave stay as given."""
        given = path.startswith("/en/") or self.language == "nl"
        return path if given else f"/en{path}"

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(self.address(path), headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """JSON to the upload door."""
        answer = self.client.post(
            self.address(path),
            body if isinstance(body, bytes) else json.dumps(body or {}),
            content_type="application/json",
            headers=headers,
        )
        return answer.status_code, answer.json() if _is_json(answer) else answer

    def put(self, path: str, body: bytes, sha256: str = "", **headers: str) -> tuple[int, Any]:
        """A piece to the upload door."""
        answer = self.client.put(
            self.address(path),
            body,
            content_type="application/octet-stream",
            headers={"X-SHA256": sha256 or hashlib.sha256(body).hexdigest(), **headers},
        )
        return answer.status_code, answer.json() if _is_json(answer) else answer

    def open(self, project: str, dataset: str, size_bytes: int, **more: Any) -> tuple[int, Any]:
        asked = {"dataset": dataset, "is_new": True, "fingerprint": FINGERPRINT}
        return self.post(f"/projects/{project}/uploads/", asked | {"size_bytes": size_bytes} | more)

    def bring(self, project: str, dataset: str, files: dict[str, bytes], **more: Any) -> str:
        """A version of these files, as a browser makes it; the address of its page."""
        total = sum(map(len, files.values()))
        status, opened = self.open(project, dataset, total, **more)
        assert status == 200, opened
        named, index = [], 0
        for path, content in files.items():
            extents = []
            for start in range(0, len(content), CHUNK_BYTES):
                piece = content[start : start + CHUNK_BYTES]
                status, answer = self.put(f"{opened['chunk']}{index}/", piece)
                assert status == 200, answer
                extents.append([answer["name"], 0, len(piece)])
                index += 1
            named.append({"path": path, "size_bytes": len(content), "extents": extents})
        status, answer = self.post(opened["commit"], {"files": named})
        assert status == 200, answer
        return str(answer["href"])


def _is_json(answer: Any) -> bool:
    return bool(answer.headers.get("Content-Type", "").startswith("application/json"))
