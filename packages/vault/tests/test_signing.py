"""Signatures: they hold for one dataset, number and digest only."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fabriek_vault import IntegrityError, sign_version, verify_version


def test_a_signature_holds_for_exactly_what_was_signed() -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    signature = sign_version(key, 1, 2, "ab" * 32)
    verify_version(public, signature, 1, 2, "ab" * 32)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for arguments in [
        (public, signature, 1, 3, "ab" * 32),
        (public, signature, 2, 2, "ab" * 32),
        (public, signature, 1, 2, "ac" * 32),
        (public, bytes(64), 1, 2, "ab" * 32),
        (public, b"", 1, 2, "ab" * 32),
        (other, signature, 1, 2, "ab" * 32),
        (b"short", signature, 1, 2, "ab" * 32),
    ]:
        with pytest.raises(IntegrityError) as caught:
            verify_version(*arguments)
        assert caught.value.code == "bad-signature"
