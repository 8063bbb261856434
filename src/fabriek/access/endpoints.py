"""The API's door to access: modes, applications, reviews, projects and their members."""

from django.http import HttpRequest
from ninja import Router, Status

from fabriek.access import (
    actions,
    checking,
    data_files,
    member_actions,
    presenting,
    queries,
    review_actions,
    schemas,
)
from fabriek.access.checking import Asked
from fabriek.access.queries import Right
from fabriek.access.request_schemas import exact
from fabriek.core import paging
from fabriek.core.paging import Before, Limit
from fabriek.core.problems import Problem, language_of
from fabriek.governance import queries as governance
from fabriek.people.auth import Request, person_token

router = Router(tags=["access"])


@router.get("/modes", response=list[schemas.ModeOut])
def list_modes(request: HttpRequest) -> list[schemas.ModeOut]:
    """The ways to get access, for everybody."""
    return [presenting.mode(row, language_of(request)) for row in data_files.modes().values()]


@router.get("/purposes", response=list[schemas.PurposeOut])
def list_purposes(request: HttpRequest) -> list[schemas.PurposeOut]:
    """What work can be declared for, for everybody; prohibited purposes with the rule."""
    return [presenting.purpose(row, language_of(request)) for row in governance.purposes().values()]


@router.post("/applications/check", response=schemas.CheckOut, auth=person_token)
def check_application(request: Request, body: schemas.CheckIn) -> schemas.CheckOut:
    """Would this application be possible? Says everything that stands in the way, at once."""
    answer = checking.examine(request.person, _asked(body))
    found = [presenting.finding(row, language_of(request)) for row in answer.findings]
    return schemas.CheckOut(ok=not found, problems=found, decision_by=answer.decision_by())


@router.post("/applications", response={201: schemas.ApplicationOut}, auth=person_token)
def apply(request: Request, body: schemas.ApplicationIn) -> Status[schemas.ApplicationOut]:
    """Apply for access. In a mode that grants at once the answer names the project."""
    story = actions.Story(
        title=body.title,
        summary=body.summary,
        purpose_text=body.purpose_text,
        personal_data=body.personal_data,
        data_sources=body.data_sources,
        ai_act_notes=body.ai_act_notes,
    )
    try:
        made = actions.apply(request.person, _asked(body), story, draft_id=body.draft)
    except Problem as problem:
        presenting.say(problem, language_of(request))
        raise
    row = queries.application_for(request.person, made.pk)
    return Status(201, presenting.application(row, request.person))


@router.get("/applications", response=schemas.ApplicationPage, auth=person_token)
def list_applications(
    request: Request, before: Before = None, limit: Limit = 50
) -> schemas.ApplicationPage:
    """The applications that one may see, newest first."""
    rows = queries.applications_visible_to(request.person)
    page = paging.newest_first(rows, before=before, limit=limit)
    items = [presenting.application(row, request.person) for row in page.items]
    return schemas.ApplicationPage(items=items, next_before=page.next_before)


@router.get("/applications/{application_id}", response=schemas.ApplicationOut, auth=person_token)
def show_application(request: Request, application_id: int) -> schemas.ApplicationOut:
    """One application with its clock; for operators with its reviews."""
    row = queries.application_for(request.person, application_id)
    return presenting.application(row, request.person, full=True)


@router.post(
    "/applications/{application_id}/withdraw", response=schemas.ApplicationOut, auth=person_token
)
def withdraw(request: Request, application_id: int) -> schemas.ApplicationOut:
    """Take one's own application back before it is decided."""
    row = actions.withdraw(request.person, application_id)
    return presenting.application(row, request.person)


@router.post(
    "/applications/{application_id}/assign", response=schemas.ApplicationOut, auth=person_token
)
def assign(request: Request, application_id: int, body: schemas.AssignIn) -> schemas.ApplicationOut:
    """Ask a reviewer by hand, as an operator."""
    review_actions.assign(request.person, application_id, body.reviewer)
    return show_application(request, application_id)


