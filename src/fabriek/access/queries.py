"""Who may see and do what. The rights of a person are read here, at each request."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet

from fabriek.access.models import Allocation, Application, Project, ProjectMember, Review
from fabriek.access.states import AllocationState, ReviewState
from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.people import queries as people
from fabriek.people import rules as people_rules

if TYPE_CHECKING:
    from fabriek.people.models import Person

Role = ProjectMember.Role


class Right(IntEnum):
    """What a role reaches; each includes the ones before it."""

    VIEW = 1
    RUN = 2  # push data, run jobs
    MANAGE = 3


RIGHT_OF = {Role.VIEWER: Right.VIEW, Role.MEMBER: Right.RUN, Role.MANAGER: Right.MANAGE}


@dataclass(frozen=True)
class Accounts:
    """The ledger's account numbers of one allocation."""

    gpu_hour: int
    cpu_hour: int
    storage_gib: int


def visible_projects(person: "Person") -> QuerySet[Project]:
    """The projects the person is a member of, in whatever role; nobody sees any other."""
    if not person.is_active:
        return Project.objects.none()
    return Project.objects.filter(members__person_id=person.pk).select_related("organisation")


def project_for(person: "Person", slug_or_id: str | int, right: Right) -> Project:
    """The project, if the person may do this in it.

    Problem `not-found` when the person may not even see it, `not-allowed` when the role does not
    reach.
    """
    if isinstance(slug_or_id, str) and not people_rules.is_slug(slug_or_id):
        raise Problem("not-found")
    wanted = Q(pk=slug_or_id) if isinstance(slug_or_id, int) else Q(slug=slug_or_id)
    row = (
        ProjectMember.objects.filter(
            person_id=person.pk, project__in=visible_projects(person).filter(wanted)
        )
        .select_related("project__organisation")
        .first()
    )
    if row is None:
        raise Problem("not-found")
    if RIGHT_OF[Role(row.role)] < right:
        raise Problem("not-allowed")
    return row.project


def may(person: "Person", project_id: int, right: Right) -> bool:
    """Whether the person's role reaches this: for what a page offers. Actions ask `project_for`."""
    role = roles_in(person, [project_id]).get(project_id)
    return role is not None and RIGHT_OF[Role(role)] >= right


def roles_in(person: "Person", project_ids: Iterable[int]) -> dict[int, str]:
    """The person's role in each of these projects, in one question."""
    rows = ProjectMember.objects.filter(person_id=person.pk, project_id__in=list(project_ids))
    return dict(rows.values_list("project_id", "role"))


def members_of(project_id: int) -> QuerySet[ProjectMember]:
    """The project's members with their people."""
    return ProjectMember.objects.filter(project_id=project_id).select_related("person")


def allocation(project_id: int) -> Allocation | None:
    """The project's newest allocation, running or ended; None when it never had one."""
    return Allocation.objects.filter(project_id=project_id).order_by("-pk").first()


def allocations(project_ids: Iterable[int]) -> dict[int, Allocation]:
    """The newest allocation of each of these projects that has one, in one question."""
    rows = Allocation.objects.filter(project_id__in=list(project_ids)).order_by("pk")
    return {row.project_id: row for row in rows}


def accounts(project_id: int) -> Accounts:
    """The accounts of the project's newest allocation; Problem `no-allocation` without one.

    An ended allocation still has its accounts: what is stored must be given back to them. The
    ledger itself refuses new holds after the end.
    """
    found = allocation(project_id)
    if found is None:
        raise Problem("no-allocation")
    return Accounts(found.gpu_hour_id, found.cpu_hour_id, found.storage_gib_id)


def is_running(project_id: int) -> bool:
    """Whether hours can be drawn at this moment."""
    now = clock.now()
    return Allocation.objects.filter(
        project_id=project_id,
        state=AllocationState.RUNNING,
        starts_at__lte=now,
        ends_at__gt=now,
    ).exists()


def applications_visible_to(person: "Person") -> QuerySet[Application]:
    """One's own, those of organisations one is an admin of, those one is asked to review (until
    one declares a conflict), and all of them for an operator."""
    rows = Application.objects.select_related("organisation", "applicant", "project", "appeal")
    if not person.is_active:
        return rows.none()
    if person.is_operator:
        return rows
    asked = Review.objects.filter(reviewer_id=person.pk).exclude(state=ReviewState.CONFLICT)
    return rows.filter(
        Q(applicant_id=person.pk)
        | Q(organisation__in=people.administered_by(person))
        | Q(pk__in=asked.values("application"))
    )


def application_for(person: "Person", application_id: int) -> Application:
    """The application with its reviews, if the person may see it; Problem `not-found`."""
    reviews = Prefetch("reviews", Review.objects.select_related("reviewer").order_by("pk"))
    rows = applications_visible_to(person).prefetch_related(reviews)
    row = rows.filter(pk=application_id).first()
    if row is None:
        raise Problem("not-found")
    return row


def reviews_of(person: "Person") -> QuerySet[Review]:
    """What the person is or was asked to review, with the applications."""
    return Review.objects.filter(reviewer_id=person.pk).select_related(
        "application__organisation",
        "application__applicant",
        "application__project",
        "application__appeal",
    )


def project_id(slug: str) -> int:
    """The project of this name, for an operator at the factory's own machine; `not-found`."""
    found = Project.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Problem("not-found")
    return found
