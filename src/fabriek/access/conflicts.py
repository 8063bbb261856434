"""Who may not judge what: the facts are gathered here, the rule judges them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Q

from fabriek.access import rules
from fabriek.access.models import Application, Extension, ProjectMember, Review
from fabriek.access.rules import Judge
from fabriek.access.states import ReviewState
from fabriek.core.problems import Problem, Reason
from fabriek.people import queries as people

if TYPE_CHECKING:
    from fabriek.people.models import Person


def of_application(application: Application, judges: "Sequence[Person]") -> dict[int, str | None]:
    """For each person why they may not judge this application, or None. Three questions in all."""
    return _find(judges, application.applicant_id, application.organisation_id)


def of_extension(extension: Extension, judges: "Sequence[Person]") -> dict[int, str | None]:
    """For each person why they may not judge this extension, or None; who works in its project may
    not. The row needs its project."""
    project = extension.project
    return _find(judges, extension.asker_id, project.organisation_id, project.pk)


def bar(why: str | None) -> None:
    """Problem `conflict-of-interest` when there is one."""
    if why:
        raise Problem("conflict-of-interest", why=Reason(f"conflict-{why}"))


def _find(
    judges: "Sequence[Person]", applicant_id: int, organisation_id: int, project_id: int = 0
) -> dict[int, str | None]:
    ids = [judge.pk for judge in judges]
    organisations = people.organisation_ids(ids)
    projects = ProjectMember.objects.filter(person_id=applicant_id)
    sharing = ProjectMember.objects.filter(
        Q(project__in=projects.values("project")) | Q(project_id=project_id), person_id__in=ids
    )
    shares = set(sharing.values_list("person_id", flat=True))
    declared = Review.objects.filter(
        state=ReviewState.CONFLICT,
        reviewer_id__in=ids,
        application__organisation_id=organisation_id,
    )
    declarers = set(declared.values_list("reviewer_id", flat=True))
    return {
        pk: rules.conflict_of_interest(
            Judge(pk, organisations[pk], pk in shares, pk in declarers),
            applicant_id,
            organisation_id,
        )
        for pk in ids
    }
