"""Signs of life: that a worker still comes by, seen from the web process."""

from datetime import datetime, timedelta

from fabriek.core import clock
from fabriek.core.models import Heartbeat

WORKER = "worker"
EVERY = timedelta(seconds=10)


def beat(name: str = WORKER) -> None:
    """Write that the process is at work, at most once in ten seconds however often it is called.

    Of several workers whichever comes first writes: the question is whether any is at work.
    """
    now = clock.now()
    last = last_beat(name)
    if last is None or now - last >= EVERY:
        Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def last_beat(name: str = WORKER) -> datetime | None:
    """When the process was last at work; None when it never was."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
