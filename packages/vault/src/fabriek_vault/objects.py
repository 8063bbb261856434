"""One sealed object: the construction shared by chunks and manifests.

    name       = BLAKE3 keyed with the name key, over the plaintext          (32 bytes)
    object key = BLAKE3 keyed with the root key, over the name               (32 bytes)
    ciphertext = AEAD(object key, nonce 0, plaintext, AAD of format, purpose, algorithm, name)

The nonce is fixed because an object key seals one plaintext only: another plaintext has another
name, and so another key. Sealing is therefore deterministic within a dataset: two clients that
upload the same chunk send the same bytes. Opening checks the AEAD tag *and* the name over the
opened bytes, so a ciphertext made to open under two keys is found as well.
"""

from blake3 import blake3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from fabriek_vault.errors import IntegrityError
from fabriek_vault.keys import TAG_BYTES, DatasetKeys, ObjectKeys, type_of_cipher

CHUNK_BYTES = 16 * 1024 * 1024
"""The most plaintext one chunk holds."""
NAME_BYTES = 32
Bytes = bytes | bytearray | memoryview

_NONCE = bytes(12)


def digest_hex(data: Bytes) -> str:
    """The plain BLAKE3 hash in hex: for checking a transfer, not for naming."""
    return blake3(data).hexdigest()


def object_name(keys: ObjectKeys, plaintext: Bytes) -> bytes:
    """The keyed name (32 bytes) of a plaintext."""
    return blake3(plaintext, key=keys.name_key).digest()


def seal_object_into(keys: ObjectKeys, name: bytes, plaintext: Bytes, out: Bytes) -> int:
    """Seal into the start of `out`; returns the number of bytes, plaintext plus 16."""
    size = len(plaintext) + TAG_BYTES
    view = memoryview(out)[:size]
    return _cipher(keys, name).encrypt_into(_NONCE, plaintext, _aad(keys, name), view)


def open_object_into(keys: ObjectKeys, name: bytes, sealed: Bytes, out: Bytes) -> int:
    """Open into the start of `out`; returns the plaintext's size. IntegrityError on any change."""
    size = len(sealed) - TAG_BYTES
    if size < 0 or size > len(out):
        raise _damaged(keys, name)
    view = memoryview(out)[:size]
    try:
        _cipher(keys, name).decrypt_into(_NONCE, sealed, _aad(keys, name), view)
    except InvalidTag:
        raise _damaged(keys, name) from None
    if object_name(keys, view) != name:
        raise _damaged(keys, name)
    return size


def chunk_name(keys: DatasetKeys, plaintext: Bytes) -> str:
    """The name of a chunk, as hex."""
    return object_name(keys.chunks, plaintext).hex()


def seal_chunk(keys: DatasetKeys, name: str, plaintext: Bytes) -> bytearray:
    """The stored form of a chunk whose name is known."""
    out = bytearray(len(plaintext) + TAG_BYTES)
    seal_object_into(keys.chunks, bytes.fromhex(name), plaintext, out)
    return out


def open_chunk_into(keys: DatasetKeys, name: str, sealed: Bytes, out: Bytes) -> int:
    """`open_chunk` into the start of `out`; returns the plaintext's size."""
    return open_object_into(keys.chunks, bytes.fromhex(name), sealed, out)


def open_chunk(keys: DatasetKeys, name: str, sealed: Bytes) -> bytearray:
    """The plaintext of a stored chunk; IntegrityError `chunk-damaged` on any change."""
    out = bytearray(max(0, len(sealed) - TAG_BYTES))
    open_chunk_into(keys, name, sealed, out)
    return out


def _cipher(keys: ObjectKeys, name: bytes) -> AESGCM | ChaCha20Poly1305:
    return type_of_cipher[keys.algorithm](blake3(name, key=keys.root).digest())


def _aad(keys: ObjectKeys, name: bytes) -> bytes:
    return f"fabriek-vault-1\n{keys.purpose}\n{keys.algorithm}\n".encode() + name


def _damaged(keys: ObjectKeys, name: bytes) -> IntegrityError:
    sentence = f"The {keys.purpose} {name.hex()[:16]} is damaged or was sealed under another key."
    return IntegrityError(f"{keys.purpose}-damaged", sentence)
