"""Applying and withdrawing. Drafts are in `draft_actions.py`, review is in `review_actions.py`,
the grant itself in `granting.py`, people of a project in `member_actions.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from fabriek.access import (
    checking,
    data_files,
    draft_actions,
    granting,
    queries,
    review_actions,
    rules,
)
from fabriek.access.checking import Asked
from fabriek.access.models import Application
from fabriek.access.notices import NOTICES
from fabriek.access.rules import Finding
from fabriek.access.states import ApplicationState, before
from fabriek.core import audit, clock, names
from fabriek.core.problems import Problem, Reason

if TYPE_CHECKING:
    from fabriek.people.models import Person


@dataclass(frozen=True)
class Story:
    """The words of an application. Texts may have several lines."""

    title: str
    summary: str
    purpose_text: str = ""
    personal_data: bool = False
    data_sources: str = ""
    ai_act_notes: str = ""


def apply(by: "Person", asked: Asked, story: Story, *, draft_id: int | None = None) -> Application:
    """Submit an application. In a mode that grants at once it comes back granted, with its project;
    otherwise reviewers are asked, and the clock runs. The draft that it was written in goes.

    Problem `application-not-possible`, whose fact `problems` names everything that stands in the
    way; `invalid-name`, `invalid-input` for the words; `draft-gone` for a draft that is not there.
    """
    found = checking.examine(by, asked)
    if found.findings or found.mode is None or found.organisation is None:
        raise not_possible(found.findings)
    mode = found.mode
    application = Application(
        mode=mode.id,
        organisation_id=found.organisation.pk,
        applicant_id=by.pk,
        purpose=asked.purpose or "",
        gpu_hours=asked.gpu_hours,
        cpu_hours=asked.cpu_hours,
        storage_gib=asked.storage_gib,
        months=asked.months,
        personal_data=story.personal_data,
        takes_place=mode.one_place,
        submitted_at=clock.now(),
        decision_by=rules.deadline(mode, clock.now(), data_files.holidays()),
        experience=names.free_text("experience", asked.experience or ""),
        **_words(story),
    )
    with transaction.atomic():
        if draft_id is not None:
            application.again_of_id = draft_actions.use_up(by, draft_id)
        _save(application, mode)
        audit.record(by, "application.submit", "application", application.pk, mode=mode.id)
        if mode.grant_at_once:
            granting.grant(
                application,
                by=None,
                reason=Reason("granted-at-once", {"mode": mode.name}).text(
                    "en" if by.language == "en" else "nl"
                ),
            )
        else:
            NOTICES.post(
                by,
                "submitted",
                title=application.title,
                mode=mode.name,
                due=application.decision_by,
            )
            review_actions.ask_reviewers(application, mode.reviews)
    application.refresh_from_db()
    return application


def withdraw(by: "Person", application_id: int) -> Application:
    """Take one's own application back before it is decided.

    Problem `not-found`, `not-allowed`, `illegal-move`.
    """
    application = queries.application_for(by, application_id)
    if application.applicant_id != by.pk:
        raise Problem("not-allowed")
    with transaction.atomic():
        rows = Application.objects.filter(
            pk=application.pk, state__in=before("application", ApplicationState.WITHDRAWN)
        )
        if not rows.update(state=ApplicationState.WITHDRAWN, takes_place=False):
            application.refresh_from_db()
            raise Problem("illegal-move", state=application.state)
        review_actions.close_reviews(application)
        audit.record(by, "application.withdraw", "application", application.pk)
    return queries.application_for(by, application_id)


def not_possible(findings: Iterable[Finding], code: str = "application-not-possible") -> Problem:
    """All findings in one problem; the door adds the sentences in the caller's language."""
    listed = [{"field": f.field, "code": f.code, "facts": dict(f.facts)} for f in findings]
    return Problem(code, problems=listed, count=len(listed))


def _words(story: Story) -> dict[str, str]:
    return {
        "title": names.checked(story.title),
        "summary": names.free_text("summary", story.summary, needed=True),
        "purpose_text": names.free_text("purpose_text", story.purpose_text),
        "data_sources": names.free_text("data_sources", story.data_sources),
        "ai_act_notes": names.free_text("ai_act_notes", story.ai_act_notes),
    }


def _save(application: Application, mode: rules.Mode) -> None:
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError:
        # Somebody of the same organisation was first, between the check and this moment.
        taken = Finding("mode", "playground-taken", {"mode": mode.name})
        raise not_possible([taken]) from None
