"""What a job leaves: its output folder as a dataset version, and the figures in metrics.json."""

import json
import math
import os
import stat
from pathlib import Path
from typing import Any

from fabriek_agent.api import Api
from fabriek_vault.errors import VaultError

METRICS = "metrics.json"
_MOST_BYTES = 64 * 1024
_MOST_METRICS = 200
_LONGEST_NAME = 100


def store_output(
    folder: Path, dataset_id: int, api: Api, patience_s: float
) -> dict[str, int] | None:
    """Store a folder as a new version of a dataset; None when there is no file in it.

    VaultError when it cannot be stored: links and the like, a refusal, an absent hub.
    """
    from fabriek_vault.hub import push_path

    if folder.is_symlink() or not folder.is_dir():
        raise VaultError("unsupported-file", "The job made something else of its output folder.")
    if not any(folder.iterdir()):
        return None
    try:
        version = push_path(api, dataset_id, folder, patience_s=patience_s)
    except VaultError as error:
        if error.code == "nothing-to-store":
            return None
        raise
    return {"dataset_id": version.dataset_id, "version": version.number}


def read_metrics(folder: Path) -> tuple[dict[str, float], str]:
    """The figures in metrics.json, and what was wrong with it ("" when nothing, or not there)."""
    try:
        text = _read_plainly(folder / METRICS)
        if text is None:
            return {}, ""
        document = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        return {}, f"{METRICS} cannot be read: {ascii(str(error))[:200]}"
    if not isinstance(document, dict):
        return {}, f"{METRICS} is not a JSON object; it is left out."
    if len(document) > _MOST_METRICS:
        return {}, f"{METRICS} has more than {_MOST_METRICS} figures; it is left out."
    good = {name: float(value) for name, value in document.items() if _is_metric(name, value)}
    bad = sorted(ascii(name)[:_LONGEST_NAME] for name in document.keys() - good.keys())
    if bad:
        return good, f"Left out of {METRICS}, being no finite numbers: {', '.join(bad[:10])}."
    return good, ""


def _is_metric(name: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        # Names with lone surrogates could not be sent.
        name.encode()
        return 0 < len(name) <= _LONGEST_NAME and math.isfinite(float(value))
    except (OverflowError, UnicodeEncodeError):
        return False


def _read_plainly(path: Path) -> bytes | None:
    """The content of an ordinary small file. OSError or ValueError for links, pipes, large ones."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ValueError("it is not an ordinary file")
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES} bytes")
    return data
