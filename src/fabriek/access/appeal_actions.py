"""Appeals: the applicant speaks against a rejection, once, and another operator decides."""

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from django.db import IntegrityError, transaction

from fabriek.access import data_files, granting, queries, review_actions, rules
from fabriek.access.models import Appeal, Application
from fabriek.access.notices import NOTICES
from fabriek.access.states import AppealState, ApplicationState, before
from fabriek.core import audit, clock, names
from fabriek.core.problems import Problem
from fabriek.people import queries as people

if TYPE_CHECKING:
    from fabriek.people.models import Person

Judgement = Literal["uphold", "dismiss"]


def appeal(by: "Person", application_id: int, text: str) -> Application:
    """Appeal against the rejection of one's own application.

    Problem `not-found`, `not-allowed`, `invalid-input`, `already-appealed`, `illegal-move`,
    `appeal-too-late`.
    """
    text = names.free_text("text", text, needed=True)
    application = queries.application_for(by, application_id)
    if application.applicant_id != by.pk:
        raise Problem("not-allowed")
    if hasattr(application, "appeal"):
        raise Problem("already-appealed")
    if application.state != ApplicationState.REJECTED or application.decided_at is None:
        raise Problem("illegal-move", state=application.state)
    now, limits = clock.now(), data_files.requests()
    if now > application.decided_at + timedelta(days=limits.appeal_days):
        raise Problem("appeal-too-late", days=limits.appeal_days)
    due = rules.working_days_after(now, limits.appeal_working_days, data_files.holidays())
    with transaction.atomic():
        try:
            with transaction.atomic():
                Appeal.objects.create(
                    application=application,
                    text=text,
                    asked_at=now,
                    decision_by=due,
                    rejected_at=application.decided_at,
                    rejected_by_id=application.decided_by_id,
                    rejected_reason=application.decision_reason,
                )
        except IntegrityError:
            raise Problem("already-appealed") from None
        audit.record(by, "application.appeal", "application", application.pk)
        facts = {"title": application.title, "number": application.pk, "due": due}
        NOTICES.post(by, "appealed", **facts)
        for operator in people.operators():
            if operator.pk != application.decided_by_id:
                NOTICES.post(operator, "appeal-asked", **facts)
    return queries.application_for(by, application_id)


def decide_appeal(
    by: "Person", application_id: int, judgement: Judgement, reason: str
) -> Application:
    """Grant the application after all, or let the rejection stand, as an operator who did not
    reject it, with a reason that the applicant gets.

    Problem `not-found`, `not-allowed`, `conflict-of-interest`, `not-appealed`,
    `appeal-other-operator`, `appeal-no-other-operator`, `invalid-input`, `illegal-move`,
    `playground-taken`.
    """
    reason = names.free_text("reason", reason, needed=True)
    application = review_actions.as_operator(by, application_id)
    may_judge(by, application)
    upheld = judgement == "uphold"
    state = AppealState.UPHELD if upheld else AppealState.DISMISSED
    with transaction.atomic():
        rows = Appeal.objects.filter(
            application_id=application.pk, state__in=before("appeal", state)
        )
        if not rows.update(
            state=state, decided_at=clock.now(), decided_by_id=by.pk, decision_reason=reason
        ):
            raise Problem("illegal-move", state=Appeal.objects.get(application=application).state)
        action = "appeal.uphold" if upheld else "appeal.dismiss"
        audit.record(by, action, "application", application.pk, reason=reason)
        if upheld:
            granting.grant(application, by, reason, moves="appealed-application")
        else:
            NOTICES.post(
                application.applicant, "appeal-dismissed", title=application.title, reason=reason
            )
    return queries.application_for(by, application_id)


def is_possible(application: Application) -> bool:
    """Whether the applicant can appeal now."""
    if application.state != ApplicationState.REJECTED or application.decided_at is None:
        return False
    until = application.decided_at + timedelta(days=data_files.requests().appeal_days)
    return clock.now() <= until and not hasattr(application, "appeal")


def may_judge(by: "Person", application: Application) -> None:
    """Whether this operator may decide on the appeal; Problem `not-appealed`,
    `appeal-other-operator`, `appeal-no-other-operator`."""
    if not hasattr(application, "appeal"):
        raise Problem("not-appealed")
    rejecter = application.appeal.rejected_by_id
    if by.pk == rejecter:
        if people.operators().exclude(pk=rejecter).exists():
            raise Problem("appeal-other-operator")
        raise Problem("appeal-no-other-operator")


def escalate(row: Appeal) -> bool:
    """Tell the operators that a deadline has passed, once. The appeal stays what it is."""
    with transaction.atomic():
        rows = Appeal.objects.filter(pk=row.pk, escalated_at=None, state=AppealState.ASKED)
        if not rows.update(escalated_at=clock.now()):
            return False
        audit.record(None, "appeal.escalate", "application", row.application_id)
        for operator in people.operators():
            NOTICES.post(
                operator,
                "appeal-late",
                title=row.application.title,
                number=row.application_id,
                due=row.decision_by,
            )
        return True
