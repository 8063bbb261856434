"""Large buffers that a thread uses again: fresh memory costs more than the cipher."""

import threading

from fabriek_vault.disk import aligned_buffer

_own = threading.local()


def of_this_thread(purpose: str, size: int) -> memoryview:
    """A buffer of exactly `size` bytes with whatever was in it; valid until asked for again."""
    kept: memoryview | None = getattr(_own, purpose, None)
    if kept is None or len(kept) < size:
        kept = aligned_buffer(size)
        setattr(_own, purpose, kept)
    return kept[:size]
