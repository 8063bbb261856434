"""The folder of the factory's own files: database, keys, store, spool."""

from pathlib import Path

from fabriek.core import keyfiles


def prepare(path: Path) -> Path:
    """Make the folder where it is absent, for its owner alone, with the keys the factory needs."""
    path = path.absolute()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("django.key", "root.key", "audit.key", "version.key"):
        keyfiles.load_or_create(path / "keys" / name)
    return path
