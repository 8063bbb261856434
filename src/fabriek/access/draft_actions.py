"""Drafts: an application that is kept while it is written. One's own only."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from fabriek.access import data_files, draft_rules, queries, request_queries
from fabriek.access.models import Application, Draft
from fabriek.access.states import OPEN, AllocationState, ApplicationState
from fabriek.core import audit, clock
from fabriek.core.problems import Problem

if TYPE_CHECKING:
    from fabriek.people.models import Person

AGAIN = ("mode", "title", "summary", "purpose", "purpose_text", "data_sources", "ai_act_notes")


def save_draft(by: "Person", draft_id: int | None, fields: Mapping[str, object]) -> Draft:
    """Keep these fields in place of the draft's, or in a new draft.

    The audit log has the making of a draft and its end, not each of the many times that a form
    saves itself. Problem `not-found`, `invalid-input`, `too-many-drafts`.
    """
    tidy = draft_rules.tidy(fields)
    if draft_id is None:
        return _make(by, tidy)
    row = request_queries.draft_for(by, draft_id)
    row.fields, row.saved_at = tidy, clock.now()
    if not Draft.objects.filter(pk=row.pk).update(fields=tidy, saved_at=row.saved_at):
        raise Problem("not-found")  # it was submitted in the meantime
    return row


def discard_draft(by: "Person", draft_id: int) -> None:
    """Throw a draft away. Problem `not-found`."""
    row = request_queries.draft_for(by, draft_id)
    with transaction.atomic():
        row.delete()
        audit.record(by, "draft.discard", "draft", draft_id)


def apply_again(by: "Person", application_id: int) -> Draft:
    """A new draft with what stood in an old application of one's own that is over.

    Problem `not-found`, `not-allowed`, `application-not-over`, `too-many-drafts`.
    """
    old = queries.application_for(by, application_id)
    if old.applicant_id != by.pk:
        raise Problem("not-allowed")
    if not is_over(old):
        raise Problem("application-not-over")
    fields: dict[str, str | bool] = {name: str(getattr(old, name)) for name in AGAIN}
    for name in ("gpu_hours", "cpu_hours", "storage_gib"):
        fields[name] = f"{getattr(old, name).normalize():f}"
    fields |= {
        "organisation": old.organisation.slug,
        "months": str(old.months),
        "experience": old.experience,
        "personal_data": old.personal_data,
    }
    return _make(by, draft_rules.tidy(fields), again_of=old)


def is_over(application: Application) -> bool:
    """Whether nothing can come of this application any more: it was withdrawn or rejected, or what
    it gave has ended."""
    if application.state in OPEN:
        return False
    if application.state != ApplicationState.GRANTED:
        return True
    found = queries.allocation(application.project.pk)
    return found is None or found.state == AllocationState.ENDED or found.ends_at <= clock.now()


def use_up(by: "Person", draft_id: int) -> int | None:
    """End a draft because it is being submitted; returns what it was made from. Call it inside the
    action's transaction. Problem `draft-gone`, so that a form sent twice is submitted once."""
    row = request_queries.drafts_of(by).filter(pk=draft_id).first()
    gone, _ = Draft.objects.filter(pk=draft_id, person_id=by.pk).delete()
    if row is None or not gone:
        raise Problem("draft-gone")
    return row.again_of_id


def _make(by: "Person", fields: draft_rules.Fields, again_of: Application | None = None) -> Draft:
    most = data_files.requests().drafts_most
    with transaction.atomic():
        if request_queries.drafts_of(by).count() >= most:
            raise Problem("too-many-drafts", most=most)
        row = Draft.objects.create(
            person_id=by.pk,
            fields=fields,
            again_of=again_of,
            made_at=clock.now(),
            saved_at=clock.now(),
        )
        facts = {"again_of": again_of.pk} if again_of else {}
        audit.record(by, "draft.make", "draft", row.pk, **facts)
    return row
