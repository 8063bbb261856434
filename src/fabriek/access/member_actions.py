"""Who works in a project. Rights are read at each request, so a change takes effect at once."""

from typing import TYPE_CHECKING

from django.db import transaction

from fabriek.access import queries
from fabriek.access.models import Project, ProjectMember
from fabriek.access.notices import NOTICES
from fabriek.access.queries import Right
from fabriek.core import audit, clock
from fabriek.core.problems import Problem
from fabriek.people import queries as people

if TYPE_CHECKING:
    from fabriek.people.models import Person

Role = ProjectMember.Role


def set_member(
    by: "Person", project_slug: str, email: str, role: str
) -> tuple[ProjectMember, bool]:
    """Give somebody a role in the project; returns the member, and whether they are new in it.

    Problem `not-found`, `not-allowed`, `person-unknown`, `last-manager`.
    """
    project = queries.project_for(by, project_slug, Right.MANAGE)
    person = people.person_by_email(email)
    if person is None:
        raise Problem("person-unknown", where="email")
    with transaction.atomic():
        row, is_new = ProjectMember.objects.get_or_create(
            project=project,
            person_id=person.pk,
            defaults={"role": Role(role), "since": clock.now()},
        )
        if not is_new and row.role == role:
            return row, False
        if not is_new:
            ProjectMember.objects.filter(pk=row.pk).update(role=Role(role))
            _must_have_manager(project)
        audit.record(
            by, "member.set", "project", project.pk, person=person.pk, role=role, new=is_new
        )
        if is_new:
            NOTICES.post(
                person, "member-added", by=by.name, title=project.title, project=project.slug
            )
    row.refresh_from_db()
    return row, is_new


def remove_member(by: "Person", project_slug: str, person_id: int) -> None:
    """Take somebody out of the project, as a manager, or leave it oneself.

    Problem `not-found`, `not-allowed`, `last-manager`.
    """
    needed = Right.VIEW if person_id == by.pk else Right.MANAGE
    project = queries.project_for(by, project_slug, needed)
    with transaction.atomic():
        # person__pk, not person_id: Django knows that a number too large for any row finds none.
        row = queries.members_of(project.pk).filter(person__pk=person_id).first()
        if row is None:
            raise Problem("not-found")
        row.delete()
        _must_have_manager(project)
        audit.record(by, "member.remove", "project", project.pk, person=person_id)
        if person_id != by.pk:
            NOTICES.post(
                row.person, "member-removed", by=by.name, title=project.title, project=project.slug
            )


def _must_have_manager(project: Project) -> None:
    # Locked, so that two managers who leave at once see each other; a closed account manages
    # nothing any more.
    managers = ProjectMember.objects.select_for_update().filter(
        project=project, role=Role.MANAGER, person__is_active=True
    )
    if not list(managers):
        raise Problem("last-manager")
