"""A few threads over a list of work, stopped by the first fault; and counting progress."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
THREADS = 4
"""Twice the cores of a small machine: half of them wait for the disk or the network."""
OnProgress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all), from one thread at a time, never going down."""


class Progress:
    """Adds up what the threads did, and tells it."""

    def __init__(self, total_bytes: int, told: OnProgress | None) -> None:
        self.total_bytes = total_bytes
        self._done_bytes = 0
        self._told = told
        self._lock = threading.Lock()

    def add(self, size_bytes: int) -> None:
        """Count `size_bytes` more. What the listener raises stops the transfer."""
        with self._lock:
            self._done_bytes += size_bytes
            if self._told:
                self._told(self._done_bytes, self.total_bytes)


def run(
    items: Iterable[Item], new_worker: Callable[[], Callable[[Item], None]], threads: int
) -> None:
    """Give every item to some worker; each thread makes its own worker, with its own buffers.

    The first exception stops all threads after the item they are at, and is raised. With one
    thread everything happens in the caller's.
    """
    pending = iter(items)
    lock = threading.Lock()
    stopped = threading.Event()

    def loop() -> None:
        worker = new_worker()
        try:
            while not stopped.is_set():
                with lock:
                    item = next(pending, None)
                if item is None:
                    return
                worker(item)
        except BaseException:
            stopped.set()
            raise

    if threads <= 1:
        loop()
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="vault") as pool:
        running = [pool.submit(loop) for _ in range(threads)]
        try:
            for future in running:
                future.result()
        finally:
            stopped.set()
