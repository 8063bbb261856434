"""Secrets of second factors lie encrypted in the database: a copy of it opens no account."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_INFO = b"fabriek second factors v1"
_NONCE = 12


def encrypt(text: str) -> str:
    """AES-256-GCM under a key derived from the factory's own, as base64."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), _INFO)).decode()


def decrypt(kept: str) -> str:
    """The text again; ValueError when it was not written with this factory's key."""
    raw = base64.b64decode(kept)
    try:
        return _cipher().decrypt(raw[:_NONCE], raw[_NONCE:], _INFO).decode()
    except InvalidTag as error:
        raise ValueError("this secret was written with another key") from error


def _cipher() -> AESGCM:
    secret = bytes.fromhex(settings.SECRET_KEY)
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=_INFO).derive(secret))
