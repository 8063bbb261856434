"""Clearing purposes and taking clearances back.

The room that owns the subject has checked that the person may do this: governance does not know
projects or datasets.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from fabriek.core import audit, clock
from fabriek.core.problems import Problem
from fabriek.governance import queries
from fabriek.governance.models import Clearance


def clear(
    subject_kind: str,
    subject_id: object,
    purposes: Iterable[str],
    until: datetime,
    by: audit.Actor | None,
) -> None:
    """Allow these purposes for the subject until that moment; `by` None is a rule.

    Problem `purpose-unknown` or `purpose-prohibited`. Whether only civilian purposes may be
    cleared depends on the access mode, so the caller has asked `queries.refusal` first.
    """
    wanted = sorted(set(purposes))
    for purpose in wanted:
        if refused := queries.refusal(purpose, civilian=False):
            raise Problem(refused.code, **refused.facts)
    _clear(subject_kind, subject_id, wanted, until, by)


def clear_personal_data(
    subject_kind: str, subject_id: object, until: datetime, by: audit.Actor | None
) -> None:
    """Allow work with data about people for the subject until that moment, whatever its purpose."""
    _clear(subject_kind, subject_id, [queries.PERSONAL_DATA], until, by)


def _clear(
    subject_kind: str,
    subject_id: object,
    wanted: list[str],
    until: datetime,
    by: audit.Actor | None,
) -> None:
    with transaction.atomic():
        Clearance.objects.bulk_create(
            Clearance(
                subject_kind=subject_kind,
                subject_id=str(subject_id),
                purpose=purpose,
                granted_at=clock.now(),
                until=until,
                by_id=by.pk if by else None,
            )
            for purpose in wanted
        )
        audit.record(
            by, "purpose.clear", subject_kind, subject_id, purposes=wanted, until=until.isoformat()
        )


def prolong(
    subject_kind: str,
    subject_id: object,
    *,
    was: datetime,
    until: datetime,
    by: audit.Actor | None,
) -> None:
    """Move the end of the subject's clearances that end at `was`; what was taken back stays so."""
    with transaction.atomic():
        rows = Clearance.objects.filter(
            subject_kind=subject_kind, subject_id=str(subject_id), until=was, revoked_at=None
        )
        purposes = sorted(rows.values_list("purpose", flat=True))
        if purposes and until != was:
            rows.update(until=until)
            audit.record(
                by,
                "purpose.prolong",
                subject_kind,
                subject_id,
                purposes=purposes,
                until=until.isoformat(),
            )


def revoke(subject_kind: str, subject_id: object, purpose: str, by: audit.Actor | None) -> None:
    """End the subject's clearance for this purpose at once; without one nothing changes."""
    with transaction.atomic():
        rows = Clearance.objects.filter(
            subject_kind=subject_kind, subject_id=str(subject_id), purpose=purpose, revoked_at=None
        )
        if rows.update(revoked_at=clock.now()):
            audit.record(by, "purpose.revoke", subject_kind, subject_id, purpose=purpose)
