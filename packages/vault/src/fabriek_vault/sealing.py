"""The stored form of a manifest: compressed, sealed like a chunk, with its algorithm in front."""

import zlib

from fabriek_vault.errors import IntegrityError, VaultError
from fabriek_vault.keys import TAG_BYTES, DatasetKeys, known_algorithm
from fabriek_vault.manifest import MAX_JSON_BYTES, Manifest, bad_manifest, canonical, parse
from fabriek_vault.objects import (
    NAME_BYTES,
    digest_hex,
    object_name,
    open_object_into,
    seal_object_into,
)

MAX_SEALED_BYTES = 64 * 1024 * 1024
_MAGIC = b"fabriek-manifest-1\n"


def seal_manifest(keys: DatasetKeys, manifest: Manifest) -> bytes:
    """The stored form: magic line, algorithm line, name, ciphertext of the compressed JSON."""
    if manifest.algorithm != keys.algorithm:
        raise bad_manifest("names another algorithm than its keys")
    plaintext = zlib.compress(canonical(manifest), 1)
    name = object_name(keys.manifests, plaintext)
    header = _MAGIC + keys.algorithm.encode() + b"\n" + name
    out = bytearray(len(plaintext) + TAG_BYTES)
    seal_object_into(keys.manifests, name, plaintext, out)
    sealed = header + out
    if len(sealed) > MAX_SEALED_BYTES:
        raise bad_manifest("is too large")
    return sealed


def sealed_algorithm(sealed: bytes) -> str:
    """The algorithm a sealed manifest says it is sealed with (checked when it is opened)."""
    magic, _, rest = sealed[: len(_MAGIC) + 64].partition(b"\n")
    algorithm, newline, _ = rest.partition(b"\n")
    if magic + b"\n" != _MAGIC or not newline:
        raise IntegrityError("manifest-damaged", "A manifest does not begin as one.")
    return known_algorithm(algorithm.decode("ascii", "replace"))


def open_manifest(dataset_key: bytes, dataset_id: int, sealed: bytes) -> Manifest:
    """Open and check a sealed manifest of this dataset.

    IntegrityError `manifest-damaged` for changed bytes or another key; VaultError
    `wrong-dataset` when it names another dataset, `bad-manifest`/`bad-name` as `parse`.
    """
    if len(sealed) > MAX_SEALED_BYTES:
        raise bad_manifest("is too large")
    keys = DatasetKeys.derive(dataset_key, sealed_algorithm(sealed))
    start = len(_MAGIC) + len(keys.algorithm) + 1
    name, body = sealed[start : start + NAME_BYTES], sealed[start + NAME_BYTES :]
    plaintext = bytearray(max(0, len(body) - TAG_BYTES))
    open_object_into(keys.manifests, name, body, plaintext)
    manifest = parse(_inflate(plaintext))
    if manifest.algorithm != keys.algorithm:
        raise bad_manifest("names another algorithm than it is sealed with")
    if manifest.dataset_id != dataset_id:
        raise VaultError(
            "wrong-dataset",
            f"The manifest is of dataset {manifest.dataset_id}, not of {dataset_id}.",
            "Upload the files again to the dataset you mean.",
        )
    return manifest


def manifest_digest(sealed: bytes) -> str:
    """The digest that a version's signature covers: BLAKE3 of the sealed bytes, in hex."""
    return digest_hex(sealed)


def _inflate(data: bytearray) -> bytes:
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(data, MAX_JSON_BYTES)
    except zlib.error:
        raise bad_manifest("does not decompress") from None
    if not inflater.eof or inflater.unused_data:
        raise bad_manifest("is too large, cut off or has something behind it")
    return plain
