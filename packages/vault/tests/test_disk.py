"""Writing and reading past the page cache gives the same bytes as any other way."""

import os
from pathlib import Path

import pytest

from fabriek_vault.disk import aligned_buffer, read_whole, write_at

MIB = 1024 * 1024
SIZES = [0, 1, 4096, MIB - 1, MIB, MIB + 1, MIB + 4096, 3 * MIB + 16]


@pytest.fixture(params=["disk", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """On a disk, and on a file system that may not know how."""
    if request.param == "disk":
        return tmp_path
    memory = Path("/dev/shm") / tmp_path.name
    memory.mkdir()
    request.addfinalizer(lambda: [p.unlink() for p in memory.iterdir()] and memory.rmdir())
    return memory


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("offset", [0, 4096, 5])
@pytest.mark.parametrize("shift", [0, 1])
def test_what_was_written_is_read(folder: Path, size: int, offset: int, shift: int) -> None:
    content = os.urandom(size)
    buffer = aligned_buffer(size + shift)
    buffer[shift:] = content
    path = folder / "a"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        write_at(descriptor, buffer[shift:], offset)
        write_at(descriptor, b"x" * offset, 0)
        os.fsync(descriptor)
        whole = aligned_buffer(-(-(size + offset) // 4096) * 4096 + 4096)
        assert bytes(whole[: read_whole(descriptor, whole)]) == path.read_bytes()
    finally:
        os.close(descriptor)
    assert path.read_bytes() == b"x" * offset + content


def test_a_read_only_buffer_can_be_written(tmp_path: Path) -> None:
    content = os.urandom(2 * MIB)
    with (tmp_path / "a").open("wb") as file:
        write_at(file.fileno(), content, 0)
    assert (tmp_path / "a").read_bytes() == content
