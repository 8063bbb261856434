"""Pushing to and pulling from a hub: used by the command line and by the agent on a node."""

import base64
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fabriek_vault.errors import IntegrityError, VaultError
from fabriek_vault.http import PATIENCE_S, Caller, Http
from fabriek_vault.keys import DatasetKeys
from fabriek_vault.manifest import Manifest
from fabriek_vault.objects import digest_hex
from fabriek_vault.parallel import THREADS, OnProgress
from fabriek_vault.plan import Plan, plan
from fabriek_vault.pull import pull
from fabriek_vault.push import push
from fabriek_vault.sealing import manifest_digest, open_manifest, seal_manifest
from fabriek_vault.signing import verify_version

_SLICE_BYTES = 1024 * 1024
_RESTARTS = 3


@dataclass(frozen=True)
class Version:
    """A version that the hub has committed."""

    dataset_id: int
    number: int
    size_bytes: int
    file_count: int
    digest: str
    signature: str


@dataclass(frozen=True)
class OpenVersion:
    """A version whose signature and manifest were checked, with the keys to read it."""

    manifest: Manifest
    keys: DatasetKeys
    digest: str


class HubSink:
    """The sink of one open upload."""

    def __init__(self, caller: Caller, upload_id: int) -> None:
        self._caller = caller
        self._path = f"/uploads/{upload_id}"

    def missing(self, names: Sequence[str]) -> set[str]:
        """Ask the hub."""
        answer = self._caller.call("POST", f"{self._path}/missing", json={"names": list(names)})
        return set(answer.json()["missing"])

    def put(self, name: str, sealed: memoryview) -> None:
        """Send one object; the hub keeps it only if its digest is the one in the header."""
        headers = {
            "X-Digest": digest_hex(sealed),
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(sealed)),
        }
        path = f"{self._path}/chunks/{name}"
        self._caller.call("PUT", path, body=lambda: _slices(sealed), headers=headers)


class HubSource:
    """The source of one version's chunks."""

    def __init__(self, caller: Caller, dataset_id: int, number: int) -> None:
        self._caller = caller
        self._path = f"/datasets/{dataset_id}/versions/{number}"

    def get(self, name: str) -> bytes:
        """Fetch one object."""
        return self._caller.call("GET", f"{self._path}/chunks/{name}").content

    def sealed_manifest(self) -> bytes:
        """Fetch the manifest as it is stored."""
        return self._caller.call("GET", f"{self._path}/manifest").content

    def release(self) -> dict[str, Any]:
        """Ask for the dataset's key: `key`, `digest`, `signature`, `public_key`."""
        answer: dict[str, Any] = self._caller.call("POST", f"{self._path}/key", json={}).json()
        return answer


def push_path(
    http: Http,
    dataset_id: int,
    path: str | os.PathLike[str],
    on_progress: OnProgress | None = None,
    *,
    ignore: frozenset[str] = frozenset(),
    threads: int = THREADS,
    patience_s: float = PATIENCE_S,
) -> Version:
    """Make a new version of a dataset from a file or a folder.

    Broken off anywhere, the same call goes on where it was; the same files again give the same
    version. VaultError as `plan` and `push`, and every refusal of the hub with its own code.
    """
    planned = plan(path, ignore)
    return push_plan(http, dataset_id, planned, on_progress, threads=threads, patience_s=patience_s)


def push_plan(
    http: Http,
    dataset_id: int,
    planned: Plan,
    on_progress: OnProgress | None = None,
    *,
    threads: int = THREADS,
    patience_s: float = PATIENCE_S,
) -> Version:
    """`push_path` for files already planned, for those who show the plan first."""
    caller = Caller(http, patience_s)
    for _ in range(_RESTARTS):
        try:
            return _push_once(caller, dataset_id, planned, on_progress, threads)
        except VaultError as error:
            # The same files were committed from elsewhere meanwhile, or the upload expired while
            # we slept: what was sent is there, so another upload has little left to do.
            if error.code != "upload-closed":
                raise
    return _push_once(caller, dataset_id, planned, on_progress, threads)


def _push_once(
    caller: Caller, dataset_id: int, planned: Plan, on_progress: OnProgress | None, threads: int
) -> Version:
    # The fingerprint makes opening repeatable: a broken push finds its own upload again.
    wanted = {"size_bytes": planned.size_bytes, "fingerprint": planned.fingerprint}
    upload = caller.call("POST", f"/datasets/{dataset_id}/uploads", json=wanted).json()
    keys = DatasetKeys.derive(base64.b64decode(upload["key"]), upload["algorithm"])
    sink = HubSink(caller, upload["id"])
    manifest = push(planned, dataset_id, keys, sink, on_progress, threads=threads)
    sealed = seal_manifest(keys, manifest)
    headers = {"X-Digest": digest_hex(sealed), "Content-Type": "application/octet-stream"}
    path = f"/uploads/{upload['id']}/commit"
    said = caller.call("POST", path, body=lambda: sealed, headers=headers).json()
    return Version(**{field: said[field] for field in Version.__dataclass_fields__})


def open_version(
    http: Http, dataset_id: int, number: int, patience_s: float = PATIENCE_S
) -> tuple[OpenVersion, HubSource]:
    """Get a version's key and manifest, and check that they belong together.

    IntegrityError `bad-signature`, `manifest-damaged`, `manifest-swapped`.
    """
    source = HubSource(Caller(http, patience_s), dataset_id, number)
    said = source.release()
    public_key, signature = bytes.fromhex(said["public_key"]), bytes.fromhex(said["signature"])
    verify_version(public_key, signature, dataset_id, number, said["digest"])
    sealed = source.sealed_manifest()
    if manifest_digest(sealed) != said["digest"]:
        raise IntegrityError(
            "manifest-swapped", f"Version {number} has another manifest than was signed."
        )
    key = base64.b64decode(said["key"])
    manifest = open_manifest(key, dataset_id, sealed)
    keys = DatasetKeys.derive(key, manifest.algorithm)
    return OpenVersion(manifest, keys, said["digest"]), source


def pull_version(
    http: Http,
    dataset_id: int,
    number: int,
    destination: str | os.PathLike[str],
    on_progress: OnProgress | None = None,
    *,
    threads: int = THREADS,
    durable: bool = True,
    patience_s: float = PATIENCE_S,
) -> OpenVersion:
    """Write a version's files into the new folder `destination`; errors as `open_version`, `pull`.

    `durable=False` does not wait for the disk: for scratch folders that need not survive a crash.
    """
    version, source = open_version(http, dataset_id, number, patience_s)
    pull(
        version.manifest,
        version.keys,
        source,
        destination,
        on_progress,
        threads=threads,
        durable=durable,
    )
    return version


def _slices(data: memoryview) -> Iterator[bytes]:
    # Small slices stay in the processor's cache on their way through the HTTP client.
    for start in range(0, len(data), _SLICE_BYTES):
        yield bytes(data[start : start + _SLICE_BYTES])
