"""What the endpoints of drafts, appeals and extensions take and give."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema

MOST = 1e9  # beyond any mode; keeps every number exact to six places
Amount = Annotated[float, Field(strict=True, ge=0, le=MOST, allow_inf_nan=False)]
LongText = Annotated[str, Field(max_length=20_000)]
DraftNumber = Annotated[int, Field(ge=1, le=2**62)]


def exact(amount: float) -> Decimal:
    """The number as it was typed, to six places."""
    return Decimal(str(amount)).quantize(Decimal("0.000001"))


class DraftIn(Schema):
    """Fields of an application as far as they are filled in: texts, and `personal_data`."""

    fields: Annotated[dict[str, LongText | bool], Field(max_length=30)]


class DraftOut(Schema):
    """`again_of`: the application that it was made from."""

    id: int
    fields: dict[str, str | bool]
    again_of: int | None
    made_at: datetime
    saved_at: datetime


class DraftPage(Schema):
    items: list[DraftOut]
    next_before: int | None


class AppealIn(Schema):
    text: LongText


class AppealDecisionIn(Schema):
    decision: Literal["uphold", "dismiss"]
    reason: LongText


class AppealOut(Schema):
    """`rejected_reason`: of the decision that the appeal is against."""

    text: str
    state: str
    asked_at: datetime
    decision_by: datetime
    working_days_left: int
    escalated: bool
    rejected_at: datetime
    rejected_reason: str
    decided_at: datetime | None
    decision_reason: str


class ExtensionIn(Schema):
    """What should be added: months, hours, GiB."""

    months: Annotated[int, Field(strict=True, ge=0, le=120)] = 0
    gpu_hours: Amount = 0
    cpu_hours: Amount = 0
    storage_gib: Amount = 0
    reason: LongText


class ExtensionDecisionIn(Schema):
    decision: Literal["grant", "refuse"]
    reason: LongText


class ExtensionOut(Schema):
    """`until`: the project's new end, once granted."""

    id: int
    project: str
    asker: str
    months: int
    gpu_hours: float
    cpu_hours: float
    storage_gib: float
    reason: str
    state: str
    asked_at: datetime
    decision_by: datetime
    working_days_left: int
    escalated: bool
    decided_at: datetime | None
    decision_reason: str
    until: datetime | None


class ExtensionPage(Schema):
    items: list[ExtensionOut]
    next_before: int | None
