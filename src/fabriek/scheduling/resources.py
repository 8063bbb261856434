"""What jobs need and nodes have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Resources:
    """Whole cores, MiB of memory, whole GPUs."""

    cpus: int = 0
    memory_mib: int = 0
    gpus: int = 0

    def __add__(self, other: "Resources") -> "Resources":
        return Resources(
            self.cpus + other.cpus, self.memory_mib + other.memory_mib, self.gpus + other.gpus
        )

    def __sub__(self, other: "Resources") -> "Resources":
        return Resources(
            self.cpus - other.cpus, self.memory_mib - other.memory_mib, self.gpus - other.gpus
        )

    def holds(self, other: "Resources") -> bool:
        """Whether `other` fits inside this in every respect."""
        return (
            self.cpus >= other.cpus
            and self.memory_mib >= other.memory_mib
            and self.gpus >= other.gpus
        )
