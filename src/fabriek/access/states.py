"""The states of everything that is asked for and given, and which may follow which."""

from django.db import models

from fabriek.core.problems import Problem


class ApplicationState(models.TextChoices):
    """Where an application stands."""

    SUBMITTED = "submitted"
    REVIEWING = "reviewing"
    GRANTED = "granted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReviewState(models.TextChoices):
    """Where one reviewer's work on an application stands."""

    ASKED = "asked"
    DONE = "done"
    CONFLICT = "conflict"
    CLOSED = "closed"  # the application ended before the reviewer answered


class ExtensionState(models.TextChoices):
    """Where a request for more time or more hours stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AppealState(models.TextChoices):
    """Where an appeal against a rejection stands."""

    ASKED = "asked"
    UPHELD = "upheld"  # the application is granted after all
    DISMISSED = "dismissed"  # the rejection stands


class AllocationState(models.TextChoices):
    """Whether hours can be drawn."""

    RUNNING = "running"
    ENDED = "ended"


_A, _R, _L = ApplicationState, ReviewState, AllocationState
_E, _P = ExtensionState, AppealState
MOVES: dict[str, dict[str, frozenset[str]]] = {
    "application": {
        _A.SUBMITTED: frozenset({_A.REVIEWING, _A.GRANTED, _A.REJECTED, _A.WITHDRAWN}),
        _A.REVIEWING: frozenset({_A.GRANTED, _A.REJECTED, _A.WITHDRAWN}),
        _A.GRANTED: frozenset(),
        _A.REJECTED: frozenset(),
        _A.WITHDRAWN: frozenset(),
    },
    # What only a decision on an appeal may do.
    "appealed-application": {
        **dict.fromkeys(_A, frozenset[str]()),
        _A.REJECTED: frozenset({_A.GRANTED}),
    },
    "review": {
        _R.ASKED: frozenset({_R.DONE, _R.CONFLICT, _R.CLOSED}),
        _R.DONE: frozenset(),
        _R.CONFLICT: frozenset(),
        _R.CLOSED: frozenset(),
    },
    # An ended allocation runs again when it is extended in time.
    "allocation": {_L.RUNNING: frozenset({_L.ENDED}), _L.ENDED: frozenset({_L.RUNNING})},
    "extension": {
        _E.ASKED: frozenset({_E.GRANTED, _E.REFUSED, _E.WITHDRAWN}),
        _E.GRANTED: frozenset(),
        _E.REFUSED: frozenset(),
        _E.WITHDRAWN: frozenset(),
    },
    "appeal": {
        _P.ASKED: frozenset({_P.UPHELD, _P.DISMISSED}),
        _P.UPHELD: frozenset(),
        _P.DISMISSED: frozenset(),
    },
}
OPEN = (_A.SUBMITTED, _A.REVIEWING)


def before(kind: str, after: str) -> list[str]:
    """The states from which `after` may be reached: the guard of every conditional UPDATE."""
    return [state for state, following in MOVES[kind].items() if after in following]


def check(kind: str, now: str, after: str) -> None:
    """Problem `illegal-move` when `after` may not follow `now`."""
    if after not in MOVES[kind][now]:
        raise Problem("illegal-move", state=now)
