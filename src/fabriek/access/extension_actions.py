"""Extensions: a manager asks for more time or more hours, an operator decides."""

from typing import TYPE_CHECKING, Literal

from django.db import IntegrityError, transaction

from fabriek.access import (
    conflicts,
    data_files,
    extension_checking,
    extension_rules,
    granting,
    queries,
    request_queries,
    rules,
)
from fabriek.access.actions import not_possible
from fabriek.access.extension_rules import Amounts
from fabriek.access.models import Extension
from fabriek.access.notices import NOTICES
from fabriek.access.queries import Right
from fabriek.access.rules import Finding
from fabriek.access.states import ExtensionState, before
from fabriek.core import audit, clock, names
from fabriek.core.problems import Problem
from fabriek.people import queries as people

if TYPE_CHECKING:
    from fabriek.people.models import Person

Answer = Literal["grant", "refuse"]
NOT_POSSIBLE = "extension-not-possible"


def ask(by: "Person", project_slug: str, asked: Amounts, reason: str) -> Extension:
    """Ask for more time or more hours, as a manager. Months count from the end, or from the day of
    the decision when the end has passed.

    Problem `not-found`, `not-allowed`, `no-allocation`, `invalid-input`, and
    `extension-not-possible`, whose fact `problems` names everything that stands in the way.
    """
    project = queries.project_for(by, project_slug, Right.MANAGE)
    reason = names.free_text("reason", reason, needed=True)
    if found := extension_checking.prospect(project).findings(asked):
        raise not_possible(found, NOT_POSSIBLE)
    now, days = clock.now(), data_files.requests().extension_working_days
    row = Extension(
        project=project,
        asker_id=by.pk,
        months=asked.months,
        gpu_hours=asked.gpu_hours,
        cpu_hours=asked.cpu_hours,
        storage_gib=asked.storage_gib,
        reason=reason,
        asked_at=now,
        decision_by=rules.working_days_after(now, days, data_files.holidays()),
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:  # another manager was first, between the check and this moment
            raise not_possible([Finding("", "extension-open")], NOT_POSSIBLE) from None
        audit.record(by, "extension.ask", "project", project.pk, extension=row.pk)
        for operator in people.operators():
            NOTICES.post(
                operator,
                "extension-asked",
                number=row.pk,
                project=project.slug,
                due=row.decision_by,
            )
    return row


def withdraw(by: "Person", extension_id: int) -> Extension:
    """Take a request back before it is decided, as a manager of the project.

    Problem `not-found`, `not-allowed`, `illegal-move`.
    """
    row = request_queries.extension_for(by, extension_id)
    queries.project_for(by, row.project_id, Right.MANAGE)
    with transaction.atomic():
        _move(row, ExtensionState.WITHDRAWN)
        audit.record(by, "extension.withdraw", "project", row.project_id, extension=row.pk)
    return request_queries.extension_for(by, extension_id)


def decide(by: "Person", extension_id: int, decision: Answer, reason: str) -> Extension:
    """Grant or refuse, as an operator, with a reason that the project's managers get.

    Problem `not-found`, `not-allowed`, `conflict-of-interest`, `invalid-input`, `illegal-move`,
    and `extension-not-possible` for granting what can no longer be.
    """
    reason = names.free_text("reason", reason, needed=True)
    row = request_queries.extension_for(by, extension_id)
    if not by.is_operator:
        raise Problem("not-allowed")
    conflicts.bar(conflicts.of_extension(row, [by])[by.pk])
    decided = {"decided_at": clock.now(), "decided_by_id": by.pk, "decision_reason": reason}
    with transaction.atomic():
        if decision == "grant":
            _move(row, ExtensionState.GRANTED, **decided)
            _grant(row, by)
        else:
            _move(row, ExtensionState.REFUSED, **decided)
            audit.record(
                by, "extension.refuse", "project", row.project_id, extension=row.pk, reason=reason
            )
            _tell_managers(row, "extension-refused", reason=reason)
    return request_queries.extension_for(by, extension_id)


def escalate(row: Extension) -> bool:
    """Tell the operators that a deadline has passed, once. The request stays what it is."""
    with transaction.atomic():
        rows = Extension.objects.filter(pk=row.pk, escalated_at=None, state=ExtensionState.ASKED)
        if not rows.update(escalated_at=clock.now()):
            return False
        audit.record(None, "extension.escalate", "project", row.project_id, extension=row.pk)
        for operator in people.operators():
            NOTICES.post(
                operator,
                "extension-late",
                number=row.pk,
                project=row.project.slug,
                due=row.decision_by,
            )
        return True


def _grant(row: Extension, by: "Person") -> None:
    found = extension_checking.prospect(row.project)
    now = clock.now()
    # Its end may have come while the request waited.
    stops = [*extension_rules.revival(found.mode, row.months, found.standing, now)]
    if stops:
        raise not_possible(stops, NOT_POSSIBLE)
    until = extension_rules.new_end(found.allocation.ends_at, now, row.months)
    more = Amounts(row.months, row.gpu_hours, row.cpu_hours, row.storage_gib)
    granting.extend(found.allocation, row.project, more, until, by)
    Extension.objects.filter(pk=row.pk).update(until=until)
    audit.record(
        by,
        "extension.grant",
        "project",
        row.project_id,
        extension=row.pk,
        until=until.isoformat(),
    )
    _tell_managers(row, "extension-granted", ends=until)


def _tell_managers(row: Extension, key: str, **facts: object) -> None:
    for manager in granting.managers(row.project_id):
        NOTICES.post(manager, key, title=row.project.title, project=row.project.slug, **facts)


def _move(row: Extension, state: ExtensionState, **columns: object) -> None:
    rows = Extension.objects.filter(pk=row.pk, state__in=before("extension", state))
    if not rows.update(state=state, **columns):
        row.refresh_from_db()
        raise Problem("illegal-move", state=row.state)
