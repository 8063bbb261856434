"""Small chunks, so that tests of many chunks stay small; and keys."""

from collections.abc import Iterator

import pytest

from fabriek_vault import DatasetKeys, layout, manifest

KEY = bytes(range(32))


@pytest.fixture
def keys() -> DatasetKeys:
    return DatasetKeys.derive(KEY)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Lay out in chunks of 1,000 bytes; files below 250 bytes are packed."""
    monkeypatch.setattr(layout, "CHUNK_BYTES", 1000)
    monkeypatch.setattr(layout, "PACKED_BELOW_BYTES", 250)
    monkeypatch.setattr(layout, "_EARLIEST_END_BYTES", 500)
    monkeypatch.setattr(layout, "_MEAN_EXTRA_BYTES", 250)
    assert manifest.CHUNK_BYTES >= 1000
    return 1000
