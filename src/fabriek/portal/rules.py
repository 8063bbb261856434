"""The route finder: which access mode fits a few answers. Pure: answers and modes in, a way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fabriek.access.rules import Mode, within

KINDS = (
    "start-up",
    "sme",
    "large-company",
    "research",
    "education",
    "public-body",
    "health-care",
    "defence",
)
# Where the organisation is established, and the group of countries that it then belongs to.
PLACES: Mapping[str, str] = {"nl": "eu", "eu": "eu", "associated": "associated", "other": "other"}
GOALS = ("try", "product", "research", "teaching")
EXPERIENCE = ("yes", "no")
# The most GPU-hours that each answer stands for. Who does not know yet starts small.
SIZES: Mapping[str, Decimal] = {
    "unsure": Decimal(500),
    "small": Decimal(2000),
    "medium": Decimal(5000),
    "large": Decimal(50_000),
    "largest": Decimal(100_000),
}
QUESTIONS: Mapping[str, Sequence[str]] = {
    "kind": KINDS,
    "place": tuple(PLACES),
    "goal": GOALS,
    "experience": EXPERIENCE,
    "size": tuple(SIZES),
}
# The modes that suit a goal, the best one first. A mode that is not named here at all comes last.
SUITS: Mapping[str, Sequence[str]] = {
    "try": ("playground",),
    "product": ("fast-lane", "large-scale", "playground", "science"),
    "research": ("science", "fast-lane", "large-scale", "playground"),
    "teaching": ("education", "playground"),
}
_KNOWN = frozenset(mode for modes in SUITS.values() for mode in modes)


class Ending(StrEnum):
    """How the questions end."""

    FITS = "fits"  # a mode takes all of it
    START_SMALL = "start-small"  # a mode takes a part of it, to start with
    DEFENCE = "defence"
    OUTSIDE = "outside"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Answers:
    """What was answered."""

    kind: str
    place: str
    goal: str
    experience: bool
    size: str

    @property
    def gpu_hours(self) -> Decimal:
        """The most GPU-hours that the answer stands for."""
        return SIZES[self.size]


@dataclass(frozen=True)
class Way:
    """Where the questions lead: a mode, how many GPU-hours of it, and other modes that take all.

    `then` is the mode that takes all of it for who has the experience by that time.
    """

    ending: Ending
    mode: Mode | None = None
    gpu_hours: Decimal = Decimal(0)
    others: tuple[Mode, ...] = ()
    then: Mode | None = None


def known(given: Mapping[str, str]) -> dict[str, str]:
    """The answers that the questions know, in their order; anything else is left out."""
    return {name: given[name] for name, values in QUESTIONS.items() if given.get(name) in values}


def next_question(answers: Mapping[str, str]) -> str | None:
    """What to ask now; None when enough is known."""
    if refused(answers):
        return None
    return next((name for name in QUESTIONS if name not in answers), None)


def refused(answers: Mapping[str, str]) -> Ending | None:
    """Why no further question helps."""
    if answers.get("kind") == "defence":
        return Ending.DEFENCE
    return Ending.OUTSIDE if PLACES.get(answers.get("place", "")) == "other" else None


def find(answers: Answers, modes: Sequence[Mode]) -> Way:
    """The mode that fits best, or why none does."""
    if why := refused({"kind": answers.kind, "place": answers.place}):
        return Way(why)
    admitting = [mode for mode in modes if _admits(mode, answers)]
    admitted = _suited(answers.goal, admitting) or admitting
    ready = [mode for mode in admitted if answers.experience or not mode.needs_experience]
    fits = [mode for mode in ready if within(mode.gpu_hours, answers.gpu_hours)]
    if fits:
        return Way(Ending.FITS, fits[0], answers.gpu_hours, tuple(fits[1:]))
    # A mode that starts above an amount is no start.
    starts = [mode for mode in ready if mode.gpu_hours.over is None]
    if not starts:
        return Way(Ending.NOTHING)
    most = min(starts[0].gpu_hours.most, answers.gpu_hours)
    wanted = [mode for mode in admitted if within(mode.gpu_hours, answers.gpu_hours)]
    return Way(Ending.START_SMALL, starts[0], most, then=wanted[0] if wanted else None)


def _suited(goal: str, modes: Sequence[Mode]) -> list[Mode]:
    order = {mode: place for place, mode in enumerate(SUITS[goal])}
    fitting = [mode for mode in modes if mode.id in order or mode.id not in _KNOWN]
    return sorted(fitting, key=lambda mode: order.get(mode.id, len(order)))


def _admits(mode: Mode, answers: Answers) -> bool:
    return answers.kind in mode.organisations and PLACES[answers.place] in mode.country_groups
