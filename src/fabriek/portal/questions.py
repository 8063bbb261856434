"""The words of the route finder: its questions, and what may be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fabriek.people.words import KINDS
from fabriek.portal import rules

Text = str | Promise


@dataclass(frozen=True)
class Option:
    """Something that may be answered, with an example where that helps."""

    value: str
    text: Text
    hint: Text = ""


@dataclass(frozen=True)
class Question:
    """One question. `short` names it beside the answer."""

    name: str
    short: Text
    text: Text
    hint: Text
    options: Sequence[Option]

    def answer(self, value: str) -> Text:
        """The words of an answer."""
        return next(option.text for option in self.options if option.value == value)


_SIZES = (
    Option("unsure", _("I do not know yet"), _("Start small; you can ask for more later.")),
    Option(
        "small",
        _("Small: up to 2,000 GPU-hours"),
        _("For example 4 GPUs, day and night, for 20 days: 1,920 hours."),
    ),
    Option(
        "medium",
        _("Medium: up to 5,000 GPU-hours"),
        _("For example 8 GPUs, day and night, for 26 days: 4,992 hours."),
    ),
    Option(
        "large",
        _("Large: up to 50,000 GPU-hours"),
        _("For example 64 GPUs, day and night, for 30 days: 46,080 hours."),
    ),
    Option(
        "largest",
        _("Very large: more than 50,000 GPU-hours"),
        _("For example 128 GPUs, day and night, for 30 days: 92,160 hours."),
    ),
)
QUESTIONS: Mapping[str, Question] = {
    question.name: question
    for question in (
        Question(
            "kind",
            _("Organisation"),
            _("For what kind of organisation do you work?"),
            _("A company of one person counts as a small company."),
            tuple(Option(kind, KINDS[kind]) for kind in rules.KINDS),
        ),
        Question(
            "place",
            _("Where"),
            _("Where is your organisation established?"),
            "",
            (
                Option("nl", _("In the Netherlands")),
                Option("eu", _("In another country of the European Union")),
                Option(
                    "associated",
                    _("In another country that takes part in EuroHPC"),
                    _("For example Norway, Switzerland or the United Kingdom."),
                ),
                Option("other", _("Somewhere else")),
            ),
        ),
        Question(
            "goal",
            _("Goal"),
            _("What do you want to do?"),
            "",
            (
                Option("try", _("Try things out"), _("See whether this is something for you.")),
                Option("product", _("Make or improve a product or a service")),
                Option("research", _("Do research")),
                Option("teaching", _("Teach"), _("A class, a course or a practical.")),
            ),
        ),
        Question(
            "experience",
            _("Experience"),
            _("Did you or a colleague work with a supercomputer before?"),
            _("No experience is needed to begin."),
            (Option("yes", _("Yes")), Option("no", _("No"))),
        ),
        Question(
            "size",
            _("Computing time"),
            _("How much computing time do you think you need?"),
            _("A GPU-hour is one hour of one GPU, a chip that is quick at learning from data."),
            _SIZES,
        ),
    )
}
