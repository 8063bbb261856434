"""Everything the command line prints: plain text, safe to show, readable in a narrow terminal."""

import json
import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from fabriek_client.errors import FactoryError
from fabriek_client.escape import escaped, escaped_text
from fabriek_client.words import say

_BOLD, _RED, _GREEN, _YELLOW, _END = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"
_COLOURS = {"bold": _BOLD, "red": _RED, "green": _GREEN, "yellow": _YELLOW}
_GAP = "  "


def out(text: str = "") -> None:
    """Print the answer to what was asked."""
    print(escaped_text(text))


def note(text: str) -> None:
    """Print what is not the answer itself (stderr), so that the answer can be piped on."""
    print(escaped_text(text), file=sys.stderr)


def refusal(error: FactoryError) -> None:
    """Print a refusal: its sentence with the code, and the way out."""
    head = coloured(say("common.error"), "red", sys.stderr)
    print(f"{head}: {escaped_text(error.sentence)} [{escaped(error.code)}]", file=sys.stderr)
    if error.way_out:
        print(f"{say('common.way_out')}: {escaped_text(error.way_out)}", file=sys.stderr)
    if error.status >= 500 and error.request_id:
        print(say("common.request-id", number=error.request_id), file=sys.stderr)


def as_json(value: Any) -> None:
    """Print data for another program."""
    json.dump(value, sys.stdout, ensure_ascii=True, indent=2)
    print()


def records(rows: Iterable[Any], columns: Sequence[tuple[str, str]], plain: bool) -> None:
    """A list, as JSON where `plain` is false says so, else as a table.

    `columns` gives for each column the field (`a.b` looks inside `a`) and the heading's key.
    """
    found = list(rows)
    if plain:
        as_json(found)
    elif not found:
        note(say("common.nothing"))
    else:
        table(
            [say(f"columns.{heading}") for _, heading in columns],
            [[cell(_inside(row, field)) for field, _ in columns] for row in found],
        )


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns side by side; below each other where the terminal is too narrow for that."""
    cells = [[escaped(text) for text in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(headings, *cells, strict=True)]
    if sys.stdout.isatty() and sum(widths) + len(_GAP) * (len(widths) - 1) > _terminal_width():
        for number, row in enumerate(cells):
            if number:
                print()
            details(zip(headings, row, strict=True))
        return
    print(coloured(_line(headings, widths), "bold", sys.stdout))
    for row in cells:
        print(_line(row, widths))


def details(pairs: Iterable[tuple[str, str]]) -> None:
    """One thing: a name and a value a line, long values wrapped behind their name."""
    known = [(name, escaped_text(value)) for name, value in pairs if value != ""]
    width = max((_width(name) for name, _ in known), default=0)
    indent = " " * (width + len(_GAP))
    for name, value in known:
        lines = [
            piece
            for line in value.split("\n")
            for piece in _wrapped(line, max(20, _terminal_width() - len(indent)))
        ]
        padded = name + " " * (width - _width(name))
        print(coloured(padded, "bold", sys.stdout) + _GAP + f"\n{indent}".join(lines))


def coloured(text: str, colour: str, stream: TextIO) -> str:
    """The text in a colour, on a terminal whose owner did not set NO_COLOR."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return f"{_COLOURS[colour]}{text}{_END}"


def cell(value: Any) -> str:
    """A field as text: nothing for None, yes and no, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("common.yes" if value else "common.no")
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, list):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {cell(item)}" for name, item in value.items())
    return str(value)


def _inside(row: Any, field: str) -> Any:
    for name in field.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return row


def _wrapped(line: str, width: int) -> list[str]:
    if not sys.stdout.isatty():
        return [line]
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        text + " " * (width - _width(text)) for text, width in zip(cells, widths, strict=True)
    ]
    return _GAP.join(padded).rstrip()


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def _terminal_width() -> int:
    return shutil.get_terminal_size().columns
