"""Large buffers that a thread uses again: fresh memory costs more than the cipher."""

import threading

_own = threading.local()


def of_this_thread(purpose: str, size: int) -> memoryview:
    """A buffer of exactly `size` bytes with whatever was in it; valid until asked for again."""
    kept: bytearray = getattr(_own, purpose, bytearray())
    if len(kept) < size:
        kept = bytearray(size)
        setattr(_own, purpose, kept)
    return memoryview(kept)[:size]
