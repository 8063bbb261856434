"""Help pages and complaints about wrong usage, in the person's language.

typer writes them in English. Its fixed phrases are replaced by those of `words/usage.toml`,
whose keys are the phrases as regular expressions.
"""

import re
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from typer.core import TyperGroup, TyperOption
from typer.exceptions import TyperException

from fabriek_client.escape import escaped_text
from fabriek_client.words import catalogue, language, say

CODES = frozenset({"wrong-usage", "which-project", "options-missing"})
"""Codes of our own refusals that mean the command was called wrongly."""


def report(error: TyperException) -> None:
    """Tell on stderr what was wrong with the call, and where the help is."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)  # already a translated help page
        return
    lines = []
    if context is not None:
        lines.append(translated(context.get_usage()))
    lines.append(f"{say('common.error')}: {translated(error.format_message())}")
    command = context.command_path if context is not None else "fabriek"
    lines.append(say("common.try-help", command=command))
    print(escaped_text("\n".join(lines)), file=sys.stderr)


def translated(text: str) -> str:
    """The text with typer's own phrases in the language in use."""
    if language() == "en":
        return text
    for phrase, ours in _phrases():
        text = phrase.sub(ours, text)
    return text


@cache
def _phrases() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(entry["en"], re.MULTILINE), entry["nl"])
        for entry in catalogue("usage").values()
    ]


def adapt(command: Any) -> None:
    """Make a loaded command, and all below it, speak our language and convert values itself.

    typer converts each value through pydantic, whose import alone costs as much as everything
    else together. We use strings, whole numbers and lists of strings only.
    """
    command.get_help = _speaking(command.get_help)
    command.get_help_option = _light(command.get_help_option)
    for param in command.params:
        number = param.type_descriptor.annotation is int
        convert(param, number)
        _name(param, number)
    if isinstance(command, TyperGroup):
        command.no_args_is_help = True
        for below in command.commands.values():
            adapt(below)


def convert(param: Any, number: bool = False) -> Any:
    """Give a parameter our converter; returns it."""
    # typer makes its own lazily; one that is already there is used.
    param._runtime_param = _Plain(number)
    return param


def _light(get_help_option: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda context: convert(get_help_option(context))


def _name(param: Any, number: bool) -> None:
    """Show values as words of the person's language, not as types of Python."""
    if isinstance(param, TyperOption):
        word = say("common.number" if number else "common.text")
        _replace(param, "display_type_rich", lambda ctx: word)
        return
    known = catalogue("metavars").get(param.display_name_raw)
    name = known[language()] if known else param.display_name_raw
    param.metavar = name
    _replace(param, "display_type_rich", lambda ctx: None)
    _replace(param, "_usage_display_name", lambda: name if param.required else f"[{name}]")


def _replace(param: Any, method: str, ours: Callable[..., str | None]) -> None:
    setattr(param, method, ours)


def _speaking(get_help: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda context: translated(get_help(context))


class _Plain:
    """Hands strings and lists of them on as they are, and reads whole numbers."""

    def __init__(self, number: bool) -> None:
        self._number = number

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:
        """The value for the command's function."""
        if value is None or not self._number or isinstance(value, int):
            return list(value) if isinstance(value, tuple) else value
        if not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
            from typer import BadParameter

            raise BadParameter(say("common.not-a-number", value=value), ctx=ctx, param=param)
        return int(value)
