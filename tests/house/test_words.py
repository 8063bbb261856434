"""Every code has its sentence and way out in both languages, and no entry is unused."""

import ast
import re
import tomllib
from pathlib import Path

from fabriek.access.states import (
    AllocationState,
    AppealState,
    ApplicationState,
    ExtensionState,
    ReviewState,
)
from fabriek.compute.rules import ENDINGS, JobState
from fabriek.core.problems import catalogue
from fabriek.data.rules import UploadState

SOURCE = Path(__file__).parents[2] / "src" / "fabriek"
PLACE = re.compile(r"\{(\w+)\}")


def literals() -> set[str]:
    """Every string literal in the product's code."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if "/tests/" in str(path) or "/migrations/" in str(path):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def raised() -> set[str]:
    """The codes that stand literally in `Problem("code", ...)`."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if "/tests/" in str(path):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "Problem"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found


def test_every_code_that_is_raised_has_words() -> None:
    missing = (raised() | {reason for _, reason in ENDINGS.values()}) - set(catalogue())
    assert not missing


def test_no_words_without_a_use() -> None:
    assert not set(catalogue()) - literals()


def test_both_languages_say_it_all_with_the_same_facts() -> None:
    for entry in catalogue().values():
        for texts in (entry.sentence, entry.way_out):
            dutch, english = texts["nl"].strip(), texts["en"].strip()
            assert dutch and english and dutch != english, entry.code
            assert dutch[-1] in ".}" and english[-1] in ".}", entry.code
            assert set(PLACE.findall(dutch)) == set(PLACE.findall(english)), entry.code
        assert entry.status in {
            200,
            401,
            403,
            404,
            409,
            410,
            411,
            413,
            415,
            416,
            422,
            429,
            500,
            503,
            507,
        }


def test_every_reason_is_there_in_both_languages_and_used() -> None:
    told = reasons()
    used = {word for word in literals() if word in told} | {
        f"conflict-{why}" for why in ("applicant", "organisation", "project", "declared")
    }
    states = {*JobState, *ApplicationState, *ReviewState, *AllocationState, *UploadState}
    states |= {*AppealState, *ExtensionState}
    used |= {f"state-{name}" for name in {str(state.value) for state in states} | {"active"}}
    assert used == set(told)
    for key, texts in told.items():
        assert texts["nl"] and texts["en"] and texts["nl"] != texts["en"], key
        assert set(PLACE.findall(texts["nl"])) == set(PLACE.findall(texts["en"])), key


def reasons() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in SOURCE.glob("*/reasons.toml"):
        found |= tomllib.loads(path.read_text("utf-8"))
    return found
