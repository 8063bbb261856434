"""Projects and what waits for a decision, across all of them, for whoever runs the factory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Max, QuerySet, Value, When

from fabriek.access import data_files, queries, request_queries, rules
from fabriek.access.models import Allocation, Application, Project, ProjectMember
from fabriek.access.states import AllocationState
from fabriek.core import clock
from fabriek.core.queries import operators_only
from fabriek.ledger import queries as ledger

if TYPE_CHECKING:
    from fabriek.people.models import Person

SOON_WORKING_DAYS = 2
_SOON = timedelta(days=4)


@dataclass(frozen=True)
class Due:
    """How many decisions are late, and how many more are due soon; of all that is asked for."""

    late: int
    soon: int


@dataclass(frozen=True)
class Budgets:
    """What a project's newest allocation holds and used."""

    gpu_hours: ledger.Balance
    cpu_hours: ledger.Balance
    storage_gib: ledger.Balance


def projects(reader: "Person") -> QuerySet[Project]:
    """All projects; `time` is `running` or `ended`."""
    operators_only(reader)
    return Project.objects.select_related("organisation").annotate(
        time=Case(
            When(ends_at__gt=clock.now(), then=Value("running")),
            default=Value("ended"),
            output_field=CharField(),
        )
    )


def budgets(reader: "Person", project_ids: Iterable[int]) -> Mapping[int, Budgets]:
    """The budgets of these projects by their number, in two questions."""
    operators_only(reader)
    ids = list(project_ids)
    newest = Allocation.objects.filter(project_id__in=ids).values("project_id")
    keys = [row["last"] for row in newest.annotate(last=Max("pk")).order_by()]
    rows = list(Allocation.objects.filter(pk__in=keys))
    numbers = chain.from_iterable((r.gpu_hour_id, r.cpu_hour_id, r.storage_gib_id) for r in rows)
    found = ledger.balances(numbers)
    return {
        row.project_id: Budgets(
            found[row.gpu_hour_id], found[row.cpu_hour_id], found[row.storage_gib_id]
        )
        for row in rows
    }


def allocations_ending(reader: "Person", within: timedelta) -> QuerySet[Allocation]:
    """The allocations that end within this time, the first to end in front."""
    operators_only(reader)
    rows = Allocation.objects.filter(
        state=AllocationState.RUNNING, ends_at__lte=clock.now() + within
    )
    return rows.select_related("project").order_by("ends_at", "pk")


def due(reader: "Person") -> Due:
    """The decisions that are late, and those due within two working days."""
    operators_only(reader)
    now, soon = clock.now(), _soon()
    moments = [
        *request_queries.applications_to_decide(reader).values_list("decision_by", flat=True),
        *request_queries.extensions_to_decide(reader).values_list("decision_by", flat=True),
        *request_queries.appeals_to_decide(reader).values_list("appeal__decision_by", flat=True),
    ]
    late = sum(moment < now for moment in moments)
    return Due(late, sum(moment <= soon for moment in moments) - late)


def applications(
    reader: "Person", *, person_id: int = 0, organisation_id: int = 0
) -> QuerySet[Application]:
    """All applications, or those of a person or an organisation."""
    operators_only(reader)
    rows = queries.applications_visible_to(reader)
    if person_id:
        rows = rows.filter(applicant_id=person_id)
    if organisation_id:
        rows = rows.filter(organisation_id=organisation_id)
    return rows


def memberships_in_projects(reader: "Person", person_id: int) -> QuerySet[ProjectMember]:
    """The projects that somebody is in, with the role, newest first."""
    operators_only(reader)
    rows = ProjectMember.objects.filter(person_id=person_id).select_related("project")
    return rows.order_by("-pk")


def _soon() -> datetime:
    now = clock.now()
    try:
        return rules.working_days_after(now, SOON_WORKING_DAYS, data_files.holidays())
    except LookupError:  # the holidays of next year are not there yet
        return now + _SOON
