"""What the people room does whenever a worker comes by."""

from datetime import timedelta

from fabriek.core import clock
from fabriek.people import sessions, throttle
from fabriek.people.models import EmailConfirmation

KEEP_CODES = timedelta(days=1)


def tick() -> bool:
    """Clean up counted guesses, codes and sessions that are over; True when there was something."""
    dead = EmailConfirmation.objects.filter(expires_at__lt=clock.now() - KEEP_CODES)
    codes = dead.delete()[0] if dead.exists() else 0
    return bool(codes + throttle.forget_old() + sessions.forget_expired())
