"""What the endpoints of people take and give."""

from datetime import datetime
from typing import Literal

from ninja import Field, Schema

from fabriek.people.models import Membership, Organisation, Token

MAX_PASSWORD = 200  # a longer one would only cost us time


class SignUp(Schema):
    email: str = Field(max_length=254)
    password: str = Field(max_length=MAX_PASSWORD)
    name: str = Field(max_length=1000)
    language: Literal["nl", "en"] = "nl"


class SignedUp(Schema):
    """`id` is given once the address is confirmed: before, it would tell whether the address had an
    account already."""

    id: int | None
    email: str
    confirmed: bool


class Confirm(Schema):
    email: str = Field(max_length=254)
    code: str = Field(max_length=40)


class ConfirmAgain(Schema):
    email: str = Field(max_length=254)


class Asked(Schema):
    """The request was taken in."""

    state: Literal["asked"] = "asked"


class SignIn(Schema):
    email: str = Field(max_length=254)
    password: str = Field(max_length=MAX_PASSWORD)
    name: str = Field(max_length=1000)
    days: int = Field(90, ge=1, le=366)


class TokenOut(Schema):
    id: int
    name: str
    hint: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @staticmethod
    def of(row: Token) -> "TokenOut":
        return TokenOut.model_validate(row, from_attributes=True)


class NewToken(Schema):
    """The only time that the token's own text is shown."""

    id: int
    name: str
    token: str
    hint: str
    expires_at: datetime


class TokenPage(Schema):
    items: list[TokenOut]
    next_before: int | None


class MyOrganisation(Schema):
    slug: str
    name: str
    kind: str
    role: str


class Me(Schema):
    id: int
    email: str
    name: str
    language: str
    is_operator: bool
    is_reviewer: bool
    organisations: list[MyOrganisation]


class OrganisationIn(Schema):
    name: str = Field(max_length=1000)
    kind: Organisation.Kind
    country: str = Field(max_length=20)
    slug: str = Field("", max_length=1000)
    kvk: str = Field("", max_length=100)
    ror: str = Field("", max_length=200)
    vat: str = Field("", max_length=100)
    pic: str = Field("", max_length=100)


class ProfileIn(Schema):
    """What an organisation says about itself; `experience` is with supercomputers."""

    about: str = Field("", max_length=20_000)
    website: str = Field("", max_length=1000)
    sector: str = Field("", max_length=1000)
    experience: str = Field("", max_length=20_000)


class OrganisationOut(Schema):
    slug: str
    name: str
    kind: str
    country: str
    kvk: str
    ror: str
    vat: str
    pic: str
    about: str
    website: str
    sector: str
    experience: str
    role: str
    state: str

    @staticmethod
    def of(row: Membership) -> "OrganisationOut":
        found = row.organisation
        return OrganisationOut(
            slug=found.slug,
            name=found.name,
            kind=found.kind,
            country=found.country,
            kvk=found.kvk,
            ror=found.ror,
            vat=found.vat,
            pic=found.pic,
            about=found.about,
            website=found.website,
            sector=found.sector,
            experience=found.experience,
            role=row.role,
            state=row.state,
        )


class OrganisationPage(Schema):
    items: list[OrganisationOut]
    next_before: int | None


class MemberOut(Schema):
    person_id: int
    name: str
    email: str
    role: str
    state: str
    since: datetime

    @staticmethod
    def of(row: Membership) -> "MemberOut":
        return MemberOut(
            person_id=row.person_id,
            name=row.person.name,
            email=row.person.email,
            role=row.role,
            state=row.state,
            since=row.since,
        )


class MemberPage(Schema):
    items: list[MemberOut]
    next_before: int | None


class MemberDecision(Schema):
    state: Literal["active", "ended"]
    role: Membership.Role | None = None
