"""What the data room does whenever a worker comes by."""

from fabriek.core import clock
from fabriek.data import sweeping
from fabriek.data.store import LocalStore, the_store

_ARRIVING_LIVES_S = 24 * 3600.0


def tick() -> bool:
    """Expire uploads, sweep, finish erasures; True when there was something to do."""
    done = sweeping.expire_uploads() + sweeping.sweep() + sweeping.empty_erased()
    store = the_store()
    if isinstance(store, LocalStore):
        store.clear_arriving(_ARRIVING_LIVES_S, clock.now().timestamp())
    return bool(done)
