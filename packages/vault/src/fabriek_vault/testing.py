"""For tests, here and in the packages that use this one: a store in memory."""

import threading
from collections.abc import Sequence

from fabriek_vault.errors import VaultError


class MemoryStore:
    """A sink and a source that counts its puts."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts = 0
        self._lock = threading.Lock()

    def missing(self, names: Sequence[str]) -> set[str]:
        """Those that were not put yet."""
        return {name for name in names if name not in self.objects}

    def put(self, name: str, sealed: memoryview) -> None:
        """Keep a copy."""
        body = bytes(sealed)
        with self._lock:
            if self.objects.setdefault(name, body) != body:
                raise AssertionError("sealing must be deterministic")
            self.puts += 1

    def get(self, name: str) -> bytes:
        """What was put; VaultError `chunk-missing`."""
        if name not in self.objects:
            raise VaultError("chunk-missing", "It is not there.", "Put it first.")
        return self.objects[name]
