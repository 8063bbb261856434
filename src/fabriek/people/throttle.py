"""Secrets may be guessed at only so often.

Counted in the database, so that all web processes agree. What is counted is kept as a hash:
the table must not become a list of addresses.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.people.models import Attempts


@dataclass(frozen=True)
class Throttle:
    """At most `most` times in `window`, for each thing guessed at."""

    what: str
    most: int
    window: timedelta

    def take(self, about: str) -> None:
        """One time more; Problem `too-many-requests`, with the seconds to wait, beyond the most.

        Counted first and looked at after: of guesses at the same moment none slips through. The
        first one, and the first after the window, starts a new window.
        """
        key, now = self._key(about), clock.now()
        running = Attempts.objects.filter(key=key, since__gt=now - self.window)
        # In one transaction, so that each sees the count that it made itself.
        with transaction.atomic():
            if not running.update(count=F("count") + 1):
                Attempts.objects.update_or_create(key=key, defaults={"count": 1, "since": now})
            row = Attempts.objects.get(key=key)
        if row.count > self.most:
            left = (row.since + self.window - now).total_seconds()
            raise Problem("too-many-requests", seconds=max(1, math.ceil(left)))

    def clear(self, about: str) -> None:
        """Forget what was counted."""
        Attempts.objects.filter(key=self._key(about)).delete()

    def _key(self, about: str) -> str:
        return f"{self.what}:{hashlib.sha256(about.encode()).hexdigest()}"


SIGN_IN = Throttle("sign-in", most=10, window=timedelta(minutes=15))
CODES = Throttle("codes", most=5, window=timedelta(hours=1))
FACTORS = Throttle("factors", most=10, window=timedelta(minutes=15))
LONGEST = max(SIGN_IN.window, CODES.window, FACTORS.window)


def forget_old() -> int:
    """Delete windows that have passed; returns how many."""
    old = Attempts.objects.filter(since__lt=clock.now() - LONGEST)
    return old.delete()[0] if old.exists() else 0
