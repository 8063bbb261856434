"""Fabriek's encrypted chunk format: files become chunk objects and a signed manifest.

The format is described, exactly enough for another implementation, in docs/vault-format.md.
"""

from fabriek_vault.errors import IntegrityError, VaultError
from fabriek_vault.hub import OpenVersion, Version, open_version, pull_version, push_path, push_plan
from fabriek_vault.keys import (
    DEFAULT_ALGORITHM,
    KEY_BYTES,
    DatasetKeys,
    generate_key,
    unwrap,
    wrap,
)
from fabriek_vault.manifest import (
    ChunkRef,
    FileEntry,
    Manifest,
)
from fabriek_vault.objects import (
    CHUNK_BYTES,
    chunk_name,
    digest_hex,
    open_chunk,
    open_chunk_into,
    seal_chunk,
)
from fabriek_vault.plan import CODE_IGNORE, Plan, plan
from fabriek_vault.pull import Source, pull, read_range
from fabriek_vault.push import Sink, push
from fabriek_vault.sealing import manifest_digest, open_manifest, seal_manifest
from fabriek_vault.signing import sign_version, verify_version
from fabriek_vault.wire import Wire

__all__ = [
    "CHUNK_BYTES",
    "CODE_IGNORE",
    "DEFAULT_ALGORITHM",
    "KEY_BYTES",
    "ChunkRef",
    "DatasetKeys",
    "FileEntry",
    "IntegrityError",
    "Manifest",
    "OpenVersion",
    "Plan",
    "Sink",
    "Source",
    "VaultError",
    "Version",
    "Wire",
    "chunk_name",
    "digest_hex",
    "generate_key",
    "manifest_digest",
    "open_chunk",
    "open_chunk_into",
    "open_manifest",
    "open_version",
    "plan",
    "pull",
    "pull_version",
    "push",
    "push_path",
    "push_plan",
    "read_range",
    "seal_chunk",
    "seal_manifest",
    "sign_version",
    "unwrap",
    "verify_version",
    "wrap",
]
