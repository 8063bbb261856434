"""Which bytes go into which chunk.

The format leaves this free; this writer cuts large files from their own start and packs small
files together, never splitting one. A pack ends early at a file that the hash of its path picks,
so that a file added to a folder changes one pack and not every pack behind it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from blake3 import blake3

from fabriek_vault.objects import CHUNK_BYTES
from fabriek_vault.plan import Plan, PlannedFile

PACKED_BELOW_BYTES = 4 * 1024 * 1024
"""Files smaller than this share chunks."""
_EARLIEST_END_BYTES = CHUNK_BYTES // 2
_MEAN_EXTRA_BYTES = CHUNK_BYTES // 4


class Segment(NamedTuple):
    """A piece of a file: index in the plan, offset in the file, length in bytes."""

    file: int
    offset: int
    length: int


Chunk = tuple[Segment, ...]
"""The segments that follow each other in one chunk."""


def lay_out(plan: Plan) -> list[Chunk]:
    """Every byte of the plan, once, in chunks of at most CHUNK_BYTES. Deterministic."""
    return list(_chunks(plan))


def _chunks(plan: Plan) -> Iterator[Chunk]:
    pack: list[Segment] = []
    filled = 0
    for index, file in enumerate(plan.files):
        if file.size_bytes >= PACKED_BELOW_BYTES:
            yield from _own_chunks(index, file.size_bytes)
        elif file.size_bytes:
            if filled + file.size_bytes > CHUNK_BYTES:
                yield tuple(pack)
                pack, filled = [], 0
            pack.append(Segment(index, 0, file.size_bytes))
            filled += file.size_bytes
            if filled >= _EARLIEST_END_BYTES and _ends_pack(file):
                yield tuple(pack)
                pack, filled = [], 0
    if pack:
        yield tuple(pack)


def _own_chunks(index: int, size_bytes: int) -> Iterator[Chunk]:
    for offset in range(0, size_bytes, CHUNK_BYTES):
        yield (Segment(index, offset, min(CHUNK_BYTES, size_bytes - offset)),)


def _ends_pack(file: PlannedFile) -> bool:
    draw = int.from_bytes(blake3(file.path.encode()).digest(4), "big")
    return draw * _MEAN_EXTRA_BYTES < file.size_bytes << 32
