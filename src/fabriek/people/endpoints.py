"""The API's door to people, organisations and tokens."""

from django.http import HttpRequest
from ninja import Router, Status

from fabriek.core import paging
from fabriek.core.paging import Before, Limit
from fabriek.core.problems import Problem, language_of
from fabriek.people import actions, organisation_actions, queries, schemas, tokens
from fabriek.people.auth import Request, person_token
from fabriek.people.models import Membership

router = Router(tags=["people"])


@router.post("/people", response={201: schemas.SignedUp})
def sign_up(request: HttpRequest, body: schemas.SignUp) -> Status[schemas.SignedUp]:
    """Sign up: a code is mailed to the address. The answer is the same for an address that has an
    account already."""
    email = actions.sign_up(
        body.email, body.password, body.name, body.language, told_in=language_of(request)
    )
    return Status(201, schemas.SignedUp(id=None, email=email, confirmed=False))


@router.post("/people/confirm", response=schemas.SignedUp)
def confirm(request: HttpRequest, body: schemas.Confirm) -> schemas.SignedUp:
    """Confirm the address with the mailed code."""
    person = actions.confirm(body.email, body.code)
    return schemas.SignedUp(id=person.pk, email=person.email, confirmed=True)


@router.post("/people/confirm/again", response={202: schemas.Asked})
def confirm_again(request: HttpRequest, body: schemas.ConfirmAgain) -> Status[schemas.Asked]:
    """Mail a new code, if the address has an account that waits for one."""
    actions.confirm_again(body.email)
    return Status(202, schemas.Asked())


@router.post("/tokens", response={201: schemas.NewToken})
def sign_in(request: HttpRequest, body: schemas.SignIn) -> Status[schemas.NewToken]:
    """Sign in: a new token for so many days."""
    token, plain = actions.sign_in(body.email, body.password, body.name, body.days)
    made = schemas.NewToken(
        id=token.pk, name=token.name, token=plain, hint=token.hint, expires_at=token.expires_at
    )
    return Status(201, made)


@router.get("/tokens", response=schemas.TokenPage, auth=person_token)
def list_tokens(request: Request, before: Before = None, limit: Limit = 50) -> schemas.TokenPage:
    """One's own tokens, newest first, also those that ended."""
    page = paging.newest_first(queries.tokens_of(request.person), before=before, limit=limit)
    items = [schemas.TokenOut.of(row) for row in page.items]
    return schemas.TokenPage(items=items, next_before=page.next_before)


@router.delete("/tokens/{token_id}", response={204: None}, auth=person_token)
def revoke_token(request: Request, token_id: int) -> Status[None]:
    """End one of one's own tokens."""
    token = queries.tokens_of(request.person).filter(pk=token_id).first()
    if token is None:
        raise Problem("not-found")
    tokens.revoke(token, request.person)
    return Status(204, None)


@router.get("/me", response=schemas.Me, auth=person_token)
def me(request: Request) -> schemas.Me:
    """Who one is here."""
    person = request.person
    rows = queries.memberships_of(person).filter(state=Membership.State.ACTIVE)
    mine = [
        schemas.MyOrganisation(
            slug=row.organisation.slug,
            name=row.organisation.name,
            kind=row.organisation.kind,
            role=row.role,
        )
        for row in rows
    ]
    return schemas.Me(
        id=person.pk,
        email=person.email,
        name=person.name,
        language=person.language,
        is_operator=person.is_operator,
        is_reviewer=person.is_reviewer,
        organisations=mine,
    )


@router.post("/organisations", response={201: schemas.OrganisationOut}, auth=person_token)
def make_organisation(
    request: Request, body: schemas.OrganisationIn
) -> Status[schemas.OrganisationOut]:
    """Make an organisation, with oneself as its first admin."""
    made = organisation_actions.make_organisation(request.person, **body.dict())
    row = queries.membership_for(request.person, made.slug)
    return Status(201, schemas.OrganisationOut.of(row))


@router.get("/organisations", response=schemas.OrganisationPage, auth=person_token)
def list_organisations(
    request: Request, before: Before = None, limit: Limit = 50
) -> schemas.OrganisationPage:
    """The organisations one belongs to or asked to join. Who else is here is not public."""
    rows = queries.memberships_of(request.person)
    page = paging.newest_first(rows, before=before, limit=limit)
    items = [schemas.OrganisationOut.of(row) for row in page.items]
    return schemas.OrganisationPage(items=items, next_before=page.next_before)


@router.get("/organisations/{slug}", response=schemas.OrganisationOut, auth=person_token)
def show_organisation(request: Request, slug: str) -> schemas.OrganisationOut:
    """One of one's own organisations."""
    return schemas.OrganisationOut.of(queries.membership_for(request.person, slug))


@router.post("/organisations/{slug}/profile", response=schemas.OrganisationOut, auth=person_token)
def describe_organisation(
    request: Request, slug: str, body: schemas.ProfileIn
) -> schemas.OrganisationOut:
    """Say what the organisation does, as an admin of it; applications start from these words."""
    row = organisation_actions.describe_organisation(request.person, slug, **body.dict())
    return schemas.OrganisationOut.of(row)


@router.post("/organisations/{slug}/join", response={202: schemas.Asked}, auth=person_token)
def join(request: Request, slug: str) -> Status[schemas.Asked]:
    """Ask the organisation's admins to let one in."""
    organisation_actions.ask_to_join(request.person, slug)
    return Status(202, schemas.Asked())


@router.get("/organisations/{slug}/members", response=schemas.MemberPage, auth=person_token)
def list_members(
    request: Request, slug: str, before: Before = None, limit: Limit = 50
) -> schemas.MemberPage:
    """Who belongs to the organisation or asked to, for its members."""
    mine = queries.membership_for(request.person, slug)
    rows = queries.members_of(mine.organisation_id)
    page = paging.newest_first(rows, before=before, limit=limit)
    items = [schemas.MemberOut.of(row) for row in page.items]
    return schemas.MemberPage(items=items, next_before=page.next_before)


@router.post(
    "/organisations/{slug}/members/{person_id}",
    response=schemas.MemberOut,
    auth=person_token,
)
def decide_member(
    request: Request, slug: str, person_id: int, body: schemas.MemberDecision
) -> schemas.MemberOut:
    """Let somebody in, change their role, or end their membership."""
    row = organisation_actions.decide_member(
        request.person, slug, person_id, state=body.state, role=body.role
    )
    return schemas.MemberOut.of(row)
