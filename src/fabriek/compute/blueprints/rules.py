"""What a blueprint is, and what may be answered to its questions. Pure."""

import shlex
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fabriek.core.problems import Language, Problem, Reason

LONGEST_TEXT = 200
LONGEST_COMMAND = 8000
TYPES = ("file", "column", "text", "choice", "number", "words")


@dataclass(frozen=True)
class Words:
    """How something is called, and what helps to choose it."""

    label: str
    hint: str


@dataclass(frozen=True)
class Option:
    """One value of a choice."""

    value: str
    words: Mapping[Language, str]


@dataclass(frozen=True)
class Parameter:
    """One question. `of` names the input of a file, or the file of a column."""

    name: str
    type: str
    words: Mapping[Language, Words]
    of: str = ""
    default: str | int | None = None
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int = 1_000_000


@dataclass(frozen=True)
class Input:
    """A dataset version that the job sees as inputs/NAME. `many`: any number, each under a name of
    its own."""

    name: str
    words: Mapping[Language, Words]
    optional: bool = False
    many: bool = False


@dataclass(frozen=True)
class Sizes:
    """How much a job of this kind usually needs."""

    cpus: int
    memory_mib: int
    time_limit_s: int
    gpus: int = 0


@dataclass(frozen=True)
class Blueprint:
    """A prepared job. `takes_code`: it runs the person's own code instead of bringing some."""

    id: str
    order: int
    name: Mapping[Language, str]
    text: Mapping[Language, str]
    output: Mapping[Language, str]
    command: tuple[str, ...]
    sizes: Sizes
    output_kind: str
    output_name: str
    inputs: tuple[Input, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    takes_code: bool = False


def read(name: str, found: Mapping[str, Any]) -> Blueprint:
    """A blueprint.toml as a Blueprint; KeyError or TypeError when it does not have the form."""
    languages: tuple[Language, Language] = ("nl", "en")
    return Blueprint(
        id=name,
        order=found["order"],
        name={language: found[language]["name"] for language in languages},
        text={language: found[language]["text"] for language in languages},
        output={language: found[language]["output"] for language in languages},
        command=tuple(found["command"]),
        sizes=Sizes(**found["sizes"]),
        output_kind=found["output"]["kind"],
        output_name=found["output"]["name"],
        inputs=tuple(Input(**_with_words(entry)) for entry in found.get("inputs", ())),
        parameters=tuple(Parameter(**_with_words(entry)) for entry in found.get("parameters", ())),
        fixed=found.get("fixed", {}),
        takes_code=found.get("takes_code", False),
    )


def _with_words(entry: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in entry.items() if key not in ("nl", "en", "options")}
    plain["words"] = {language: Words(**entry[language]) for language in ("nl", "en")}
    if "options" in entry:
        plain["options"] = tuple(
            Option(one["value"], {"nl": one["nl"], "en": one["en"]}) for one in entry["options"]
        )
    return plain


def checked(blueprint: Blueprint, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, each of its type, with defaults filled in.

    Problem `invalid-input`, with the parameter's name as `where`.
    """
    asked = {parameter.name: parameter for parameter in blueprint.parameters}
    for name in given:
        if name not in asked:
            raise _refusal(ascii(str(name)[:60]), "no-such-parameter")
    return {name: _value(parameter, given.get(name)) for name, parameter in asked.items()}


def command(blueprint: Blueprint, values: Mapping[str, Any]) -> list[str]:
    """The command as a list of words, each value inside one of them."""
    texts = {name: value for name, value in values.items() if not isinstance(value, list)}
    words: list[str] = []
    for word in blueprint.command:
        whole = values.get(word.strip("{}"))
        words += whole if isinstance(whole, list) else [word.format_map(texts)]
    return words


def split(text: str) -> list[str]:
    """A command as somebody types it, as words. ValueError for a quote that is not closed."""
    return shlex.split(text)


def _value(parameter: Parameter, given: Any) -> str | int | list[str]:
    if given in (None, ""):
        given = parameter.default
    if given in (None, "", []):
        raise _refusal(parameter.name, "input-missing")
    if parameter.type == "number":
        return _number(parameter, given)
    if parameter.type == "words":
        return _words(parameter, given)
    if not isinstance(given, str):
        raise _refusal(parameter.name, "input-string")
    if parameter.type == "choice":
        values = [option.value for option in parameter.options]
        if given not in values:
            raise _refusal(parameter.name, "input-choice", expected=", ".join(values))
        return given
    if parameter.type != "file":
        _check_line(parameter.name, given)
    return given


def _number(parameter: Parameter, given: Any) -> int:
    if isinstance(given, str) and given.strip().isascii() and given.strip().isdecimal():
        given = int(given.strip()[:15])
    if not isinstance(given, int) or isinstance(given, bool):
        raise _refusal(parameter.name, "input-int")
    if given < parameter.least:
        raise _refusal(parameter.name, "input-at-least", ge=parameter.least)
    if given > parameter.most:
        raise _refusal(parameter.name, "input-at-most", le=parameter.most)
    return given


def _words(parameter: Parameter, given: Any) -> list[str]:
    if isinstance(given, str):
        try:
            given = split(given)
        except ValueError:
            raise _refusal(parameter.name, "quote-not-closed") from None
    if not isinstance(given, Sequence) or not all(isinstance(word, str) for word in given):
        raise _refusal(parameter.name, "input-string")
    if not given or not given[0]:
        raise _refusal(parameter.name, "input-missing")
    if sum(map(len, given)) > LONGEST_COMMAND:
        raise _refusal(parameter.name, "input-long-text", max_length=LONGEST_COMMAND)
    if any("\0" in word for word in given):
        raise _refusal(parameter.name, "invisible-character")
    return list(given)


def _check_line(name: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise _refusal(name, "input-long-text", max_length=LONGEST_TEXT)
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text):
        raise _refusal(name, "invisible-character")


def _refusal(where: str, why: str, **facts: object) -> Problem:
    return Problem("invalid-input", where=where, why=Reason(why, facts))
