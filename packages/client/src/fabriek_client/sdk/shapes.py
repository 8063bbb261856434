"""What the factory's answers look like. The factory may add fields; these stay."""

from typing import Any, Literal, NotRequired, TypedDict

JobState = Literal["queued", "starting", "running", "succeeded", "failed", "cancelled"]
ENDED: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})


class OrganisationRef(TypedDict):
    """An organisation somebody belongs to, with the role."""

    slug: str
    name: str
    kind: str
    role: str


class Me(TypedDict):
    """The person whose token it is."""

    id: int
    email: str
    name: str
    language: str
    is_operator: bool
    is_reviewer: bool
    organisations: list[OrganisationRef]


class Token(TypedDict):
    """A token; `token` itself is there only in the answer that makes it."""

    id: int
    name: str
    hint: str
    expires_at: str
    revoked_at: NotRequired[str | None]
    token: NotRequired[str]


class Finding(TypedDict):
    """Something that does not fit in an application, with the way out."""

    field: str
    code: str
    sentence: str
    way_out: str


class Check(TypedDict):
    """Whether an application would be taken, and when it would be decided."""

    ok: bool
    problems: list[Finding]
    decision_by: str | None


class Dataset(TypedDict):
    """A dataset of a project."""

    id: int
    project: str
    slug: str
    title: str
    kind: str
    classification: str
    personal_data: bool
    description: str
    licence: str
    created_at: str
    versions: int
    stored_bytes: int
    erased_at: str | None


class DatasetVersion(TypedDict):
    """A version of a dataset; it never changes."""

    dataset_id: int
    number: int
    reference: str
    size_bytes: int
    file_count: int
    digest: str
    created_at: str
    erased_at: str | None


class OutputRef(TypedDict):
    """The dataset version that a job left."""

    dataset: str
    version: int


class JobRow(TypedDict):
    """A job in a list."""

    id: int
    project: str
    name: str
    state: JobState
    reason: str | None
    submitted_by: str
    submitted_at: str
    started_at: str | None
    ended_at: str | None
    cpus: int
    memory_mib: int
    gpus: int
    model_version: str | None


class Job(JobRow):
    """A job in full."""

    command: list[str]
    purpose: str
    code: str | None
    inputs: list[dict[str, str]]
    environment: dict[str, str]
    parameters: dict[str, Any]
    time_limit_s: int
    network: bool
    reason_sentence: str | None
    way_out: str | None
    exit_code: int | None
    attempt: int
    isolation: dict[str, Any]
    usage: dict[str, Any]
    charged: dict[str, str]
    energy: dict[str, Any]
    metrics: dict[str, float]
    output: OutputRef | None


class LogPiece(TypedDict):
    """A piece of a job's log; offsets count bytes."""

    offset: int
    next_offset: int
    text: str
    ended: bool


class Why(TypedDict):
    """Why a job is where it is."""

    code: str
    sentence: str
    way_out: str
    position: int | None
    expected_start: str | None


Record = dict[str, Any]
"""An answer with many fields that are shown as they come."""
