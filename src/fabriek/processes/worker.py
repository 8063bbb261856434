"""The worker: calls every room's tick, again and again. Any number of copies may run."""

import logging
import signal
from collections.abc import Callable
from types import FrameType

from django.db import OperationalError, close_old_connections

from fabriek.access import ticks as access
from fabriek.compute import ticks as compute
from fabriek.core import ticks as core
from fabriek.core import wake
from fabriek.data import ticks as data
from fabriek.people import ticks as people

log = logging.getLogger(__name__)
# Jobs first: people wait for them.
TICKS: tuple[tuple[str, Callable[[], bool]], ...] = (
    ("compute", compute.tick),
    ("core", core.tick),
    ("access", access.tick),
    ("data", data.tick),
    ("people", people.tick),
)
IDLE_S = 1.0


class Worker:
    """One loop. `stop` lets the present round finish."""

    def __init__(self) -> None:
        self.stopping = False

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping = True

    def run(self) -> None:
        """Until stopped: a round of ticks, then wait for a nudge or a second."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        listener = wake.Listener()
        while not self.stopping:
            if not round_of_ticks():
                listener.wait(IDLE_S)


def round_of_ticks() -> bool:
    """Every room once; True when one of them had work. One room's failure stops no other."""
    changed = False
    for room, tick in TICKS:
        try:
            changed |= tick()
        except OperationalError as error:
            log.warning("%s: database: %s", room, error)
            close_old_connections()
        except Exception:  # the outermost loop: say so and go on
            log.exception("%s: tick failed", room)
    return changed
