"""Makes vectors.json, the test vectors of docs/vault-format.md: python tests/vectors.py."""

import json
import zlib
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fabriek_vault import (
    ChunkRef,
    DatasetKeys,
    FileEntry,
    Manifest,
    chunk_name,
    manifest_digest,
    seal_chunk,
    sign_version,
)
from fabriek_vault.manifest import canonical
from fabriek_vault.objects import object_name, seal_object_into

FILE = Path(__file__).with_name("vectors.json")
KEY = bytes(range(32))
CHUNK = b"Zestien mebibyte is het meeste wat in een stuk past."


def vector(algorithm: str) -> dict[str, Any]:
    """Everything a second implementation needs to compare, step by step."""
    keys = DatasetKeys.derive(KEY, algorithm)
    name = chunk_name(keys, CHUNK)
    files = (
        FileEntry("data/één.txt", 8, False, ((0, 0, 7), (0, 51, 1))),
        FileEntry("leeg", 0, False, ()),
        FileEntry("run.sh", 44, True, ((0, 8, 44),)),
    )
    chunks = (ChunkRef(name, len(CHUNK), len(CHUNK) + 16),)
    manifest = Manifest(1, algorithm, 42, files, chunks)
    return {
        "algorithm": algorithm,
        "dataset_key": KEY.hex(),
        "chunk_name_key": keys.chunks.name_key.hex(),
        "chunk_root_key": keys.chunks.root.hex(),
        "manifest_name_key": keys.manifests.name_key.hex(),
        "manifest_root_key": keys.manifests.root.hex(),
        "chunk_plaintext": CHUNK.decode(),
        "chunk_name": name,
        "chunk_object": seal_chunk(keys, name, CHUNK).hex(),
        "manifest_json": canonical(manifest).decode(),
        **sealed(keys, canonical(manifest)),
    }


def sealed(keys: DatasetKeys, document: bytes) -> dict[str, str]:
    """The manifest in a zlib stream without compression, which every zlib writes alike."""
    plaintext = stored_zlib(document)
    name = object_name(keys.manifests, plaintext)
    out = bytearray(len(plaintext) + 16)
    seal_object_into(keys.manifests, name, plaintext, out)
    whole = b"fabriek-manifest-1\n" + keys.algorithm.encode() + b"\n" + name + out
    digest = manifest_digest(whole)
    signer = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
    return {
        "manifest_sealed": whole.hex(),
        "manifest_digest": digest,
        "signing_public_key": signer.public_key().public_bytes_raw().hex(),
        "version_1_signature": sign_version(signer, 42, 1, digest).hex(),
    }


def stored_zlib(data: bytes) -> bytes:
    """RFC 1950 around one stored block of RFC 1951."""
    size = len(data)
    block = b"\x01" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + data
    return b"\x78\x01" + block + zlib.adler32(data).to_bytes(4, "big")


def made() -> dict[str, Any]:
    """The reproducible part of the document; the wrap in it has a random nonce."""
    return {"vectors": [vector(name) for name in ("aes-256-gcm", "chacha20-poly1305")]}


if __name__ == "__main__":
    document = json.loads(FILE.read_text("utf-8")) | made()
    FILE.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
