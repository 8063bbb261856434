"""The contract of a store: every implementation passes it."""

import errno
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fabriek.core.problems import Problem
from fabriek.data.store import LocalStore, Store


@pytest.fixture(params=["local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    yield LocalStore(tmp_path / "store")


def test_an_object_comes_back_whole_and_in_ranges(store: Store) -> None:
    assert store.put("datasets/1/chunks/ab", b"0123456789")
    assert store.get("datasets/1/chunks/ab") == b"0123456789"
    assert store.get_range("datasets/1/chunks/ab", 2, 5) == b"234"
    assert store.get_range("datasets/1/chunks/ab", 8, 50) == b"89"
    assert store.get_range("datasets/1/chunks/ab", 50, 60) == b""
    assert store.exists("datasets/1/chunks/ab")


def test_an_object_is_never_overwritten_by_put(store: Store) -> None:
    assert store.put("a", b"first")
    assert not store.put("a", b"second")
    assert store.get("a") == b"first"


def test_replace_replaces(store: Store) -> None:
    store.replace("a/b", b"first")
    store.replace("a/b", memoryview(bytearray(b"second")))
    assert store.get("a/b") == b"second"


def test_an_empty_object_is_an_object(store: Store) -> None:
    store.put("empty", b"")
    assert store.exists("empty")
    assert store.get("empty") == b""


def test_what_is_not_there(store: Store) -> None:
    for name in ("no", "no/such"):
        with pytest.raises(KeyError):
            store.get(name)
        with pytest.raises(KeyError):
            store.get_range(name, 0, 1)
        assert not store.exists(name)
        store.delete(name)
    assert list(store.names("no/folder")) == []


def test_names_lists_everything_below_a_folder(store: Store) -> None:
    wanted = {"d/1/chunks/a", "d/1/chunks/b", "d/1/manifests/c"}
    for name in wanted | {"d/10/chunks/a", "d/2/chunks/a"}:
        store.put(name, b"x")
    assert set(store.names("d/1")) == wanted
    store.delete("d/1/chunks/a")
    assert set(store.names("d/1")) == wanted - {"d/1/chunks/a"}


@pytest.mark.parametrize("name", ["", "/a", "a/", "../a", "a/../b", "a//b", ".x", "A", "a\0", "é"])
def test_names_that_are_none_are_a_bug_of_ours(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        store.put(name, b"")


def test_of_many_puts_at_once_one_wins_whole(store: Store) -> None:
    contents = [bytes([n]) * 100_000 for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda content: store.put("same", content), contents))
    assert won.count(True) == 1
    assert store.get("same") == contents[won.index(True)]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["pwrite", "fsync"])
def test_a_full_disk_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    store = LocalStore(tmp_path / "store")

    def full(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, full)
    for act in (store.put, store.replace):
        with pytest.raises(Problem) as caught:
            act("datasets/1/x", b"data")
        assert caught.value.code == "store-full"
        assert caught.value.retry
    monkeypatch.undo()
    assert list(store.names("datasets")) == []
    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file()]


def test_what_a_crash_left_is_cleared_when_it_is_old(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    left = tmp_path / "store" / ".arriving" / "half"
    left.write_bytes(b"half")
    now = left.stat().st_mtime
    store.clear_arriving(100, now + 50)
    assert left.exists()
    store.clear_arriving(100, now + 150)
    assert not left.exists()


def test_objects_are_for_the_factory_alone(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    store.put("datasets/1/x", b"data")
    assert (tmp_path / "store" / "datasets" / "1" / "x").stat().st_mode & 0o077 == 0
    assert (tmp_path / "store" / "datasets").stat().st_mode & 0o077 == 0
