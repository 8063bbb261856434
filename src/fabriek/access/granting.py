"""What a grant makes: a project with its manager, an allocation with its accounts, a clearance; and
what an extension makes of them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from fabriek.access import data_files, rules
from fabriek.access.extension_rules import Amounts
from fabriek.access.models import Allocation, Application, Project, ProjectMember
from fabriek.access.notices import NOTICES
from fabriek.access.rules import Mode
from fabriek.access.states import AllocationState, ApplicationState, before
from fabriek.core import audit, clock, names
from fabriek.core.problems import Problem
from fabriek.governance import actions as governance
from fabriek.ledger import actions as ledger

if TYPE_CHECKING:
    from fabriek.people.models import Person


def grant(
    application: Application, by: "Person | None", reason: str, *, moves: str = "application"
) -> Project:
    """Grant the application and make what it gives a right to; `by` None is the mode's rule.
    `moves` is the table of states.py by which it may be granted.

    Who calls this has checked that it may be granted. Problem `illegal-move`, `playground-taken`.
    """
    starts_at = clock.now()
    ends_at = rules.add_months(starts_at, application.months)
    with transaction.atomic():
        close(application, ApplicationState.GRANTED, by, reason, moves=moves)
        project = _make_project(application, starts_at, ends_at)
        ProjectMember.objects.create(
            project=project,
            person_id=application.applicant_id,
            role=ProjectMember.Role.MANAGER,
            since=starts_at,
        )
        _make_allocation(application, project, starts_at, ends_at)
        governance.clear("project", project.pk, [application.purpose], until=ends_at, by=by)
        if application.personal_data:
            # Declared in the application, and granted with it: jobs may use data about people.
            governance.clear_personal_data("project", project.pk, until=ends_at, by=by)
        audit.record(
            by,
            "application.grant",
            "application",
            application.pk,
            project=project.slug,
            reason=reason,
        )
        NOTICES.post(
            application.applicant,
            "granted",
            title=application.title,
            project=project.slug,
            gpu_hours=f"{application.gpu_hours.normalize():f}",
            cpu_hours=f"{application.cpu_hours.normalize():f}",
            storage_gib=f"{application.storage_gib.normalize():f}",
            ends=ends_at,
        )
    return project


def close(
    application: Application,
    state: ApplicationState,
    by: "Person | None",
    reason: str,
    *,
    moves: str = "application",
) -> None:
    """Move the application to its decided state; Problem `illegal-move` when it is not open.

    The state is part of the UPDATE, so of two decisions at once one wins.
    """
    rows = Application.objects.filter(pk=application.pk, state__in=before(moves, state))
    mode = data_files.modes()[application.mode]
    decided = {
        "state": state,
        "decided_at": clock.now(),
        "decided_by_id": by.pk if by else None,
        "decision_reason": reason,
        "takes_place": mode.one_place and state == ApplicationState.GRANTED,
    }
    if not _in_its_place(rows, mode, **decided):
        application.refresh_from_db()
        raise Problem("illegal-move", state=application.state)


def extend(
    allocation: Allocation, project: Project, more: Amounts, until: datetime, by: "Person"
) -> None:
    """Let the allocation run until then, also when it has ended, and add to its accounts.

    Who calls this has checked that it may be extended. Problem `playground-taken`, `busy`.
    """
    numbers = {
        allocation.gpu_hour_id: more.gpu_hours,
        allocation.cpu_hour_id: more.cpu_hours,
        allocation.storage_gib_id: more.storage_gib,
    }
    with transaction.atomic():
        states = [AllocationState.RUNNING, *before("allocation", AllocationState.RUNNING)]
        rows = Allocation.objects.filter(
            pk=allocation.pk, ends_at=allocation.ends_at, state__in=states
        )
        if not rows.update(
            state=AllocationState.RUNNING,
            ends_at=until,
            noticed_days=rules.first_notice(clock.now(), until),
        ):
            raise Problem("busy")
        mode = data_files.modes()[project.application.mode]
        applications = Application.objects.filter(pk=project.application_id)
        _in_its_place(applications, mode, takes_place=mode.one_place)
        Project.objects.filter(pk=project.pk).update(ends_at=until)
        for number, amount in numbers.items():
            ledger.extend(number, more=amount, until=until)
        governance.prolong("project", project.pk, was=allocation.ends_at, until=until, by=by)


def _in_its_place(rows: QuerySet[Application], mode: Mode, **columns: object) -> int:
    """Update the row; Problem `playground-taken` when another one holds the place it needs."""
    try:
        with transaction.atomic():
            return rows.update(**columns)
    except IntegrityError:
        raise Problem("playground-taken", mode=mode.name) from None


def end(allocation: Allocation) -> bool:
    """End an allocation whose time has come and free its organisation's place; False when it had
    ended already."""
    with transaction.atomic():
        rows = Allocation.objects.filter(
            pk=allocation.pk, state__in=before("allocation", AllocationState.ENDED)
        )
        if not rows.update(state=AllocationState.ENDED):
            return False
        project = allocation.project
        Application.objects.filter(pk=project.application_id).update(takes_place=False)
        audit.record(None, "allocation.end", "project", project.pk, project=project.slug)
        for manager in managers(project.pk):
            NOTICES.post(manager, "ended", title=project.title, project=project.slug)
    return True


def managers(project_id: int) -> "list[Person]":
    """The project's managers whose accounts are open."""
    rows = ProjectMember.objects.filter(
        project_id=project_id, role=ProjectMember.Role.MANAGER, person__is_active=True
    )
    return [row.person for row in rows.select_related("person").order_by("pk")]


def _make_allocation(
    application: Application, project: Project, starts_at: datetime, ends_at: datetime
) -> None:
    Allocation.objects.create(
        project=project,
        starts_at=starts_at,
        ends_at=ends_at,
        noticed_days=rules.first_notice(starts_at, ends_at),
        gpu_hour_id=ledger.open_account("gpu-hour", application.gpu_hours, starts_at, ends_at),
        cpu_hour_id=ledger.open_account("cpu-hour", application.cpu_hours, starts_at, ends_at),
        storage_gib_id=ledger.open_account(
            "storage-gib", application.storage_gib, starts_at, ends_at
        ),
    )


def _make_project(application: Application, made_at: datetime, ends_at: datetime) -> Project:
    base = names.slug_from(application.title)
    taken = set(Project.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbers = range(1, len(taken) + 10)
    for slug in (base if n == 1 else f"{base}-{n}" for n in numbers):
        if slug in taken:
            continue
        try:
            with transaction.atomic():
                return Project.objects.create(
                    slug=slug,
                    title=application.title,
                    organisation_id=application.organisation_id,
                    application=application,
                    purpose=application.purpose,
                    made_at=made_at,
                    ends_at=ends_at,
                )
        except IntegrityError:
            continue  # another grant took this slug in the meantime
    raise Problem("busy")
