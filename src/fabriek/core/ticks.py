"""What the core room does whenever a worker comes by."""

from django.db import IntegrityError

from fabriek.core import audit, heartbeat, outbox


def tick() -> bool:
    """Seal the audit log, send mail, show a sign of life; True when there was work."""
    heartbeat.beat()
    try:
        sealed = audit.seal()
    except IntegrityError:
        sealed = 0  # another worker sealed these entries first
    return bool(sealed + outbox.deliver())
