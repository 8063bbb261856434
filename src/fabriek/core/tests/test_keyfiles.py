"""Key files: made once, for their owner alone."""

import threading
from pathlib import Path

import pytest

from fabriek.core import keyfiles


def test_made_once_with_mode_0600(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    key = keyfiles.load_or_create(path)
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert keyfiles.load_or_create(path) == key
    assert [p.name for p in path.parent.iterdir()] == ["a.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.key"
    keyfiles.load_or_create(path)
    path.chmod(mode)
    with pytest.raises(keyfiles.UnsafeKeyFile, match="chmod 600"):
        keyfiles.load_or_create(path)


def test_a_key_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(ValueError, match="32 bytes"):
        keyfiles.load_or_create(path)


def test_two_first_starts_agree(tmp_path: Path) -> None:
    path, keys = tmp_path / "a.key", set()
    threads = [
        threading.Thread(target=lambda: keys.add(keyfiles.load_or_create(path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1
