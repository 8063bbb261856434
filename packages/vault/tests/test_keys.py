"""Deriving, wrapping, and never showing keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek_vault import DatasetKeys, IntegrityError, VaultError, generate_key, unwrap, wrap

KEY = bytes(range(32))

key32 = st.binary(min_size=32, max_size=32)


@given(key32, key32, st.binary(max_size=50))
def test_a_wrapped_key_comes_back(key: bytes, kek: bytes, context: bytes) -> None:
    assert unwrap(wrap(key, kek, context), kek, context) == key


@given(st.integers(0, 60), st.integers(0, 7))
def test_any_flipped_bit_of_a_wrap_is_found(place: int, bit: int) -> None:
    wrapped = bytearray(wrap(KEY, b"k" * 32, b"dataset:1"))
    wrapped[place] ^= 1 << bit
    with pytest.raises(IntegrityError) as caught:
        unwrap(bytes(wrapped), b"k" * 32, b"dataset:1")
    assert caught.value.code == "wrap-damaged"


@pytest.mark.parametrize(("kek", "context"), [(b"x" * 32, b"dataset:1"), (b"k" * 32, b"dataset:2")])
def test_another_key_or_context_does_not_open_a_wrap(kek: bytes, context: bytes) -> None:
    with pytest.raises(IntegrityError):
        unwrap(wrap(KEY, b"k" * 32, b"dataset:1"), kek, context)


@pytest.mark.parametrize("wrapped", [b"", b"\x01" * 60, b"\x02" * 61, b"\x01" * 62])
def test_what_is_no_wrap_is_refused(wrapped: bytes) -> None:
    with pytest.raises(IntegrityError):
        unwrap(wrapped, KEY, b"")


def test_every_purpose_and_algorithm_has_keys_of_its_own() -> None:
    keys = [DatasetKeys.derive(KEY, name) for name in ("aes-256-gcm", "chacha20-poly1305")]
    seen = {
        material
        for derived in keys
        for pair in (derived.chunks, derived.manifests)
        for material in (pair.name_key, pair.root)
    }
    assert len(seen) == 8
    assert KEY not in seen


def test_keys_do_not_show_themselves() -> None:
    keys = DatasetKeys.derive(KEY)
    for shown in (repr(keys), str(keys.chunks), f"{keys.manifests!r}"):
        assert keys.chunks.root.hex() not in shown
        assert repr(keys.chunks.root) not in shown


def test_bad_keys_and_unknown_algorithms_are_named() -> None:
    with pytest.raises(VaultError) as caught:
        DatasetKeys.derive(b"short")
    assert caught.value.code == "bad-key"
    with pytest.raises(VaultError) as caught:
        DatasetKeys.derive(KEY, "rot13")
    assert caught.value.code == "unknown-algorithm"
    assert "'rot13'" in caught.value.sentence
    assert len(generate_key()) == 32
    assert generate_key() != generate_key()
