"""A problem in the words of a page: its numbers and moments as the page's language writes them."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format

from fabriek.core.problems import Problem
from fabriek.web import formats
from fabriek.web.language import page_language

NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d|Z)")
# Facts that name something: they are written as they are.
NAMES = frozenset({"job", "number", "version", "id", "request_id", "attempt", "exit_code"})


@dataclass(frozen=True)
class Told:
    """What happened, and the way out."""

    sentence: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.sentence} {self.way_out}"


def tell(problem: Problem) -> Told:
    """The problem's sentence and way out for the page that is shown now."""
    facts = {name: _written(name, fact) for name, fact in problem.facts.items()}
    written, language = Problem(problem.code, **facts), page_language()
    return Told(written.sentence(language), written.way_out(language))


def tell_code(code: str, facts: Mapping[str, object]) -> Told:
    """The same for a code and facts that were kept, such as the reason of a job's end."""
    return tell(Problem(code, **facts))


def _written(name: str, fact: object) -> object:
    if name in NAMES or isinstance(fact, bool):
        return fact
    if isinstance(fact, int | float | Decimal):
        return formats.amount(fact)
    if isinstance(fact, str) and NUMBER.fullmatch(fact):
        return formats.amount(Decimal(fact))
    if isinstance(fact, str) and MOMENT.fullmatch(fact):
        # Facts also hold what people typed, which may be no moment after all.
        with suppress(ValueError, OverflowError):
            moment = timezone.localtime(datetime.fromisoformat(fact))
            return date_format(moment, "SHORT_DATETIME_FORMAT")
    return fact
