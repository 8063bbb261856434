"""From drafts, appeals and extensions to what the API shows."""

from fabriek.access import deadlines, request_schemas
from fabriek.access.models import Appeal, Draft, Extension
from fabriek.access.states import AppealState, ExtensionState


def draft(row: Draft) -> request_schemas.DraftOut:
    """One's own draft."""
    return request_schemas.DraftOut(
        id=row.pk,
        fields=row.fields,
        again_of=row.again_of_id,
        made_at=row.made_at,
        saved_at=row.saved_at,
    )


def appeal(row: Appeal) -> request_schemas.AppealOut:
    """The appeal about an application."""
    is_open = row.state == AppealState.ASKED
    return request_schemas.AppealOut(
        text=row.text,
        state=row.state,
        asked_at=row.asked_at,
        decision_by=row.decision_by,
        working_days_left=deadlines.days_left(row.decision_by) if is_open else 0,
        escalated=row.escalated_at is not None,
        rejected_at=row.rejected_at,
        rejected_reason=row.rejected_reason,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )


def extension(row: Extension) -> request_schemas.ExtensionOut:
    """A request for more time or more hours."""
    is_open = row.state == ExtensionState.ASKED
    return request_schemas.ExtensionOut(
        id=row.pk,
        project=row.project.slug,
        asker=row.asker.name,
        months=row.months,
        gpu_hours=float(row.gpu_hours),
        cpu_hours=float(row.cpu_hours),
        storage_gib=float(row.storage_gib),
        reason=row.reason,
        state=row.state,
        asked_at=row.asked_at,
        decision_by=row.decision_by,
        working_days_left=deadlines.days_left(row.decision_by) if is_open else 0,
        escalated=row.escalated_at is not None,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        until=row.until,
    )
