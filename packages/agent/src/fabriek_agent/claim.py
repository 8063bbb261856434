"""What an agent is told to do: the answer to its claim."""

import base64
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, repr=False)
class Pack:
    """A dataset version with everything needed to read it but its chunks. Never printed."""

    dataset_id: int
    number: int
    key: bytes
    sealed_manifest: bytes
    digest: str
    signature: bytes
    public_key: bytes
    name: str = ""

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """KeyError or ValueError for anything of another shape."""
        return cls(
            dataset_id=int(document["dataset_id"]),
            number=int(document["version"]),
            key=base64.b64decode(document["key"], validate=True),
            sealed_manifest=base64.b64decode(document["manifest"], validate=True),
            digest=document["digest"],
            signature=bytes.fromhex(document["signature"]),
            public_key=bytes.fromhex(document["public_key"]),
            name=document.get("name", ""),
        )


@dataclass(frozen=True, repr=False)
class Work:
    """One attempt of one job. Sizes in MiB, times in seconds."""

    job_id: int
    attempt: int
    command: tuple[str, ...]
    environment: dict[str, str]
    parameters: dict[str, Any]
    cpus: int
    memory_mib: int
    gpus: int
    time_limit_s: float
    grace_s: float
    disk_limit_mib: int
    log_limit_mib: int
    process_limit: int
    network: bool
    isolation_required: bool
    code: Pack | None
    inputs: tuple[Pack, ...]
    output_dataset_id: int | None

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """KeyError or ValueError for anything of another shape; unknown fields are left alone."""
        plain = {
            name: document[name]
            for name in cls.__dataclass_fields__
            if name not in {"command", "code", "inputs", "output_dataset_id"}
        }
        return cls(
            **plain,
            command=tuple(document["command"]),
            code=Pack.from_json(document["code"]) if document["code"] else None,
            inputs=tuple(Pack.from_json(pack) for pack in document["inputs"]),
            output_dataset_id=document["output"]["dataset_id"] if document["output"] else None,
        )
