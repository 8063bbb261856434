"""Review: asking reviewers, their conflicts and recommendations, the decision, the escalation."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from django.db import transaction
from django.db.models import Count

from fabriek.access import conflicts, data_files, granting, queries
from fabriek.access.models import Application, Review
from fabriek.access.notices import NOTICES
from fabriek.access.states import OPEN, ApplicationState, ReviewState, before, check
from fabriek.core import audit, clock, names
from fabriek.core.problems import Problem
from fabriek.people import queries as people

if TYPE_CHECKING:
    from fabriek.people.models import Person

Verdict = Literal["grant", "reject"]


def ask_reviewers(application: Application, kinds: Iterable[str]) -> None:
    """Ask the least busy reviewer without a conflict for each kind of review; the operators are
    told of a kind that nobody can do. Call it inside the action's transaction."""
    candidates = list(people.reviewers())
    barred = conflicts.of_application(application, candidates)
    asked = set(application.reviews.values_list("reviewer_id", flat=True))
    busy = Review.objects.filter(state=ReviewState.ASKED, reviewer__in=candidates)
    load = dict(busy.values_list("reviewer_id").annotate(count=Count("pk")))
    free = [c for c in candidates if barred[c.pk] is None and c.pk not in asked]
    free.sort(key=lambda c: (load.get(c.pk, 0), c.pk))
    for kind in kinds:
        if free:
            _ask(application, free.pop(0), kind, by=None)
            continue
        for operator in people.operators():
            NOTICES.post(
                operator,
                "no-reviewer",
                title=application.title,
                number=application.pk,
                kind=kind,
                due=application.decision_by,
            )


def assign(by: "Person", application_id: int, email: str) -> Review:
    """Ask a reviewer by hand, as an operator.

    Problem `not-found`, `not-allowed`, `illegal-move`, `person-unknown`, `not-a-reviewer`,
    `already-reviewing`, `conflict-of-interest` (of the reviewer or of the operator).
    """
    application = as_operator(by, application_id)
    if application.state not in OPEN:
        raise Problem("illegal-move", state=application.state)
    reviewer = people.person_by_email(email)
    if reviewer is None:
        raise Problem("person-unknown")
    if not reviewer.is_reviewer:
        raise Problem("not-a-reviewer", email=reviewer.email)
    conflicts.bar(conflicts.of_application(application, [reviewer])[reviewer.pk])
    with transaction.atomic():
        reviews = list(application.reviews.select_for_update())
        if any(review.reviewer_id == reviewer.pk for review in reviews):
            raise Problem("already-reviewing", email=reviewer.email)
        covered = {r.kind for r in reviews if r.state in (ReviewState.ASKED, ReviewState.DONE)}
        kinds = data_files.modes()[application.mode].reviews
        kind = next((kind for kind in kinds if kind not in covered), kinds[0])
        return _ask(application, reviewer, kind, by=by)


def declare_conflict(by: "Person", review_id: int, reason: str) -> Review:
    """Step back from a review; somebody else is asked at once.

    Problem `not-found`, `invalid-input`, `illegal-move`.
    """
    reason = names.free_text("reason", reason, needed=True, most=2000)
    with transaction.atomic():
        review = _end(_own(by, review_id), ReviewState.CONFLICT, reason=reason)
        audit.record(by, "review.conflict", "application", review.application_id, review=review.pk)
        ask_reviewers(review.application, [review.kind])
    return review


def recommend(by: "Person", review_id: int, recommendation: Verdict, reason: str) -> Review:
    """Give one's recommendation. When it is the last one awaited, the operators are told.

    Problem `not-found`, `invalid-input`, `illegal-move`, `conflict-of-interest`.
    """
    reason = names.free_text("reason", reason, needed=True)
    review = _own(by, review_id)
    application = review.application
    conflicts.bar(conflicts.of_application(application, [by])[by.pk])
    with transaction.atomic():
        review = _end(review, ReviewState.DONE, reason=reason, recommendation=recommendation)
        audit.record(
            by,
            "review.recommend",
            "application",
            application.pk,
            review=review.pk,
            recommendation=recommendation,
        )
        if not application.reviews.filter(state=ReviewState.ASKED).exists():
            for operator in people.operators():
                NOTICES.post(
                    operator,
                    "ready",
                    title=application.title,
                    number=application.pk,
                    due=application.decision_by,
                )
    return review


def decide(by: "Person", application_id: int, decision: Verdict, reason: str) -> Application:
    """Decide as an operator, with a reason that the applicant gets.

    Problem `not-found`, `not-allowed`, `conflict-of-interest`, `invalid-input`, `illegal-move`.
    """
    reason = names.free_text("reason", reason, needed=True)
    application = as_operator(by, application_id)
    with transaction.atomic():
        if decision == "grant":
            granting.grant(application, by, reason)
        else:
            granting.close(application, ApplicationState.REJECTED, by, reason)
            audit.record(by, "application.reject", "application", application.pk, reason=reason)
            NOTICES.post(
                application.applicant,
                "rejected",
                title=application.title,
                reason=reason,
                days=data_files.requests().appeal_days,
            )
        close_reviews(application)
    return queries.application_for(by, application_id)


def close_reviews(application: Application) -> None:
    """Tell reviewers who have not answered that they need not."""
    waiting = application.reviews.filter(state=ReviewState.ASKED).select_related("reviewer")
    for review in list(waiting):
        _end(review, ReviewState.CLOSED)
        NOTICES.post(review.reviewer, "review-closed", title=application.title)


def escalate(application: Application) -> bool:
    """Tell the operators that a deadline has passed, once. The application stays what it is: a
    deadline that we miss never costs the applicant anything."""
    with transaction.atomic():
        rows = Application.objects.filter(pk=application.pk, escalated_at=None, state__in=OPEN)
        if not rows.update(escalated_at=clock.now()):
            return False
        audit.record(None, "application.escalate", "application", application.pk)
        for operator in people.operators():
            NOTICES.post(
                operator,
                "escalated",
                title=application.title,
                number=application.pk,
                due=application.decision_by,
            )
        return True


def as_operator(by: "Person", application_id: int) -> Application:
    """The application, for an operator who may judge it; Problem `not-found`, `not-allowed`,
    `conflict-of-interest`."""
    application = queries.application_for(by, application_id)
    if not by.is_operator:
        raise Problem("not-allowed")
    conflicts.bar(conflicts.of_application(application, [by])[by.pk])
    return application


def _own(by: "Person", review_id: int) -> Review:
    review = queries.reviews_of(by).filter(pk=review_id).first()
    if review is None:
        raise Problem("not-found")
    return review


def _ask(application: Application, reviewer: "Person", kind: str, by: "Person | None") -> Review:
    review = Review.objects.create(
        application=application, reviewer_id=reviewer.pk, kind=kind, asked_at=clock.now()
    )
    Application.objects.filter(pk=application.pk, state=ApplicationState.SUBMITTED).update(
        state=ApplicationState.REVIEWING
    )
    audit.record(by, "review.ask", "application", application.pk, reviewer=reviewer.pk, kind=kind)
    NOTICES.post(
        reviewer,
        "review-asked",
        title=application.title,
        review=review.pk,
        kind=kind,
        due=application.decision_by,
    )
    return review


def _end(review: Review, state: ReviewState, **columns: str) -> Review:
    rows = Review.objects.filter(pk=review.pk, state__in=before("review", state))
    if not rows.update(state=state, ended_at=clock.now(), **columns):
        review.refresh_from_db()
        check("review", review.state, state)
    review.refresh_from_db()
    return review