@router.post(
    "/applications/{application_id}/decide", response=schemas.ApplicationOut, auth=person_token
)
def decide(
    request: Request, application_id: int, body: schemas.DecisionIn
) -> schemas.ApplicationOut:
    """Grant or reject, as an operator, with a reason."""
    row = review_actions.decide(request.person, application_id, body.decision, body.reason)
    return presenting.application(row, request.person, full=True)


@router.get("/reviews", response=schemas.ReviewPage, auth=person_token)
def list_reviews(request: Request, before: Before = None, limit: Limit = 50) -> schemas.ReviewPage:
    """What one is or was asked to review, newest first."""
    rows = queries.reviews_of(request.person)
    page = paging.newest_first(rows, before=before, limit=limit)
    items = [presenting.review(row, request.person) for row in page.items]
    return schemas.ReviewPage(items=items, next_before=page.next_before)


@router.post("/reviews/{review_id}/conflict", response=schemas.ReviewOut, auth=person_token)
def declare_conflict(
    request: Request, review_id: int, body: schemas.ConflictIn
) -> schemas.ReviewOut:
    """Declare a conflict of interest; somebody else is asked."""
    row = review_actions.declare_conflict(request.person, review_id, body.reason)
    return presenting.review(row, request.person)


@router.post("/reviews/{review_id}", response=schemas.ReviewOut, auth=person_token)
def recommend(request: Request, review_id: int, body: schemas.VerdictIn) -> schemas.ReviewOut:
    """Give one's recommendation with a reason."""
    row = review_actions.recommend(request.person, review_id, body.recommendation, body.reason)
    return presenting.review(row, request.person)


@router.get("/projects", response=schemas.ProjectPage, auth=person_token)
def list_projects(
    request: Request, before: Before = None, limit: Limit = 50
) -> schemas.ProjectPage:
    """One's own projects, newest first."""
    rows = queries.visible_projects(request.person)
    page = paging.newest_first(rows, before=before, limit=limit)
    roles = queries.roles_in(request.person, [row.pk for row in page.items])
    items = [presenting.project_line(row, roles[row.pk]) for row in page.items]
    return schemas.ProjectPage(items=items, next_before=page.next_before)


@router.get("/projects/{slug}", response=schemas.ProjectOut, auth=person_token)
def show_project(request: Request, slug: str) -> schemas.ProjectOut:
    """One project with what is left of its allocation."""
    row = queries.project_for(request.person, slug, Right.VIEW)
    return presenting.project(row, queries.roles_in(request.person, [row.pk])[row.pk])


@router.get("/projects/{slug}/members", response=schemas.MemberPage, auth=person_token)
def list_members(
    request: Request, slug: str, before: Before = None, limit: Limit = 50
) -> schemas.MemberPage:
    """Who works in the project."""
    project = queries.project_for(request.person, slug, Right.VIEW)
    page = paging.newest_first(queries.members_of(project.pk), before=before, limit=limit)
    items = [presenting.member(row) for row in page.items]
    return schemas.MemberPage(items=items, next_before=page.next_before)


@router.post(
    "/projects/{slug}/members",
    response={200: schemas.MemberOut, 201: schemas.MemberOut},
    auth=person_token,
)
def set_member(request: Request, slug: str, body: schemas.MemberIn) -> Status[schemas.MemberOut]:
    """Add somebody by their e-mail address, or change their role."""
    row, is_new = member_actions.set_member(request.person, slug, body.email, body.role)
    return Status(201 if is_new else 200, presenting.member(row))


@router.delete("/projects/{slug}/members/{person_id}", response={204: None}, auth=person_token)
def remove_member(request: Request, slug: str, person_id: int) -> Status[None]:
    """Take somebody out of the project, or leave it oneself."""
    member_actions.remove_member(request.person, slug, person_id)
    return Status(204, None)


def _asked(body: schemas.CheckIn | schemas.ApplicationIn) -> Asked:
    return Asked(
        mode=body.mode,
        organisation=body.organisation,
        gpu_hours=exact(body.gpu_hours),
        cpu_hours=exact(body.cpu_hours),
        storage_gib=exact(body.storage_gib),
        months=body.months,
        purpose=body.purpose,
        experience=body.experience,
    )
