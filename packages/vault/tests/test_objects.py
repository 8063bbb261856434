"""Chunks: sealing is deterministic, and any change is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek_vault import DatasetKeys, IntegrityError, chunk_name, open_chunk, seal_chunk

KEY = bytes(range(32))

algorithms = st.sampled_from(["aes-256-gcm", "chacha20-poly1305"])


@given(st.binary(min_size=1, max_size=5000), algorithms)
def test_a_chunk_comes_back_and_seals_the_same_way_twice(data: bytes, algorithm: str) -> None:
    keys = DatasetKeys.derive(KEY, algorithm)
    name = chunk_name(keys, data)
    sealed = seal_chunk(keys, name, data)
    assert open_chunk(keys, name, sealed) == data
    assert seal_chunk(DatasetKeys.derive(KEY, algorithm), name, data) == sealed
    assert len(sealed) == len(data) + 16


@given(st.binary(min_size=1, max_size=300), st.data())
def test_any_flipped_bit_of_a_chunk_is_found(data: bytes, draw: st.DataObject) -> None:
    keys = DatasetKeys.derive(KEY)
    name = chunk_name(keys, data)
    sealed = seal_chunk(keys, name, data)
    sealed[draw.draw(st.integers(0, len(sealed) - 1))] ^= 1 << draw.draw(st.integers(0, 7))
    with pytest.raises(IntegrityError) as caught:
        open_chunk(keys, name, sealed)
    assert caught.value.code == "chunk-damaged"


@pytest.mark.parametrize("cut", [0, 1, 15, 16, 20])
def test_a_cut_chunk_is_found(keys: DatasetKeys, cut: int) -> None:
    name = chunk_name(keys, b"hello")
    with pytest.raises(IntegrityError):
        open_chunk(keys, name, seal_chunk(keys, name, b"hello")[:cut])


def test_a_chunk_under_another_name_is_found(keys: DatasetKeys) -> None:
    one, two = chunk_name(keys, b"one"), chunk_name(keys, b"two")
    with pytest.raises(IntegrityError):
        open_chunk(keys, two, seal_chunk(keys, one, b"one"))


def test_a_chunk_sealed_under_a_name_that_is_not_its_own_is_found(keys: DatasetKeys) -> None:
    # The tag holds here; only the check of the name can find it.
    name = chunk_name(keys, b"what it claims to be")
    with pytest.raises(IntegrityError):
        open_chunk(keys, name, seal_chunk(keys, name, b"what it is"))


def test_names_depend_on_the_dataset(keys: DatasetKeys) -> None:
    assert chunk_name(keys, b"same") != chunk_name(DatasetKeys.derive(bytes(32)), b"same")
