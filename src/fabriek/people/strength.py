"""Whether a password is good enough, and why not, in both languages."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from fabriek.core.problems import Language, Problem, fill
from fabriek.people.models import Person


def check(password: str, person: Person, language: Language) -> None:
    """Problem `weak-password`, with the reasons in this language."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        found = [(fault.code or "", fault.params or {}) for fault in error.error_list]
        said = "; ".join(fill(_reasons()[code][language], params) for code, params in found)
        raise Problem("weak-password", reasons=said, codes=[code for code, _ in found]) from None


@cache
def _reasons() -> Mapping[str, Mapping[str, str]]:
    path = Path(__file__).parent / "data" / "password_reasons.toml"
    return tomllib.loads(path.read_text("utf-8"))
