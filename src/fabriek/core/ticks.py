"""What the core room does whenever a worker comes by."""

from django.db import IntegrityError

from fabriek.core import audit, outbox


def tick() -> bool:
    """Seal the audit log and send mail; True when there was something to do."""
    try:
        sealed = audit.seal()
    except IntegrityError:
        sealed = 0  # another worker sealed these entries first
    return bool(sealed + outbox.deliver())
