"""Push and pull: the same bytes, whatever the tree, the threads and the faults."""

import errno
import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabriek_vault import DatasetKeys, IntegrityError, Manifest, VaultError, plan, pull, push
from fabriek_vault.disk import reserve
from fabriek_vault.layout import lay_out
from fabriek_vault.manifest import check
from fabriek_vault.pull import read_range
from fabriek_vault.testing import MemoryStore

KEY = bytes(range(32))

segment = st.text(st.sampled_from("abcé-. 🦆"), min_size=1, max_size=6).filter(
    lambda name: name not in (".", "..")
)
tree = st.dictionaries(
    st.lists(segment, min_size=1, max_size=3).map("/".join),
    st.tuples(st.integers(0, 3500), st.booleans()),
    min_size=1,
    max_size=15,
)
in_one_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)


class BreaksAfter(MemoryStore):
    """Accepts so many objects, then the line goes dead."""

    def __init__(self, puts: int) -> None:
        super().__init__()
        self.left = puts

    def put(self, name: str, sealed: memoryview) -> None:
        with self._lock:
            self.left -= 1
            if self.left < 0:
                raise ConnectionError("the line went dead")
        super().put(name, sealed)


def write_tree(folder: Path, files: dict[str, tuple[int, bool]]) -> dict[str, tuple[bytes, bool]]:
    """Write what can be written: a name that is a folder already is left out."""
    written: dict[str, tuple[bytes, bool]] = {}
    for name, (size, executable) in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            content = random.Random(size).randbytes(size)
            path.write_bytes(content)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue
        path.chmod(0o755 if executable else 0o644)
        written[name] = content, executable
    return written


def read_tree(folder: Path) -> dict[str, tuple[bytes, bool]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), bool(path.stat().st_mode & 0o100))
        for path in folder.rglob("*")
        if path.is_file()
    }


