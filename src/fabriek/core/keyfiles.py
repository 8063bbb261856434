"""The factory's own keys: files of mode 0600, made on first start, never logged.

`keys/root.key` opens the vault, `keys/audit.key` signs the audit log, `keys/django.key` signs
sessions. They are apart because whoever holds one need not hold the others.
"""

import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


class UnsafeKeyFile(Exception):
    """A key file that others than its owner can read; the factory does not start on it."""


class LostKeyFile(Exception):
    """A key that data depend on is not there any more; making another would hide the loss."""


def load_or_create(path: Path, length: int = 32) -> bytes:
    """The key's bytes. Made with O_EXCL and 0600 where absent, so two first starts agree on one.

    Raises UnsafeKeyFile when group or others have any right on it or it is not ours, ValueError
    when its length is wrong.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, secrets.token_bytes(length))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    _refuse_shared(path)
    key = path.read_bytes()
    if len(key) != length:
        raise ValueError(f"{path} must hold {length} bytes, it holds {len(key)}")
    return key


def read_secret(path: Path) -> str:
    """The text of a secret that somebody else gave us, such as a provider's client secret.

    Raises LostKeyFile when it is absent, UnsafeKeyFile as `load_or_create` does.
    """
    if not path.is_file():
        raise LostKeyFile(f"{path} is not there")
    _refuse_shared(path)
    return path.read_text("utf-8").strip()


def _refuse_shared(path: Path) -> None:
    facts = path.stat()
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise UnsafeKeyFile(f"{path} must have mode 0600: run chmod 600 {path}")
    if facts.st_uid != os.geteuid():
        raise UnsafeKeyFile(f"{path} must belong to the user that runs the factory")


def _folder() -> Path:
    return Path(settings.STATE_DIR) / "keys"


def root_key() -> bytes:
    """The vault's root key, 32 bytes."""
    return load_or_create(_folder() / "root.key")


def audit_key() -> Ed25519PrivateKey:
    """Signs the heads of the audit chain."""
    return Ed25519PrivateKey.from_private_bytes(load_or_create(_folder() / "audit.key"))


def version_key() -> Ed25519PrivateKey:
    """Signs the manifests of dataset versions."""
    return Ed25519PrivateKey.from_private_bytes(load_or_create(_folder() / "version.key"))
