"""Steps that somebody takes one after the other."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Step:
    """One step: what it is, where it is done, and whether it was."""

    title: str
    text: str
    href: str
    link: str
    is_done: bool
    is_now: bool = False


def in_order(*steps: Step) -> list[Step]:
    """The steps, of which the first that is not done is the one to take now."""
    now = next((place for place, step in enumerate(steps) if not step.is_done), None)
    return [replace(step, is_now=place == now) for place, step in enumerate(steps)]