@given(tree, st.integers(1, 4), st.integers(1, 4))
@in_one_folder
def test_any_tree_comes_back(
    small_chunks: int, tmp_path_factory: pytest.TempPathFactory, files, push_threads, pull_threads
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    (folder / "in").mkdir()
    written = write_tree(folder / "in", files)
    keys, store = DatasetKeys.derive(KEY), MemoryStore()
    planned = plan(folder / "in")
    manifest = push(planned, 7, keys, store, threads=push_threads)
    assert check(manifest) == manifest
    assert manifest == push(planned, 7, keys, MemoryStore(), threads=1), "threads must not matter"
    assert set(store.objects) == {chunk.name for chunk in manifest.chunks}
    assert all(chunk.plain_bytes <= small_chunks for chunk in manifest.chunks)
    pull(manifest, keys, store, folder / "out", threads=pull_threads, durable=False)
    assert read_tree(folder / "out") == written


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def pushed(
    tmp_path: Path, keys: DatasetKeys, files: dict[str, int] | None = None
) -> tuple[Manifest, MemoryStore]:
    (tmp_path / "in").mkdir(exist_ok=True)
    sizes = files or {"big": 3500, "a/one": 100, "a/two": 200, "a/three": 240, "z": 0}
    write_tree(tmp_path / "in", {name: (size, False) for name, size in sizes.items()})
    store = MemoryStore()
    return push(plan(tmp_path / "in"), 7, keys, store), store


@pytest.mark.usefixtures("small_chunks")
class TestFaults:
    def test_every_damaged_object_is_found_and_leaves_nothing(
        self, tmp_path: Path, keys: DatasetKeys
    ) -> None:
        manifest, store = pushed(tmp_path, keys)
        for name, sealed in dict(store.objects).items():
            for place in (0, len(sealed) // 2, len(sealed) - 1):
                store.objects[name] = (
                    sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
                )
                with pytest.raises(IntegrityError):
                    pull(manifest, keys, store, tmp_path / "out")
            store.objects[name] = sealed
            assert left_in(tmp_path) == ["in"]
        pull(manifest, keys, store, tmp_path / "out")

    def test_a_missing_object_is_found_and_leaves_nothing(
        self, tmp_path: Path, keys: DatasetKeys
    ) -> None:
        manifest, store = pushed(tmp_path, keys)
        del store.objects[manifest.chunks[-1].name]
        with pytest.raises(VaultError, match="not there"):
            pull(manifest, keys, store, tmp_path / "out")
        assert left_in(tmp_path) == ["in"]

    def test_a_push_broken_off_anywhere_goes_on_where_it_was(
        self, tmp_path: Path, keys: DatasetKeys
    ) -> None:
        whole, complete = pushed(tmp_path, keys, {"big": 9500})
        for broken_at in range(len(whole.chunks)):
            store = BreaksAfter(broken_at)
            with pytest.raises(ConnectionError):
                push(plan(tmp_path / "in"), 7, keys, store)
            there = store.puts
            store.left = 1000
            assert push(plan(tmp_path / "in"), 7, keys, store) == whole
            assert store.puts == len(whole.chunks)
            assert there <= broken_at
            assert store.objects == complete.objects

    def test_a_file_that_changes_while_it_is_read_is_refused(
        self, tmp_path: Path, keys: DatasetKeys
    ) -> None:
        for change in ("grow", "shrink", "vanish", "link", "rewrite"):
            path = tmp_path / change
            path.write_bytes(b"x" * 300)
            planned = plan(path)
            if change == "grow":
                path.write_bytes(b"x" * 301)
            elif change == "shrink":
                path.write_bytes(b"x" * 10)
            elif change == "rewrite":
                path.write_bytes(b"y" * 300)
                os.utime(path, ns=(1, 1))
            else:
                path.unlink()
                if change == "link":
                    path.symlink_to("/etc/passwd")
            with pytest.raises(VaultError) as caught:
                push(planned, 7, keys, MemoryStore())
            assert caught.value.code == "file-changed", change
            assert caught.value.retry

    def test_a_destination_with_something_in_it_is_refused(
        self, tmp_path: Path, keys: DatasetKeys
    ) -> None:
        manifest, store = pushed(tmp_path, keys)
        (tmp_path / "file").touch()
        (tmp_path / "link").symlink_to("nowhere")
        for name in ("in", "file", "link"):
            with pytest.raises(VaultError) as caught:
                pull(manifest, keys, store, tmp_path / name)
            assert caught.value.code == "destination-exists"
        (tmp_path / "empty").mkdir()
        pull(manifest, keys, store, tmp_path / "empty")
        assert read_tree(tmp_path / "empty") == read_tree(tmp_path / "in")

    def test_what_a_killed_pull_left_is_cleared(self, tmp_path: Path, keys: DatasetKeys) -> None:
        manifest, store = pushed(tmp_path, keys)
        left = tmp_path / ".out.fabriek-partial"
        (left / "a" / "deep").mkdir(parents=True)
        (left / "big").write_bytes(b"half")
        pull(manifest, keys, store, tmp_path / "out")
        assert read_tree(tmp_path / "out") == read_tree(tmp_path / "in")
        assert not left.exists()

    def test_two_pulls_to_one_place_do_not_mix(self, tmp_path: Path, keys: DatasetKeys) -> None:
        manifest, store = pushed(tmp_path, keys)

        def second(done: int, total: int) -> None:
            with pytest.raises(VaultError) as caught:
                pull(manifest, keys, store, tmp_path / "out")
            assert caught.value.code == "pull-in-progress"

        pull(manifest, keys, store, tmp_path / "out", second, threads=1)
        assert read_tree(tmp_path / "out") == read_tree(tmp_path / "in")

    def test_a_listener_that_raises_stops_the_transfer(
        self, tmp_path: Path, keys: DatasetKeys
    ) -> None:
        manifest, store = pushed(tmp_path, keys)

        def stop(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            pull(manifest, keys, store, tmp_path / "out", stop)
        assert left_in(tmp_path) == ["in"]


@pytest.mark.parametrize("call", ["reserve", "pwrite"])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, keys: DatasetKeys, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    manifest, store = pushed(tmp_path, keys, {"big": 5_000_000, "small": 5})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    owner = sys.modules[pull.__module__] if call == "reserve" else os
    monkeypatch.setattr(owner, call, full)
    with pytest.raises(VaultError) as caught:
        pull(manifest, keys, store, tmp_path / "out")
    assert caught.value.code == "disk-full"
    assert left_in(tmp_path) == ["in"]


def test_room_is_reserved_and_a_disk_too_small_is_found(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        reserve(file.fileno(), 1_000_000)
        assert path.stat().st_size in (0, 1_000_000)
        with pytest.raises(OSError, match=r"[Ss]pace|large"):
            reserve(file.fileno(), 2**60)


def test_progress_goes_up_to_the_whole(
    small_chunks: int, tmp_path: Path, keys: DatasetKeys
) -> None:
    told: list[tuple[int, int]] = []
    (tmp_path / "in").mkdir()
    # Twice the same file: chunks that are the same count as progress too.
    write_tree(tmp_path / "in", {"a": (3000, False), "b": (3000, False), "c": (5, False)})
    manifest = push(plan(tmp_path / "in"), 7, keys, MemoryStore(), lambda *at: told.append(at))
    assert told == sorted(told)
    assert told[-1] == (6005, 6005)
    assert manifest.size_bytes == 6005
    assert manifest.stored_bytes < 6005


def test_a_file_added_changes_few_chunks(small_chunks: int, tmp_path: Path, keys) -> None:
    _, store = pushed(tmp_path, keys, {f"f{n:03}": 50 + n % 90 for n in range(300)})
    before = store.puts
    (tmp_path / "in" / "f010-new").write_bytes(b"new")
    after = push(plan(tmp_path / "in"), 7, keys, store)
    assert len(after.chunks) > 20
    assert store.puts - before <= 6


@given(st.integers(0, 3600), st.integers(0, 3600))
@in_one_folder
def test_ranges(small_chunks: int, tmp_path_factory, start: int, stop: int) -> None:
    folder = tmp_path_factory.mktemp("range")
    keys = DatasetKeys.derive(KEY)
    manifest, store = pushed(folder, keys)
    whole = (folder / "in" / "big").read_bytes()
    pieces = read_range(manifest, keys, store, "big", start=start, stop=stop)
    assert b"".join(pieces) == whole[start:stop]


def test_a_range_of_no_file(tmp_path: Path, keys: DatasetKeys) -> None:
    manifest, store = pushed(tmp_path, keys)
    with pytest.raises(VaultError) as caught:
        read_range(manifest, keys, store, "nope", start=0, stop=1)
    assert caught.value.code == "no-such-file"


def test_twenty_thousand_small_files_make_few_chunks(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(2000):
        (folder / f"{number}").write_bytes(b"x")
    planned = plan(folder)
    stretched = type(planned)(
        tuple(
            type(file)(f"{copy}/{file.path}", file.source, 4096, False, file.identity)
            for copy in range(10)
            for file in planned.files
        )
    )
    assert len(lay_out(stretched)) < 15
