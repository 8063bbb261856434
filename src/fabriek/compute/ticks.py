"""What the compute room does whenever a worker comes by."""

from fabriek.compute import reconciler


def tick() -> bool:
    """One round of the reconciler; True when anything changed."""
    return reconciler.tick()
