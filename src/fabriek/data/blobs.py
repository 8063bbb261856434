"""Sealed objects of a project that are no dataset: the logs of jobs.

Each is AES-256-GCM under a key derived from the project's, with a random nonce in front and its
name as associated data, so that one cannot be put in another's place.
"""

import secrets

from blake3 import blake3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fabriek.core.problems import Problem
from fabriek.data import keys
from fabriek.data.store import the_store

_CONTEXT = "fabriek.eu data 1 blob"
_NONCE_BYTES = 12


def put(project_id: int, name: str, data: bytes) -> bool:
    """Store a new blob; False, and nothing changed, when the name is taken. `store-full`."""
    return the_store().put(_object(project_id, name), _seal(project_id, name, data))


def replace(project_id: int, name: str, data: bytes) -> None:
    """Store a blob in the place of what has the name, in one step. `store-full`."""
    the_store().replace(_object(project_id, name), _seal(project_id, name, data))


def get(project_id: int, name: str) -> bytes:
    """The blob; KeyError when there is none, Problem `data-damaged` when it was changed."""
    sealed = the_store().get(_object(project_id, name))
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return _cipher(project_id).decrypt(nonce, rest, _aad(project_id, name))
    except (InvalidTag, ValueError) as error:
        raise Problem("data-damaged") from error


def names(project_id: int, folder: str) -> list[str]:
    """The names of the blobs in the folder, sorted."""
    prefix = _object(project_id, "")
    found = the_store().names(_object(project_id, folder))
    return sorted(name.removeprefix(prefix) for name in found)


def delete(project_id: int, name: str) -> None:
    """Take the blob away; without it nothing happens."""
    the_store().delete(_object(project_id, name))


def _seal(project_id: int, name: str, data: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(project_id).encrypt(nonce, data, _aad(project_id, name))


def _cipher(project_id: int) -> AESGCM:
    key = keys.project_key(project_id)
    return AESGCM(blake3(key, derive_key_context=_CONTEXT).digest())


def _aad(project_id: int, name: str) -> bytes:
    return f"fabriek-blob-1\n{project_id}\n{name}".encode()


def _object(project_id: int, name: str) -> str:
    return f"projects/{project_id}/blobs/{name}"
