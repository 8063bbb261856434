"""The one place that tells the time, so that tests can move it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC. Always call it as `clock.now()`: tests replace it."""
    return datetime.now(UTC)
