"""From rows to what the API shows."""

from typing import TYPE_CHECKING, Any

from fabriek.access import deadlines, queries, request_presenting, schemas
from fabriek.access.models import Allocation, Appeal, Application, Project, ProjectMember, Review
from fabriek.access.rules import Finding, Limits, Mode
from fabriek.access.states import OPEN, ReviewState
from fabriek.core.problems import Language, Problem
from fabriek.governance.rules import Purpose
from fabriek.ledger import queries as ledger

if TYPE_CHECKING:
    from fabriek.people.models import Person


def mode(row: Mode, language: Language) -> schemas.ModeOut:
    """An access mode, its texts in one language."""
    return schemas.ModeOut(
        id=row.id,
        name=row.name,
        text=row.text[language],
        cost=row.cost[language],
        organisations=sorted(row.organisations),
        country_groups=sorted(row.country_groups),
        civilian=row.civilian,
        gpu_hours=_limits(row.gpu_hours),
        cpu_hours=_limits(row.cpu_hours),
        storage_gib=_limits(row.storage_gib),
        months=list(row.months),
        extension_months=row.extension_months,
        decision=schemas.DecisionOut(
            working_days=row.working_days,
            cutoff_days=list(row.cutoff_days),
        ),
        grant="at-once" if row.grant_at_once else "review",
        reviews=list(row.reviews),
        one_place=row.one_place,
        needs_experience=row.needs_experience,
        source=row.source,
    )


def purpose(row: Purpose, language: Language) -> schemas.PurposeOut:
    """A purpose in the reader's language."""
    return schemas.PurposeOut(
        id=row.id,
        text=row.nl if language == "nl" else row.en,
        allowed=row.status == "allowed",
        civilian=row.civilian,
        rule=row.rule,
    )


def finding(row: Finding, language: Language) -> schemas.FindingOut:
    """A finding with its sentence and way out."""
    wording = Problem(row.code, **row.facts)
    return schemas.FindingOut(
        field=row.field,
        code=row.code,
        sentence=wording.sentence(language),
        way_out=wording.way_out(language),
    )


def say(problem: Problem, language: Language) -> None:
    """Put the sentences of its findings into a problem that has some."""
    listed: Any = problem.facts.get("problems", [])
    if listed:
        found = (Finding(entry["field"], entry["code"], entry["facts"]) for entry in listed)
        problem.facts["problems"] = [finding(row, language).dict() for row in found]


def application(
    row: Application, reader: "Person", *, full: bool = False
) -> schemas.ApplicationOut:
    """An application; `full` adds the reviews, which the row must have at hand, for operators."""
    project: Project | None = getattr(row, "project", None)
    appeal: Appeal | None = getattr(row, "appeal", None)
    return schemas.ApplicationOut(
        id=row.pk,
        mode=row.mode,
        organisation=row.organisation.slug,
        applicant=_person(row.applicant),
        title=row.title,
        summary=row.summary,
        purpose=row.purpose,
        purpose_text=row.purpose_text,
        gpu_hours=float(row.gpu_hours),
        cpu_hours=float(row.cpu_hours),
        storage_gib=float(row.storage_gib),
        months=row.months,
        personal_data=row.personal_data,
        data_sources=row.data_sources,
        ai_act_notes=row.ai_act_notes,
        experience=row.experience,
        state=row.state,
        submitted_at=row.submitted_at,
        decision_by=row.decision_by,
        working_days_left=deadlines.days_left(row.decision_by) if row.state in OPEN else 0,
        escalated=row.escalated_at is not None,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        project=project.slug if project else None,
        again_of=row.again_of_id,
        appeal=request_presenting.appeal(appeal) if appeal else None,
        reviews=[_review_line(r) for r in row.reviews.all()]
        if full and reader.is_operator
        else None,
    )


def review(row: Review, reader: "Person") -> schemas.ReviewOut:
    """One's own review."""
    hidden = row.state == ReviewState.CONFLICT
    return schemas.ReviewOut(
        id=row.pk,
        kind=row.kind,
        state=row.state,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        recommendation=row.recommendation,
        reason=row.reason,
        application=None if hidden else application(row.application, reader),
    )


def project_line(row: Project, role: str) -> schemas.ProjectLine:
    """A project as a list shows it."""
    return schemas.ProjectLine(
        id=row.pk,
        slug=row.slug,
        title=row.title,
        organisation=row.organisation.slug,
        purpose=row.purpose,
        role=role,
        made_at=row.made_at,
        ends_at=row.ends_at,
    )


def project(row: Project, role: str) -> schemas.ProjectOut:
    """A project with its balances."""
    found = queries.allocation(row.pk)
    return schemas.ProjectOut(
        **project_line(row, role).dict(),
        members=queries.members_of(row.pk).count(),
        allocation=_allocation(found) if found else None,
    )


def member(row: ProjectMember) -> schemas.MemberOut:
    """A member of a project."""
    return schemas.MemberOut(
        person_id=row.person_id,
        name=row.person.name,
        email=row.person.email,
        role=row.role,
        since=row.since,
    )


def _allocation(row: Allocation) -> schemas.AllocationOut:
    numbers = (row.gpu_hour_id, row.cpu_hour_id, row.storage_gib_id)
    balances = ledger.balances(numbers)
    gpu, cpu, storage = (_balance(balances[number]) for number in numbers)
    return schemas.AllocationOut(
        state=row.state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        gpu_hours=gpu,
        cpu_hours=cpu,
        storage_gib=storage,
    )


def _balance(row: ledger.Balance) -> schemas.BalanceOut:
    return schemas.BalanceOut(
        granted=float(row.granted),
        held=float(row.held),
        settled=float(row.settled),
        left=float(row.left),
    )


def _review_line(row: Review) -> schemas.ReviewLine:
    return schemas.ReviewLine(
        id=row.pk,
        kind=row.kind,
        state=row.state,
        reviewer=_person(row.reviewer),
        recommendation=row.recommendation,
        reason=row.reason,
    )


def _person(row: "Person") -> schemas.PersonOut:
    return schemas.PersonOut(name=row.name, email=row.email)


def _limits(row: Limits) -> schemas.LimitsOut:
    over = None if row.over is None else int(row.over)
    return schemas.LimitsOut(least=int(row.least), over=over, most=int(row.most))
