"""What the API takes and gives for jobs."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Positive = Annotated[int, Field(ge=1, le=2**31 - 1)]
Word = Annotated[str, StringConstraints(max_length=8192, pattern=r"^[^\x00]*$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Short = Annotated[str, StringConstraints(max_length=100)]
Offset = Annotated[int, Field(ge=0, le=2**40)]
Slug = Annotated[str, StringConstraints(max_length=63)]
Scalar = (
    Annotated[bool, Field(strict=True)]
    | Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)]
    | Annotated[float, Field(allow_inf_nan=False)]
    | Word
)


class InputIn(Schema):
    """A dataset version as `slug@number`; `name` is its folder below inputs/."""

    dataset: Annotated[str, StringConstraints(max_length=100)]
    name: Short = ""


class OutputIn(Schema):
    """What becomes of the output folder."""

    kind: Literal["output", "model", "none"] = "output"
    name: Slug = ""


class JobIn(Schema):
    """A job to run. Sizes beyond what the engine has are refused with a code of their own."""

    command: Annotated[list[Word], Field(min_length=1, max_length=1000)]
    name: Short = ""
    code: Annotated[str, StringConstraints(max_length=100)] | None = None
    inputs: Annotated[list[InputIn], Field(max_length=50)] = []
    cpus: Positive = 1
    memory_mib: Positive = 1024
    gpus: Count = 0
    gpu_kind: Annotated[str, StringConstraints(max_length=40)] = ""
    time_limit_s: Positive = 3600
    network: bool = False
    purpose: Annotated[str, StringConstraints(max_length=60)] = ""
    environment: Annotated[dict[Variable, Word], Field(max_length=200)] = {}
    parameters: Annotated[dict[Variable, Scalar], Field(max_length=200)] = {}
    output: OutputIn = OutputIn()


class JobRow(Schema):
    """A job in a list."""

    id: int
    project: str
    name: str
    state: str
    reason: str | None
    submitted_by: str
    submitted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    cpus: int
    memory_mib: int
    gpus: int
    model_version: str | None


class JobOut(JobRow):
    """A job in full."""

    command: list[str]
    purpose: str
    code: str | None
    inputs: list[dict[str, str]]
    environment: dict[str, str]
    parameters: dict[str, Any]
    gpu_kind: str
    time_limit_s: int
    network: bool
    blueprint: str | None
    reason_sentence: str | None
    way_out: str | None
    stop_reason: str | None
    exit_code: int | None
    attempt: int
    isolation: dict[str, Any]
    usage: dict[str, Any]
    charged: dict[str, str]
    energy: dict[str, Any]
    metrics: dict[str, float]
    output: dict[str, Any] | None


class JobPage(Schema):
    """Newest first; `next_before` asks the next page."""

    items: list[JobRow]
    next_before: int | None


class LogOut(Schema):
    """A piece of the log. `offset` and `next_offset` count bytes."""

    offset: int
    next_offset: int
    text: str
    ended: bool


class UseOut(Schema):
    """What was in use at a moment, seconds after the start; `cpus` since the moment before."""

    t_s: float
    cpus: float
    memory_mib: float
    disk_mib: float


class UsePage(Schema):
    """Use over time of the newest attempt; at most 240 moments, however long it ran."""

    attempt: int
    points: list[UseOut]


class WhyOut(Schema):
    """Why a job waits."""

    code: str
    sentence: str
    way_out: str
    position: int | None
    expected_start: datetime | None


class EngineOut(Schema):
    """What the engine offers."""

    name: str
    cpus: int
    memory_mib: int
    gpus: dict[str, int]
    sandbox: str
    limits: str
    holds_confidential: bool
    offers_network: bool
    notes: list[str]


class OptionOut(Schema):
    """One value of a choice."""

    value: str
    label: str


class QuestionOut(Schema):
    """One question of a blueprint; `of` names the input or the question that it is about."""

    name: str
    type: str
    label: str
    hint: str
    of: str
    default: str | int | None
    options: list[OptionOut]
    least: int | None
    most: int | None


class BlueprintInputOut(Schema):
    """Data that a blueprint takes in."""

    name: str
    label: str
    hint: str
    optional: bool
    many: bool


class SizesOut(Schema):
    """How much a job usually needs."""

    cpus: int
    memory_mib: int
    time_limit_s: int
    gpus: int


class BlueprintOut(Schema):
    """A job that somebody has prepared, with its words in the caller's language."""

    id: str
    name: str
    text: str
    output: str
    takes_code: bool
    inputs: list[BlueprintInputOut]
    parameters: list[QuestionOut]
    sizes: SizesOut


Words = Annotated[list[Word], Field(max_length=1000)]


class BlueprintJobIn(Schema):
    """The answers to a blueprint's questions. Sizes that are left out are the blueprint's own."""

    inputs: Annotated[dict[Short, Short], Field(max_length=50)] = {}
    parameters: Annotated[dict[Short, Scalar | Words], Field(max_length=50)] = {}
    code: Short = ""
    name: Short = ""
    output_name: Slug = ""
    cpus: Positive | None = None
    gpus: Count | None = None
    memory_mib: Positive | None = None
    time_limit_s: Positive | None = None


class RegisterIn(Schema):
    """The finished job whose output becomes a model version."""

    job_id: Annotated[int, Field(ge=1, le=2**62)]


class ReferenceOut(Schema):
    """A model version as `name@number`."""

    model_version: str
