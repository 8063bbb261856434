"""A project with its people and a dataset, at the API, with a store and keys of its own."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kit
import pytest

from fabriek.data import keys
from fabriek.data.models import Dataset
from fabriek_vault import (
    ChunkRef,
    DatasetKeys,
    FileEntry,
    Manifest,
    chunk_name,
    digest_hex,
    seal_chunk,
    seal_manifest,
)

BINARY = "application/octet-stream"


@dataclass
class Place:
    manager: Any
    project: Any
    api: kit.Api
    dataset: Dataset
    folder: Path

    @property
    def keys(self) -> DatasetKeys:
        return DatasetKeys.derive(keys.dataset_key(self.project.pk, self.dataset.pk))

    def open(self, size_bytes: int = 1000, who: kit.Api | None = None, **more: Any) -> int:
        path = f"/datasets/{self.dataset.pk}/uploads"
        status, answer = (who or self.api).post(path, {"size_bytes": size_bytes, **more})
        assert status == 201, answer
        assert base64.b64decode(answer["key"]) == keys.dataset_key(self.project.pk, self.dataset.pk)
        return int(answer["id"])

    def send(
        self, method: str, path: str, body: bytes, digest: str = "", who: kit.Api | None = None
    ) -> tuple[int, Any]:
        """A raw body with its digest; status, and the JSON of the answer."""
        answer = (who or self.api).request(
            method,
            f"/api/v1{path}",
            content=body,
            headers={"X-Digest": digest or digest_hex(body), "Content-Type": BINARY},
        )
        return answer.status_code, answer.json() if answer.content else None

    def sealed(self, data: bytes) -> tuple[str, bytes]:
        name = chunk_name(self.keys, data)
        return name, bytes(seal_chunk(self.keys, name, data))

    def put(self, upload: int, data: bytes) -> tuple[int, Any]:
        name, sealed = self.sealed(data)
        return self.send("PUT", f"/uploads/{upload}/chunks/{name}", sealed)

    def manifest(self, *chunks: bytes, dataset_id: int | None = None) -> bytes:
        """A manifest of one file per chunk."""
        refs = tuple(ChunkRef(self.sealed(c)[0], len(c), len(c) + 16) for c in chunks)
        files = tuple(
            FileEntry(f"f{n}", len(c), False, ((n, 0, len(c)),)) for n, c in enumerate(chunks)
        )
        number = dataset_id or self.dataset.pk
        return seal_manifest(self.keys, Manifest(1, "aes-256-gcm", number, files, refs))

    def commit(self, upload: int, sealed: bytes) -> tuple[int, Any]:
        return self.send("POST", f"/uploads/{upload}/commit", sealed)

    def version(self, *chunks: bytes) -> int:
        """A version with these chunks, by the protocol; its number."""
        upload = self.open(sum(map(len, chunks)))
        for chunk in chunks:
            assert self.put(upload, chunk)[0] == 204
        status, answer = self.commit(upload, self.manifest(*chunks))
        assert status == 201, answer
        return int(answer["number"])

    def held_bytes(self) -> float:
        """What the project's storage account holds."""
        from fabriek.access import queries as access
        from fabriek.ledger import queries as ledger

        account = access.accounts(self.project.pk).storage_gib
        return float(ledger.balances([account])[account].held) * 2**30

    def stored_bytes(self) -> int:
        self.dataset.refresh_from_db()
        return self.dataset.stored_bytes


@pytest.fixture
def place(db: None, state_dir: Path, tmp_path: Path) -> Place:
    manager = kit.person("manager")
    project = kit.project(manager)
    api = kit.api(manager)
    status, answer = api.post(f"/projects/{project.slug}/datasets", {"slug": "measurements"})
    assert status == 201, answer
    return Place(manager, project, api, Dataset.objects.get(pk=answer["id"]), tmp_path)
