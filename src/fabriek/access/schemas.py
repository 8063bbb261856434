"""What the endpoints of access take and give. Hours and GiB are JSON numbers."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from fabriek.access.models import ProjectMember
from fabriek.access.request_schemas import Amount, AppealOut, DraftNumber, LongText

Months = Annotated[int, Field(strict=True, ge=1, le=120)]
ShortText = Annotated[str, Field(max_length=1000)]


class LimitsOut(Schema):
    least: int
    over: int | None
    most: int


class DecisionOut(Schema):
    """`cutoff_days`: days of the month; without any the clock starts at the submission."""

    working_days: int
    cutoff_days: list[int]


class PurposeOut(Schema):
    """`civilian`: may also be declared in a civilian mode; `rule`: the law that prohibits it."""

    id: str
    text: str
    allowed: bool
    civilian: bool
    rule: str


class ModeOut(Schema):
    id: str
    name: str
    text: str
    cost: str
    organisations: list[str]
    country_groups: list[str]
    civilian: bool
    gpu_hours: LimitsOut
    cpu_hours: LimitsOut
    storage_gib: LimitsOut
    months: list[int]
    extension_months: int
    decision: DecisionOut
    grant: Literal["at-once", "review"]
    reviews: list[str]
    one_place: bool
    needs_experience: bool
    source: str


class CheckIn(Schema):
    """`purpose` and `experience` are judged once they are given."""

    mode: ShortText
    organisation: ShortText
    gpu_hours: Amount = 0
    cpu_hours: Amount = 0
    storage_gib: Amount = 0
    months: Months
    purpose: ShortText | None = None
    experience: LongText | None = None


class FindingOut(Schema):
    field: str
    code: str
    sentence: str
    way_out: str


class CheckOut(Schema):
    ok: bool
    problems: list[FindingOut]
    decision_by: datetime | None


class ApplicationIn(Schema):
    """`draft`: the draft that it was written in, which goes with it."""

    mode: ShortText
    organisation: ShortText
    title: ShortText
    summary: LongText
    purpose: ShortText
    purpose_text: LongText = ""
    gpu_hours: Amount = 0
    cpu_hours: Amount = 0
    storage_gib: Amount = 0
    months: Months
    personal_data: bool = False
    data_sources: LongText = ""
    ai_act_notes: LongText = ""
    experience: LongText = ""
    draft: DraftNumber | None = None


class PersonOut(Schema):
    name: str
    email: str


class ReviewLine(Schema):
    """A review as operators see it."""

    id: int
    kind: str
    state: str
    reviewer: PersonOut
    recommendation: str
    reason: str


class ApplicationOut(Schema):
    """`working_days_left` counts Dutch working days to `decision_by`; `project` is its slug once
    granted; `reviews` is given to operators only, on the application's own page."""

    id: int
    mode: str
    organisation: str
    applicant: PersonOut
    title: str
    summary: str
    purpose: str
    purpose_text: str
    gpu_hours: float
    cpu_hours: float
    storage_gib: float
    months: int
    personal_data: bool
    data_sources: str
    ai_act_notes: str
    experience: str
    state: str
    submitted_at: datetime
    decision_by: datetime
    working_days_left: int
    escalated: bool
    decided_at: datetime | None
    decision_reason: str
    project: str | None
    again_of: int | None
    appeal: AppealOut | None
    reviews: list[ReviewLine] | None = None


class ApplicationPage(Schema):
    items: list[ApplicationOut]
    next_before: int | None


class ReviewOut(Schema):
    """`application` is empty after one's own conflict: who has one no longer sees it."""

    id: int
    kind: str
    state: str
    asked_at: datetime
    ended_at: datetime | None
    recommendation: str
    reason: str
    application: ApplicationOut | None


class ReviewPage(Schema):
    items: list[ReviewOut]
    next_before: int | None


class ConflictIn(Schema):
    reason: LongText


class VerdictIn(Schema):
    recommendation: Literal["grant", "reject"]
    reason: LongText


class DecisionIn(Schema):
    decision: Literal["grant", "reject"]
    reason: LongText


class AssignIn(Schema):
    reviewer: Annotated[str, Field(max_length=254)]


class ProjectLine(Schema):
    id: int
    slug: str
    title: str
    organisation: str
    purpose: str
    role: str
    made_at: datetime
    ends_at: datetime


class ProjectPage(Schema):
    items: list[ProjectLine]
    next_before: int | None


class BalanceOut(Schema):
    granted: float
    held: float
    settled: float
    left: float


class AllocationOut(Schema):
    state: str
    starts_at: datetime
    ends_at: datetime
    gpu_hours: BalanceOut
    cpu_hours: BalanceOut
    storage_gib: BalanceOut


class ProjectOut(ProjectLine):
    members: int
    allocation: AllocationOut | None


class MemberIn(Schema):
    email: Annotated[str, Field(max_length=254)]
    role: ProjectMember.Role


class MemberOut(Schema):
    person_id: int
    name: str
    email: str
    role: str
    since: datetime


class MemberPage(Schema):
    items: list[MemberOut]
    next_before: int | None
