"""Keys: the tree below a dataset's key, and wrapping one key with another.

Every key below the dataset's key is derived with BLAKE3's key derivation mode under a context
string that names the format, the purpose and the algorithm, so that no two purposes and no two
algorithms ever share a key.
"""

import secrets
from dataclasses import dataclass

from blake3 import blake3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from fabriek_vault.errors import IntegrityError, VaultError

KEY_BYTES = 32
TAG_BYTES = 16
DEFAULT_ALGORITHM = "aes-256-gcm"
_CONTEXT = "fabriek.eu vault 1 {purpose} {algorithm}"
_WRAP_FORMAT = b"\x01"
_WRAP_AAD = b"fabriek-wrap-1\n"
_NONCE_BYTES = 12

type_of_cipher: dict[str, type[AESGCM] | type[ChaCha20Poly1305]] = {
    "aes-256-gcm": AESGCM,
    "chacha20-poly1305": ChaCha20Poly1305,
}


def known_algorithm(algorithm: str) -> str:
    """The algorithm's id itself; VaultError `unknown-algorithm` for any other."""
    if algorithm not in type_of_cipher:
        raise VaultError(
            "unknown-algorithm",
            f"This program does not know the algorithm {algorithm!r}.",
            "Install a newer version of Fabriek, or check where the data came from.",
        )
    return algorithm


@dataclass(frozen=True, repr=False)
class ObjectKeys:
    """The pair of keys for one purpose: naming objects, and sealing them."""

    purpose: str
    algorithm: str
    name_key: bytes
    root: bytes


@dataclass(frozen=True, repr=False)
class DatasetKeys:
    """Everything derived from one dataset's key for one algorithm. Never printed."""

    algorithm: str
    chunks: ObjectKeys
    manifests: ObjectKeys

    @classmethod
    def derive(cls, dataset_key: bytes, algorithm: str = DEFAULT_ALGORITHM) -> "DatasetKeys":
        """Derive from a dataset key of 32 bytes; VaultError `bad-key`, `unknown-algorithm`."""
        _check_key(dataset_key)
        known_algorithm(algorithm)

        def object_keys(purpose: str) -> ObjectKeys:
            return ObjectKeys(
                purpose,
                algorithm,
                _derive(dataset_key, f"{purpose} name", algorithm),
                _derive(dataset_key, f"{purpose} root", algorithm),
            )

        return cls(algorithm, object_keys("chunk"), object_keys("manifest"))


def generate_key() -> bytes:
    """A fresh random key of 32 bytes."""
    return secrets.token_bytes(KEY_BYTES)


def wrap(key: bytes, kek: bytes, context: bytes) -> bytes:
    """Encrypt a 32-byte key under another; `context` says whose key it is and must come back.

    Shape: one format byte, a random nonce of 12 bytes, 48 bytes of AES-256-GCM output.
    """
    _check_key(key)
    _check_key(kek)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _WRAP_FORMAT + nonce + AESGCM(kek).encrypt(nonce, key, _WRAP_AAD + context)


def unwrap(wrapped: bytes, kek: bytes, context: bytes) -> bytes:
    """The key inside a wrap; IntegrityError `wrap-damaged` for other bytes, kek or context."""
    _check_key(kek)
    length = 1 + _NONCE_BYTES + KEY_BYTES + TAG_BYTES
    if len(wrapped) != length or wrapped[:1] != _WRAP_FORMAT:
        raise IntegrityError("wrap-damaged", "A wrapped key does not have the right form.")
    nonce, sealed = wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
    try:
        return AESGCM(kek).decrypt(nonce, sealed, _WRAP_AAD + context)
    except InvalidTag:
        raise IntegrityError("wrap-damaged", "A wrapped key does not open.") from None


def _derive(key: bytes, purpose: str, algorithm: str) -> bytes:
    context = _CONTEXT.format(purpose=purpose, algorithm=algorithm)
    return blake3(key, derive_key_context=context).digest()


def _check_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise VaultError("bad-key", f"A key has {KEY_BYTES} bytes, not {len(key)}.")
