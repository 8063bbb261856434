"""What is wrong with a field, in the reader's language: pydantic's findings as our reasons."""

from collections.abc import Mapping
from typing import Any

from fabriek.core.problems import Reason

# By the beginning of pydantic's error type; the first that fits counts.
_KEYS = (
    ("missing", "input-missing"),
    ("bool", "input-bool"),
    ("int", "input-int"),
    ("float", "input-float"),
    ("decimal", "input-float"),
    ("finite_number", "not-finite"),
    ("string_too_short", "input-short-text"),
    ("string_too_long", "input-long-text"),
    ("string_pattern", "input-pattern"),
    ("string", "input-string"),
    ("list", "input-list"),
    ("tuple", "input-list"),
    ("too_short", "input-few"),
    ("too_long", "input-many"),
    ("dict", "input-object"),
    ("model", "input-object"),
    ("json", "input-json"),
    ("datetime", "input-moment"),
    ("literal_error", "input-choice"),
    ("enum", "input-choice"),
    ("greater_than_equal", "input-at-least"),
    ("greater_than", "input-more-than"),
    ("less_than_equal", "input-at-most"),
    ("less_than", "input-less-than"),
)


def reason(entry: Mapping[str, Any]) -> Reason:
    """The reason for one of pydantic's findings (`type`, `ctx`)."""
    found = next((key for start, key in _KEYS if entry["type"].startswith(start)), "input-other")
    return Reason(found, entry.get("ctx", {}))
