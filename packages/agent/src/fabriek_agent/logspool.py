"""The job's log on the node's disk until the API has it."""

import os
from pathlib import Path


class LogSpool:
    """Written by one thread, read by another; only whole writes count."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append. OSError when the disk is full: the run then ends as sandbox-failed."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self._fd, view, self.size)
            self.size += written
            view = view[written:]

    def say(self, sentence: str) -> None:
        """A line of the agent's own, on a line of its own."""
        if sentence:
            fresh = not self.size or os.pread(self._fd, 1, self.size - 1) == b"\n"
            self.write(f"{'' if fresh else chr(10)}[fabriek] {sentence}\n".encode())

    def read(self, offset: int, most: int) -> bytes:
        """At most `most` bytes from an offset; empty at the end so far."""
        return os.pread(self._fd, min(most, max(0, self.size - offset)), offset)

    def close(self) -> None:
        """Nothing is read or written after this."""
        os.close(self._fd)
