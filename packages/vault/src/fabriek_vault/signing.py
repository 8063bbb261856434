"""Versions are signed, so that a manifest swapped for an older or another one is found."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fabriek_vault.errors import IntegrityError

_CONTEXT = "fabriek-version-1\n{dataset_id}\n{number}\n{digest}\n"


def sign_version(key: Ed25519PrivateKey, dataset_id: int, number: int, digest: str) -> bytes:
    """Sign (dataset, version number, manifest digest in hex): 64 bytes."""
    return key.sign(_message(dataset_id, number, digest))


def verify_version(
    public_key: bytes, signature: bytes, dataset_id: int, number: int, digest: str
) -> None:
    """IntegrityError `bad-signature` unless the signature is over exactly these three."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, _message(dataset_id, number, digest))
    except (InvalidSignature, ValueError):
        raise IntegrityError(
            "bad-signature",
            f"The signature of version {number} of dataset {dataset_id} does not hold.",
        ) from None


def _message(dataset_id: int, number: int, digest: str) -> bytes:
    return _CONTEXT.format(dataset_id=dataset_id, number=number, digest=digest).encode()
