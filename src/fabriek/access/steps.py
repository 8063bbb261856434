"""The way of an application, step by step, for whoever looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fabriek.access.models import Application, Review
from fabriek.access.states import OPEN, ApplicationState, ReviewState
from fabriek.web.templatetags.fabriek import state_word


@dataclass(frozen=True)
class Step:
    """One step: its name, what there is to say, when it was done or is due."""

    name: str
    text: str
    at: datetime | None = None
    is_done: bool = False
    is_now: bool = False


def steps_of(row: Application, reviews: Sequence[Review]) -> list[Step]:
    """Submitted, reviewed, decided; an appeal when there is one."""
    is_open = row.state in OPEN
    kept = [review for review in reviews if review.state != ReviewState.CONFLICT]
    done = sum(review.state == ReviewState.DONE for review in kept)
    awaited = any(review.state == ReviewState.ASKED for review in kept)
    sent = Step(_("Sent"), "", row.submitted_at, is_done=True)
    reviewed = Step(
        _("Reviewed"),
        _reviewed(row, done, len(kept)),
        is_done=not is_open or (bool(kept) and not awaited),
        is_now=is_open and (awaited or not kept),
    )
    if row.state == ApplicationState.WITHDRAWN:
        return [sent, Step(_("Withdrawn"), "", is_done=True, is_now=True)]
    decided = Step(
        _("Decided"),
        "" if is_open else state_word(row.state),
        row.decision_by if is_open else row.decided_at,
        is_done=not is_open,
        is_now=not reviewed.is_now,
    )
    appeal = getattr(row, "appeal", None)
    if appeal is None:
        return [sent, reviewed, decided]
    rejected = state_word(ApplicationState.REJECTED)
    judged = appeal.decided_at is not None
    at = appeal.decided_at or appeal.decision_by
    return [
        sent,
        reviewed,
        Step(_("Decided"), rejected, appeal.rejected_at, is_done=True),
        Step(_("Appeal"), state_word(appeal.state), at, is_done=judged, is_now=True),
    ]


def _reviewed(row: Application, done: int, count: int) -> str:
    if not count:
        return (
            _("by rule, without a person") if row.decided_by_id is None and row.decided_at else ""
        )
    return ngettext("%(done)s of %(count)s review", "%(done)s of %(count)s reviews", count) % {
        "done": done,
        "count": count,
    }
