"""The folder of the factory's own files: database, keys, store, spool."""

from pathlib import Path

from fabriek.core import keyfiles


def prepare(path: Path) -> Path:
    """Make the folder where it is absent, for its owner alone, with the keys the factory needs."""
    path = path.absolute()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not (path / "fabriek.sqlite3").exists()
    for name in ("django.key", "root.key", "audit.key", "version.key"):
        key = path / "keys" / name
        if not is_new and not key.exists():
            raise keyfiles.LostKeyFile(
                f"{key} is gone, and what is stored here depends on it. Put it back from a backup."
            )
        keyfiles.load_or_create(key)
    return path
