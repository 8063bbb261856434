"""Numbers as people type them: 1.000,5 in Dutch, 1,000.5 in English. Pure."""

import re
from decimal import Decimal

from fabriek.core.problems import Language

PLACES = 6
LONGEST = 40
_SPACES = re.compile(r"[\s\u00a0\u202f_']")


def read(text: str, language: Language) -> Decimal | None:
    """The number, or None when it is none; never below zero, with at most six decimals.

    The language says which sign groups thousands. One that cannot be doing that, as in the Dutch
    `2.5`, is taken as the decimal sign: people mix them up.
    """
    tidy = _SPACES.sub("", text)
    if not tidy or len(tidy) > LONGEST or not tidy.isascii():
        return None
    group, point = (".", ",") if language == "nl" else (",", ".")
    whole, mark, rest = tidy.partition(point)
    if not mark and tidy.count(group) == 1 and not _is_grouped(tidy, group):
        whole, _, rest = tidy.partition(group)
    elif group in whole and not _is_grouped(whole, group):
        return None
    digits = whole.replace(group, "") or "0"
    if not digits.isdecimal() or not (rest or "0").isdecimal() or len(rest) > PLACES:
        return None
    if not (whole or rest):
        return None
    return Decimal(f"{digits}.{rest or 0}")


def plain(number: Decimal) -> str:
    """The number as drafts keep it: the same in every language."""
    return f"{number.normalize():f}"


def _is_grouped(text: str, sign: str) -> bool:
    first, *others = text.split(sign)
    return 1 <= len(first) <= 3 and all(len(part) == 3 for part in others)
