"""The agent's door: claim, beat, finish. Only for agents; people have endpoints.py."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from fabriek.compute import attempts
from fabriek.core.problems import Problem
from fabriek.people.auth import Request, attempt_token

router = Router(tags=["agent"])
MAX_LOG_PIECE = 8 * 1024 * 1024

Finite = Annotated[float, Field(allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


class ClaimIn(Schema):
    """The bootstrap secret, and a number the agent chose for itself."""

    secret: Annotated[str, StringConstraints(max_length=300)]
    nonce: Annotated[str, StringConstraints(min_length=16, max_length=64)]


class UsageIn(Schema):
    """What the whole process tree used so far, and at the last look, `at_s` after the start."""

    cpu_s: NotNegative = 0
    memory_peak_mib: NotNegative = 0
    disk_peak_mib: NotNegative = 0
    memory_mib: NotNegative = 0
    disk_mib: NotNegative = 0
    at_s: NotNegative = 0


class BeatIn(Schema):
    """A sign of life."""

    phase: Annotated[str, StringConstraints(max_length=20)]
    started_at: datetime | None = None
    log_offset: Annotated[int, Field(ge=0, le=2**40)]
    log: Annotated[str, StringConstraints(max_length=MAX_LOG_PIECE * 2)] = ""
    usage: UsageIn = UsageIn()


class OutputIn(Schema):
    """The version that the agent stored the output folder as."""

    dataset_id: int
    version: int


class FinishIn(Schema):
    """How it went."""

    outcome: Annotated[str, StringConstraints(max_length=30)]
    exit_code: Annotated[int, Field(ge=-255, le=255)] | None = None
    signal: Annotated[int, Field(ge=0, le=128)] | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    usage: UsageIn = UsageIn()
    isolation: dict[str, str] = {}
    output: OutputIn | None = None
    metrics: dict[str, Finite] = {}
    log_offset: Annotated[int, Field(ge=0, le=2**40)]
    log: Annotated[str, StringConstraints(max_length=MAX_LOG_PIECE * 2)] = ""


@router.post("/agent/claim", auth=None)
def claim(request: Request, body: ClaimIn) -> dict[str, Any]:
    """Exchange the bootstrap secret for a token that only serves this attempt."""
    token, specification = attempts.claim(body.secret, body.nonce)
    return {"token": token, "spec": specification}


@router.post("/agent/beat", auth=attempt_token)
def beat(request: Request, body: BeatIn) -> dict[str, Any]:
    """New log text and use; the answer says whether to stop."""
    offset, stop = attempts.beat(request.scope["attempt"], body.dict(), _text(body.log))
    return {"log_offset": offset, "stop": stop or None}


@router.post("/agent/finish", auth=attempt_token, response={204: None})
def finish(request: Request, body: FinishIn) -> Status[None]:
    """The last word of an attempt."""
    if (body.started_at is None) != (body.ended_at is None):
        raise Problem("report-invalid", why="it has only one of start and end")
    if body.started_at and body.ended_at and body.ended_at < body.started_at:
        raise Problem("report-invalid", why="it ended before it started")
    report = body.dict(exclude={"log"})
    for moment in ("started_at", "ended_at"):
        report[moment] = report[moment].isoformat() if report[moment] else None
    attempts.finish(request.scope["attempt"], report, _text(body.log))
    return Status(204, None)


def _text(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise Problem("report-invalid", why="the log is not base64") from None
