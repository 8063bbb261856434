"""The published vectors are reproduced, and read, by this implementation."""

import json
import runpy
from pathlib import Path

import pytest

from fabriek_vault import (
    DatasetKeys,
    manifest_digest,
    open_chunk,
    open_manifest,
    unwrap,
    verify_version,
)

HERE = Path(__file__).parent
DOCUMENT = json.loads((HERE / "vectors.json").read_text("utf-8"))
VECTORS, WRAP = DOCUMENT["vectors"], DOCUMENT["wrap"]


def test_the_vectors_are_what_this_code_makes() -> None:
    assert runpy.run_path(str(HERE / "vectors.py"))["made"]()["vectors"] == VECTORS


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["algorithm"])
def test_the_vectors_open(vector: dict[str, str]) -> None:
    key = bytes.fromhex(vector["dataset_key"])
    keys = DatasetKeys.derive(key, vector["algorithm"])
    sealed = bytes.fromhex(vector["manifest_sealed"])
    manifest = open_manifest(key, 42, sealed)
    assert manifest_digest(sealed) == vector["manifest_digest"]
    public, signature = vector["signing_public_key"], vector["version_1_signature"]
    verify_version(bytes.fromhex(public), bytes.fromhex(signature), 42, 1, manifest_digest(sealed))
    chunk = open_chunk(keys, manifest.chunks[0].name, bytes.fromhex(vector["chunk_object"]))
    assert chunk.decode() == vector["chunk_plaintext"]
    script = manifest.by_path["run.sh"]
    ((_, offset, length),) = script.extents
    assert chunk[offset : offset + length].startswith(b"mebibyte")


def test_the_wrap_opens() -> None:
    # A wrap has a random nonce, so it can be opened but not reproduced.
    wrapped, kek = bytes.fromhex(WRAP["wrapped"]), bytes.fromhex(WRAP["kek"])
    assert unwrap(wrapped, kek, WRAP["context"].encode()).hex() == WRAP["key"]


def test_the_page_shows_the_vectors() -> None:
    page = (HERE.parents[2] / "docs" / "vault-format.md").read_text("utf-8")
    for fact, value in VECTORS[0].items():
        assert fact == "manifest_sealed" or value in page, fact
