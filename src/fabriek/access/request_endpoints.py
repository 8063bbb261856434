"""The API's door to drafts, appeals and extensions."""

from ninja import Router, Status

from fabriek.access import (
    appeal_actions,
    draft_actions,
    extension_actions,
    presenting,
    queries,
    request_presenting,
    request_queries,
    schemas,
)
from fabriek.access import request_schemas as shapes
from fabriek.access.extension_rules import Amounts
from fabriek.access.queries import Right
from fabriek.core import paging
from fabriek.core.paging import Before, Limit
from fabriek.core.problems import Problem, language_of
from fabriek.people.auth import Request, person_token

router = Router(tags=["access"])


@router.get("/drafts", response=shapes.DraftPage, auth=person_token)
def list_drafts(request: Request, before: Before = None, limit: Limit = 50) -> shapes.DraftPage:
    """One's own drafts of applications, newest first."""
    page = paging.newest_first(
        request_queries.drafts_of(request.person), before=before, limit=limit
    )
    items = [request_presenting.draft(row) for row in page.items]
    return shapes.DraftPage(items=items, next_before=page.next_before)


@router.post("/drafts", response={201: shapes.DraftOut}, auth=person_token)
def make_draft(request: Request, body: shapes.DraftIn) -> Status[shapes.DraftOut]:
    """Keep an application that is not finished."""
    row = draft_actions.save_draft(request.person, None, body.fields)
    return Status(201, request_presenting.draft(row))


@router.get("/drafts/{draft_id}", response=shapes.DraftOut, auth=person_token)
def show_draft(request: Request, draft_id: int) -> shapes.DraftOut:
    """One of one's own drafts."""
    return request_presenting.draft(request_queries.draft_for(request.person, draft_id))


@router.put("/drafts/{draft_id}", response=shapes.DraftOut, auth=person_token)
def save_draft(request: Request, draft_id: int, body: shapes.DraftIn) -> shapes.DraftOut:
    """Put these fields in the place of the draft's."""
    row = draft_actions.save_draft(request.person, draft_id, body.fields)
    return request_presenting.draft(row)


@router.delete("/drafts/{draft_id}", response={204: None}, auth=person_token)
def discard_draft(request: Request, draft_id: int) -> Status[None]:
    """Throw a draft away."""
    draft_actions.discard_draft(request.person, draft_id)
    return Status(204, None)


@router.post(
    "/applications/{application_id}/again", response={201: shapes.DraftOut}, auth=person_token
)
def apply_again(request: Request, application_id: int) -> Status[shapes.DraftOut]:
    """A new draft with what stood in an old application of one's own."""
    row = draft_actions.apply_again(request.person, application_id)
    return Status(201, request_presenting.draft(row))


@router.post(
    "/applications/{application_id}/appeal", response=schemas.ApplicationOut, auth=person_token
)
def appeal(request: Request, application_id: int, body: shapes.AppealIn) -> schemas.ApplicationOut:
    """Appeal against the rejection of one's own application, once."""
    row = appeal_actions.appeal(request.person, application_id, body.text)
    return presenting.application(row, request.person)


@router.post(
    "/applications/{application_id}/appeal/decide",
    response=schemas.ApplicationOut,
    auth=person_token,
)
def decide_appeal(
    request: Request, application_id: int, body: shapes.AppealDecisionIn
) -> schemas.ApplicationOut:
    """Grant after all or let the rejection stand, as an operator other than who rejected."""
    row = appeal_actions.decide_appeal(request.person, application_id, body.decision, body.reason)
    return presenting.application(row, request.person, full=True)


@router.get("/projects/{slug}/extensions", response=shapes.ExtensionPage, auth=person_token)
def list_extensions_of(
    request: Request, slug: str, before: Before = None, limit: Limit = 50
) -> shapes.ExtensionPage:
    """What was asked to extend the project, newest first."""
    project = queries.project_for(request.person, slug, Right.VIEW)
    rows = request_queries.extensions_visible_to(request.person).filter(project=project)
    page = paging.newest_first(rows, before=before, limit=limit)
    items = [request_presenting.extension(row) for row in page.items]
    return shapes.ExtensionPage(items=items, next_before=page.next_before)


@router.post("/projects/{slug}/extensions", response={201: shapes.ExtensionOut}, auth=person_token)
def ask_extension(
    request: Request, slug: str, body: shapes.ExtensionIn
) -> Status[shapes.ExtensionOut]:
    """Ask for more time or more hours, as a manager of the project."""
    asked = Amounts(
        months=body.months,
        gpu_hours=shapes.exact(body.gpu_hours),
        cpu_hours=shapes.exact(body.cpu_hours),
        storage_gib=shapes.exact(body.storage_gib),
    )
    try:
        row = extension_actions.ask(request.person, slug, asked, body.reason)
    except Problem as problem:
        presenting.say(problem, language_of(request))
        raise
    return Status(201, request_presenting.extension(row))


@router.get("/extensions", response=shapes.ExtensionPage, auth=person_token)
def list_extensions(
    request: Request, before: Before = None, limit: Limit = 50
) -> shapes.ExtensionPage:
    """The extensions that one may see, newest first."""
    rows = request_queries.extensions_visible_to(request.person)
    page = paging.newest_first(rows, before=before, limit=limit)
    items = [request_presenting.extension(row) for row in page.items]
    return shapes.ExtensionPage(items=items, next_before=page.next_before)


@router.get("/extensions/{extension_id}", response=shapes.ExtensionOut, auth=person_token)
def show_extension(request: Request, extension_id: int) -> shapes.ExtensionOut:
    """One request for an extension."""
    row = request_queries.extension_for(request.person, extension_id)
    return request_presenting.extension(row)


@router.post("/extensions/{extension_id}/withdraw", response=shapes.ExtensionOut, auth=person_token)
def withdraw_extension(request: Request, extension_id: int) -> shapes.ExtensionOut:
    """Take a request back before it is decided."""
    row = extension_actions.withdraw(request.person, extension_id)
    return request_presenting.extension(row)


@router.post("/extensions/{extension_id}/decide", response=shapes.ExtensionOut, auth=person_token)
def decide_extension(
    request: Request, extension_id: int, body: shapes.ExtensionDecisionIn
) -> shapes.ExtensionOut:
    """Grant or refuse, as an operator, with a reason."""
    try:
        row = extension_actions.decide(request.person, extension_id, body.decision, body.reason)
    except Problem as problem:
        presenting.say(problem, language_of(request))
        raise
    return request_presenting.extension(row)
