"""Refusals and failures that a person is told about.

A problem has a code, a sentence and a way out, each in Dutch and English. The texts and two facts
(the HTTP status, and whether trying again can help) stand in the `problems.toml` of the room that
raises the code; the code that raises it gives only the facts of the case.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from django.http import HttpRequest

Language = Literal["nl", "en"]


@dataclass(frozen=True)
class Wording:
    """One entry of a `problems.toml`. Texts may hold `{fact}` places."""

    code: str
    status: int
    retry: bool
    sentence: Mapping[Language, str]
    way_out: Mapping[Language, str]


@dataclass(frozen=True)
class Reason:
    """A clause inside a sentence, in both languages: an entry of a room's `reasons.toml`."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """The clause, with its facts in place."""
        return fill(_reasons()[self.key][language], self.facts)


class Problem(Exception):
    """Something asked for that cannot be done; `code` must stand in a room's problems.toml.

    `facts` fill the places in the sentence and travel to the caller as data, so they never hold a
    secret.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence("en")

    @property
    def status(self) -> int:
        """The HTTP status that fits this code."""
        return wording(self.code).status

    @property
    def retry(self) -> bool:
        """Whether the same request can succeed later without a change by the caller."""
        return wording(self.code).retry

    def sentence(self, language: Language) -> str:
        """What happened, in one sentence."""
        return fill(wording(self.code).sentence[language], self._words(language))

    def way_out(self, language: Language) -> str:
        """What the person can do about it."""
        return fill(wording(self.code).way_out[language], self._words(language))

    def told(self, language: Language) -> dict[str, object]:
        """The facts as JSON values, reasons in the language asked for."""
        return {name: _told(fact, language) for name, fact in self.facts.items()}

    def _words(self, language: Language) -> dict[str, object]:
        told = self.told(language)
        if "state" in told:
            # Programs read the state's name among the facts; people read a word for it.
            told["state"] = Reason(f"state-{told['state']}").text(language)
        return told


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def fill(text: str, facts: Mapping[str, object]) -> str:
    """Put the facts in their places; a place without a fact shows as `?` rather than failing."""
    return text.format_map(_Blank(facts))


def _told(fact: object, language: Language) -> object:
    if isinstance(fact, Reason):
        return fact.text(language)
    if isinstance(fact, list):
        return [_told(item, language) for item in fact]
    if isinstance(fact, dict):
        return {name: _told(item, language) for name, item in fact.items()}
    return fact


@cache
def _reasons() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(Path(__file__).parent.parent.glob("*/reasons.toml")):
        found |= tomllib.loads(path.read_text("utf-8"))
    return found


@cache
def catalogue() -> Mapping[str, Wording]:
    """Every code of every room. Raises ValueError when two rooms define the same one."""
    found: dict[str, Wording] = {}
    for path in sorted(Path(__file__).parent.parent.glob("*/problems.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            if code in found:
                raise ValueError(f"{path}: {code} is defined twice")
            found[code] = Wording(
                code=code,
                status=entry["status"],
                retry=entry.get("retry", False),
                sentence={"nl": entry["nl"], "en": entry["en"]},
                way_out={"nl": entry["way_out_nl"], "en": entry["way_out_en"]},
            )
    return found


def language_of(request: "HttpRequest") -> Language:
    """The first of nl and en in Accept-Language; Dutch where it names neither."""
    for part in request.headers.get("Accept-Language", "").split(","):
        match part.split(";")[0].strip().lower()[:2]:
            case "en":
                return "en"
            case "nl":
                return "nl"
    return "nl"


def wording(code: str) -> Wording:
    """The entry of a code; KeyError for a code no room defines (a test walks all of them)."""
    return catalogue()[code]
