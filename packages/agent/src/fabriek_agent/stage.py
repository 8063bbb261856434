"""Bring a job's code and inputs onto the node: fetched, checked and decrypted here."""

import os
from pathlib import Path

from fabriek_agent import disk
from fabriek_agent.api import Api
from fabriek_agent.claim import Pack, Work
from fabriek_agent.spec import MIB
from fabriek_vault.errors import IntegrityError, VaultError
from fabriek_vault.http import Caller
from fabriek_vault.hub import HubSource
from fabriek_vault.keys import DatasetKeys
from fabriek_vault.pull import pull
from fabriek_vault.sealing import manifest_digest, open_manifest
from fabriek_vault.signing import verify_version


def stage(work: Work, folder: Path, api: Api, patience_s: float) -> list[str]:
    """Fill the job's folder `folder/work`; returns sentences for the log.

    VaultError when something cannot be fetched or is not what was signed.
    """
    place = folder / "work"
    said: list[str] = []
    if work.code is None:
        place.mkdir()
    else:
        _fetch(work.code, place, api, patience_s, work.disk_limit_mib * MIB)
    for name in ("inputs", "output"):
        if os.path.lexists(place / name):
            disk.wipe(place / name)
            said.append(f"What your code has at {name!r} is left out: that is where {name} go.")
        (place / name).mkdir()
    for pack in work.inputs:
        _check_name(pack.name)
        _fetch(pack, place / "inputs" / pack.name, api, patience_s, None)
    disk.make_read_only(place / "inputs")
    return said


def _fetch(
    pack: Pack, destination: Path, api: Api, patience_s: float, most_bytes: int | None
) -> None:
    verify_version(pack.public_key, pack.signature, pack.dataset_id, pack.number, pack.digest)
    if manifest_digest(pack.sealed_manifest) != pack.digest:
        raise IntegrityError(
            "manifest-swapped", f"Version {pack.number} has another manifest than was signed."
        )
    manifest = open_manifest(pack.key, pack.dataset_id, pack.sealed_manifest)
    if most_bytes is not None and manifest.size_bytes >= most_bytes:
        raise VaultError(
            "disk-limit", "The code alone is larger than the job's disk limit.", "Ask for more."
        )
    keys = DatasetKeys.derive(pack.key, manifest.algorithm)
    source = HubSource(Caller(api, patience_s), pack.dataset_id, pack.number)
    # Scratch does not outlive a crash of the machine, so nothing waits for the disk.
    pull(manifest, keys, source, destination, durable=False)


def _check_name(name: str) -> None:
    if not name or name.startswith(".") or "/" in name or "\0" in name:
        raise VaultError("bad-name", f"{name!a} cannot be the name of an input.")
