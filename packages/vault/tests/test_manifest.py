"""The manifest: its parser refuses everything that is not exactly a manifest."""

import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek_vault import (
    ChunkRef,
    DatasetKeys,
    FileEntry,
    IntegrityError,
    Manifest,
    VaultError,
    open_manifest,
    seal_manifest,
)
from fabriek_vault.manifest import canonical, check, parse
from fabriek_vault.objects import object_name, seal_object_into
from fabriek_vault.sealing import sealed_algorithm

KEY = bytes(range(32))

NAME, OTHER = "ab" * 32, "cd" * 32
GOOD = Manifest(
    1,
    "aes-256-gcm",
    7,
    (FileEntry("a", 5, False, ((0, 0, 5),)), FileEntry("b/c", 15, True, ((0, 5, 5), (1, 0, 10)))),
    (ChunkRef(NAME, 10, 26), ChunkRef(OTHER, 10, 26)),
)


def refused(manifest: Any) -> str:
    with pytest.raises(VaultError) as caught:
        check(manifest)
    return caught.value.code


def test_good_manifests_come_back() -> None:
    assert check(GOOD) == GOOD
    assert open_manifest(KEY, 7, seal_manifest(DatasetKeys.derive(KEY), GOOD)) == GOOD
    assert (GOOD.size_bytes, GOOD.stored_bytes, GOOD.by_path["b/c"].executable) == (20, 52, True)


@pytest.mark.parametrize(
    "path",
    [
        "", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "../a", "a\\b", "a\0b", "a\nb",
        "x\u202ey", "\u200f", "e\u0301", "x" * 256,
        "é" * 128, "/".join(["ab"] * 1366), "a\x7f", "\x85",
    ],
)  # fmt: skip
def test_unsafe_paths_are_refused(path: str) -> None:
    entry = FileEntry(path, 20, False, ((0, 0, 10), (1, 0, 10)))
    with pytest.raises(VaultError) as caught:
        check(replace(GOOD, files=(entry,)))
    assert caught.value.code in ("bad-name", "bad-manifest")


@pytest.mark.parametrize(
    "path", ["x" * 255, "é" * 127, "/".join(["ab"] * 1365), "...", "a b", "🦆"]
)
def test_paths_at_the_limit_pass(path: str) -> None:
    check(replace(GOOD, files=(FileEntry(path, 20, False, ((0, 0, 10), (1, 0, 10))),)))


def files(*entries: tuple[str, int, tuple[tuple[int, int, int], ...]]) -> Manifest:
    rest = FileEntry("z", 20, False, ((0, 0, 10), (1, 0, 10)))
    made = tuple(FileEntry(path, size, False, extents) for path, size, extents in entries)
    return replace(GOOD, files=(*made, rest))


@pytest.mark.parametrize(
    "bad",
    [
        files(("b", 0, ()), ("a", 0, ())),
        files(("a", 0, ()), ("a", 0, ())),
        files(("a", 0, ()), ("a-b", 0, ()), ("a/b", 0, ())),
        files(("a", 4, ((0, 0, 5),))),
        files(("a", 6, ((0, 0, 5),))),
        files(("a", 5, ((0, 6, 5),))),
        files(("a", 5, ((2, 0, 5),))),
        files(("a", 5, ((-1, 0, 5),))),
        files(("a", 5, ((0, -1, 5),))),
        files(("a", 0, ((0, 0, 0),))),
        files(("a", 0, ((0, 0, 5), (0, 0, -5)))),
        replace(GOOD, files=()),
        replace(GOOD, files=GOOD.files[:1]),
        replace(GOOD, chunks=(GOOD.chunks[0], GOOD.chunks[0])),
        replace(GOOD, chunks=(GOOD.chunks[0], ChunkRef(OTHER, 10, 27))),
        replace(GOOD, chunks=(GOOD.chunks[0], ChunkRef(OTHER, 16 * 2**20 + 1, 16 * 2**20 + 17))),
        replace(GOOD, chunks=(GOOD.chunks[0], ChunkRef(OTHER.upper(), 10, 26))),
        replace(GOOD, chunks=(GOOD.chunks[0], ChunkRef("../" + OTHER[3:], 10, 26))),
        replace(GOOD, chunks=(GOOD.chunks[0], ChunkRef(OTHER[1:], 10, 26))),
        replace(GOOD, chunks=(GOOD.chunks[0], ChunkRef("é" * 64, 10, 26))),
        replace(GOOD, format=2),
        replace(GOOD, algorithm="none"),
        replace(GOOD, dataset_id="7"),
        replace(GOOD, format=True),
        replace(GOOD, files=(FileEntry("a", 20.0, False, ((0, 0, 10), (1, 0, 10))),)),
    ],
)
def test_what_does_not_hold_together_is_refused(bad: Manifest) -> None:
    assert refused(bad) in ("bad-manifest", "bad-name", "unknown-algorithm")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, b'{"format":1}', b"1" * 10_000,
        canonical(GOOD) + b" ", canonical(GOOD).replace(b'"format":1', b'"format":1.0'),
        canonical(GOOD).replace(b'"a"', b'"\\u0061"'), canonical(GOOD).replace(b"15,1", b"15,true"),
        b'{"format":1,' + canonical(GOOD)[1:], canonical(GOOD).replace(b"[0,0,5]", b"[0,0,5,5]"),
        canonical(GOOD).replace(b'"a"', b'"\\ud800"'), canonical(GOOD).replace(b"7", b"NaN"),
    ],
)  # fmt: skip
def test_other_forms_are_refused(data: bytes) -> None:
    with pytest.raises(VaultError):
        parse(data)


