"""Sending: read, name, ask what is missing, seal, put; in a few threads with fixed buffers."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from fabriek_vault.errors import VaultError
from fabriek_vault.keys import TAG_BYTES, DatasetKeys
from fabriek_vault.layout import Chunk, lay_out
from fabriek_vault.manifest import FORMAT, ChunkRef, Extent, FileEntry, Manifest
from fabriek_vault.objects import CHUNK_BYTES, chunk_name, seal_object_into
from fabriek_vault.parallel import THREADS, OnProgress, Progress, run
from fabriek_vault.paths import shown
from fabriek_vault.plan import Plan, PlannedFile, identity_of

_BATCH_CHUNKS = 3
_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
T = TypeVar("T")


class Sink(Protocol):
    """Where chunk objects go. Both calls come from several threads and can be repeated."""

    def missing(self, names: Sequence[str]) -> set[str]:
        """Those of the names that are not stored yet."""

    def put(self, name: str, sealed: memoryview) -> None:
        """Store one object; `sealed` may be reused as soon as this returns."""


def push(
    plan: Plan,
    dataset_id: int,
    keys: DatasetKeys,
    sink: Sink,
    on_progress: OnProgress | None = None,
    *,
    threads: int = THREADS,
) -> Manifest:
    """Store the chunks of a plan that are missing; returns the manifest (not yet stored).

    Memory: about 64 MiB a thread. VaultError `file-changed` when a file is not what it was when
    the plan was made; whatever the sink raises. After any fault the same call goes on where it
    broke off, since what is stored is not missing any more.
    """
    layout = lay_out(plan)
    names: list[str] = [""] * len(layout)
    progress = Progress(plan.size_bytes, on_progress)
    numbered = list(enumerate(layout))
    # Small transfers are over in one batch; large ones ask for several chunks at once.
    batch = min(_BATCH_CHUNKS, max(1, len(layout) // threads))
    run(
        _batches(numbered, batch),
        lambda: _Pusher(plan, keys, sink, progress, names).push,
        min(threads, -(-len(layout) // batch)),
    )
    return _manifest(plan, dataset_id, keys, layout, names)


class _Pusher:
    """One thread's buffers: a plaintext for every chunk of a batch, one ciphertext."""

    def __init__(
        self, plan: Plan, keys: DatasetKeys, sink: Sink, progress: Progress, names: list[str]
    ) -> None:
        self.plan, self.keys, self.sink = plan, keys, sink
        self.progress, self.names = progress, names
        self.plain: list[bytearray] = []
        self.sealed = bytearray()

    def push(self, batch: list[tuple[int, Chunk]]) -> None:
        read: dict[str, memoryview] = {}
        for place, (index, chunk) in enumerate(batch):
            plaintext = self._read(place, chunk)
            name = self.names[index] = chunk_name(self.keys, plaintext)
            if name in read:
                self.progress.add(len(plaintext))
            read.setdefault(name, plaintext)
        missing = self.sink.missing(list(read))
        for name, plaintext in read.items():
            if name in missing:
                self._put(name, plaintext)
            self.progress.add(len(plaintext))

    def _put(self, name: str, plaintext: memoryview) -> None:
        if len(self.sealed) < len(plaintext) + TAG_BYTES:
            self.sealed = bytearray(len(plaintext) + TAG_BYTES)
        size = seal_object_into(self.keys.chunks, bytes.fromhex(name), plaintext, self.sealed)
        with memoryview(self.sealed) as view:
            self.sink.put(name, view[:size])

    def _read(self, place: int, chunk: Chunk) -> memoryview:
        size = sum(segment.length for segment in chunk)
        if place == len(self.plain):
            self.plain.append(bytearray())
        if len(self.plain[place]) < size:
            self.plain[place] = bytearray(min(CHUNK_BYTES, size))
        view = memoryview(self.plain[place])[:size]
        start = 0
        for segment in chunk:
            piece = view[start : start + segment.length]
            read_segment(self.plan.files[segment.file], segment.offset, piece)
            start += segment.length
        return view


def read_segment(file: PlannedFile, offset: int, into: memoryview) -> None:
    """Fill `into` from the file at `offset`; VaultError `file-changed` if it is another now."""
    try:
        descriptor = os.open(file.source, _OPEN_FLAGS)
    except OSError:
        raise _changed(file) from None
    try:
        done = 0
        while done < len(into):
            count = os.preadv(descriptor, [into[done:]], offset + done)
            if not count:
                raise _changed(file)
            done += count
        # After the reading: a change during it counts as well.
        if identity_of(os.fstat(descriptor)) != file.identity:
            raise _changed(file)
    finally:
        os.close(descriptor)


def _manifest(
    plan: Plan, dataset_id: int, keys: DatasetKeys, layout: list[Chunk], names: list[str]
) -> Manifest:
    indexes: dict[str, int] = {}
    chunks: list[ChunkRef] = []
    extents: list[list[Extent]] = [[] for _ in plan.files]
    for name, chunk in zip(names, layout, strict=True):
        index = indexes.setdefault(name, len(chunks))
        size = sum(segment.length for segment in chunk)
        if index == len(chunks):
            chunks.append(ChunkRef(name, size, size + TAG_BYTES))
        start = 0
        for segment in chunk:
            extents[segment.file].append((index, start, segment.length))
            start += segment.length
    files = tuple(
        FileEntry(file.path, file.size_bytes, file.executable, tuple(where))
        for file, where in zip(plan.files, extents, strict=True)
    )
    return Manifest(FORMAT, keys.algorithm, dataset_id, files, tuple(chunks))


def _batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    pending = iter(items)
    while batch := list(islice(pending, size)):
        yield batch


def _changed(file: PlannedFile) -> VaultError:
    return VaultError(
        "file-changed",
        f"{shown(file.path)} changed while it was being read.",
        "Wait until nothing writes to it any more, and try again.",
        retry=True,
    )
