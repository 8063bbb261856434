"""What a grant makes: a project with its manager, an allocation with its accounts, a clearance."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from fabriek.access import rules
from fabriek.access.models import Allocation, Application, Project, ProjectMember
from fabriek.access.notices import NOTICES
from fabriek.access.states import AllocationState, ApplicationState, before
from fabriek.core import audit, clock, names
from fabriek.core.problems import Problem
from fabriek.governance import actions as governance
from fabriek.ledger import actions as ledger

if TYPE_CHECKING:
    from fabriek.people.models import Person


def grant(application: Application, by: "Person | None", reason: str) -> Project:
    """Grant the application and make what it gives a right to; `by` None is the mode's rule.

    Who calls this has checked that it may be granted. Problem `illegal-move`.
    """
    starts_at = clock.now()
    ends_at = rules.add_months(starts_at, application.months)
    with transaction.atomic():
        close(application, ApplicationState.GRANTED, by, reason)
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
    application: Application, state: ApplicationState, by: "Person | None", reason: str
) -> None:
    """Move the application to its decided state; Problem `illegal-move` when it is not open.

    The state is part of the UPDATE, so of two decisions at once one wins.
    """
    rows = Application.objects.filter(pk=application.pk, state__in=before("application", state))
    decided = {
        "state": state,
        "decided_at": clock.now(),
        "decided_by_id": by.pk if by else None,
        "decision_reason": reason,
    }
    if state != ApplicationState.GRANTED:
        decided["takes_place"] = False
    if not rows.update(**decided):
        application.refresh_from_db()
        raise Problem("illegal-move", state=application.state)


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