@given(st.data())
def test_any_flipped_bit_of_a_sealed_manifest_is_found(data: st.DataObject) -> None:
    sealed = bytearray(seal_manifest(DatasetKeys.derive(KEY), GOOD))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(VaultError) as caught:
        open_manifest(KEY, 7, bytes(sealed))
    assert caught.value.code in ("manifest-damaged", "unknown-algorithm")


@pytest.mark.parametrize("cut", [0, 5, 18, 19, 25, 31, 40, 63, 64, 80])
def test_a_cut_manifest_is_found(cut: int) -> None:
    with pytest.raises(VaultError):
        open_manifest(KEY, 7, seal_manifest(DatasetKeys.derive(KEY), GOOD)[:cut])


def test_another_key_or_dataset_is_found() -> None:
    sealed = seal_manifest(DatasetKeys.derive(KEY), GOOD)
    with pytest.raises(IntegrityError):
        open_manifest(bytes(32), 7, sealed)
    with pytest.raises(VaultError) as caught:
        open_manifest(KEY, 8, sealed)
    assert caught.value.code == "wrong-dataset"


def test_the_algorithm_line_is_bound() -> None:
    sealed = seal_manifest(DatasetKeys.derive(KEY), GOOD)
    swapped = sealed.replace(b"aes-256-gcm", b"chacha20-poly1305", 1)
    assert sealed_algorithm(swapped) == "chacha20-poly1305"
    with pytest.raises(IntegrityError):
        open_manifest(KEY, 7, swapped)
    with pytest.raises(VaultError):
        seal_manifest(DatasetKeys.derive(KEY, "chacha20-poly1305"), GOOD)


def sealed_raw(plaintext: bytes) -> bytes:
    keys = DatasetKeys.derive(KEY)
    name = object_name(keys.manifests, plaintext)
    out = bytearray(len(plaintext) + 16)
    seal_object_into(keys.manifests, name, plaintext, out)
    return b"fabriek-manifest-1\naes-256-gcm\n" + name + out


def test_bombs_tails_and_rubbish_inside_a_good_seal_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fabriek_vault.sealing.MAX_JSON_BYTES", 1_000_000)
    good = zlib.compress(canonical(GOOD))
    assert open_manifest(KEY, 7, sealed_raw(good)) == GOOD
    for inside in (zlib.compress(bytes(2_000_000)), good + b"x", good[:-3], b"", b"rubbish"):
        with pytest.raises(VaultError) as caught:
            open_manifest(KEY, 7, sealed_raw(inside))
        assert caught.value.code == "bad-manifest"


def test_a_manifest_that_names_another_algorithm_inside_is_refused() -> None:
    inside = zlib.compress(canonical(replace(GOOD, algorithm="chacha20-poly1305")))
    with pytest.raises(VaultError) as caught:
        open_manifest(KEY, 7, sealed_raw(inside))
    assert caught.value.code == "bad-manifest"


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fabriek_vault.manifest.MAX_FILES", 1)
    assert refused(GOOD) == "bad-manifest"


def test_the_canonical_form_is_plain_json() -> None:
    assert json.loads(canonical(GOOD))["files"][1] == ["b/c", 15, 1, [[0, 5, 5], [1, 0, 10]]]


def test_twenty_thousand_files_are_read() -> None:
    entries = tuple(
        FileEntry(f"d{n // 100:03}/f{n:05}", 4096, False, ((n // 4096, n % 4096 * 4096, 4096),))
        for n in range(20_000)
    )
    chunks = tuple(ChunkRef(f"{n:064x}", 16 * 2**20, 16 * 2**20 + 16) for n in range(5))
    manifest = Manifest(1, "aes-256-gcm", 7, entries, chunks)
    assert parse(canonical(manifest)) == manifest
