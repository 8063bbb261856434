"""From bytes to rows of text: encoding, delimiter and header are recognised. Pure.

Whatever the bytes are, this ends quickly with rows or with `NotATable`: who asks bounds the bytes.
"""

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from fabriek.core.problems import Reason

# The words for 'nothing' that the factory's own training also reads so.
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "."})
SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson")
JSON_SUFFIXES = (".jsonl", ".ndjson")
# In order of preference: a comma also stands inside numbers and sentences.
_DELIMITERS = ("\t", ";", "|", ",")
_SAMPLE_ROWS = 50
# Each line of JSON may bring names of its own, and every row has a cell for every name before it.
_JSON_NAMES_MOST = 1000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NUMBER_OR_DATE = re.compile(
    r"\s*(?:[+-]?(?:\d+(?:[.,]\d*)*|\.\d+)(?:[eE][+-]?\d+)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*+)\s*",
    re.ASCII,
)


class NotATable(Exception):
    """These bytes are no table; `why` completes a sentence."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why.key)
        self.why = why


@dataclass(frozen=True)
class Rows:
    """What stands in the table. `names` is empty when it has no header; rows may differ in length.

    `is_whole` is False when there is more than was read.
    """

    names: list[str]
    rows: list[list[str]]
    is_whole: bool
    encoding: str
    delimiter: str


def may_be_table(path: str) -> bool:
    """Whether the name is that of a table."""
    return path.lower().endswith(SUFFIXES)


def read(data: bytes, path: str, *, is_cut: bool, rows_most: int) -> Rows:
    """At most so many rows of the table that begins with these bytes; NotATable.

    `is_cut`: the file goes on after them, so the last row read may be half a row.
    """
    text, encoding = _decoded(data, is_cut)
    if not text.strip():
        raise NotATable(Reason("table-empty"))
    if path.lower().endswith(JSON_SUFFIXES):
        return _json_lines(text, encoding, is_cut, rows_most)
    delimiter = "\t" if path.lower().endswith((".tsv", ".tab")) else _delimiter(text)
    # One more than asked for, and one for the header: so it is known whether there are more.
    found = list(islice(_records(text, delimiter), rows_most + 2))
    if is_cut and len(found) < rows_most + 2:
        found = found[:-1]
    if not found:
        raise NotATable(Reason("table-long-row"))
    names = [name.strip() for name in found[0]] if _has_header(found[: _SAMPLE_ROWS + 1]) else []
    rows = found[1:] if names else found
    return Rows(
        names,
        rows[:rows_most],
        is_whole=not is_cut and len(rows) <= rows_most,
        encoding=encoding,
        delimiter=delimiter,
    )


def _decoded(data: bytes, is_cut: bool) -> tuple[str, str]:
    marked = (encoding for mark, encoding in _BOMS if data.startswith(mark))
    encoding = next(marked, "utf-8")
    if encoding == "utf-8" and b"\0" in data:
        raise NotATable(Reason("table-binary"))
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data, final=not is_cut)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise NotATable(Reason("table-binary")) from None
        encoding = "cp1252"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            encoding = "latin-1"
            text = data.decode(encoding)
    if "\0" in text:
        raise NotATable(Reason("table-binary"))
    return text, "utf-8" if encoding == "utf-8-sig" else encoding


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows that hold something."""
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if record and (len(record) > 1 or record[0].strip()):
                yield record
    except csv.Error:
        # The one thing left to go wrong is a cell without end: a quote that is never closed.
        raise NotATable(Reason("table-quotes")) from None


def _delimiter(text: str) -> str:
    """The delimiter that gives the first rows as many cells as the header, most consistently."""
    best, best_share = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in islice(_records(text, delimiter), _SAMPLE_ROWS)]
        except NotATable:
            continue
        width, count = Counter(widths).most_common(1)[0] if widths else (0, 0)
        if width < 2 or widths[0] != width:
            continue
        share = count / len(widths)
        if share > best_share + 0.05:
            best, best_share = delimiter, share
    return best


def _has_header(sample: list[list[str]]) -> bool:
    """Whether the first row names the columns.

    It does when it stands as text above a column of numbers or dates, and where there are no such
    columns, when its cells are filled and differ.
    """
    head, body = sample[0], sample[1:]
    above_numbers = False
    for place, cell in enumerate(head):
        below = [row[place] for row in body if place < len(row)]
        filled = [value for value in below if value.strip().lower() not in MISSING]
        if not filled or not all(map(_NUMBER_OR_DATE.fullmatch, filled)):
            continue
        if _NUMBER_OR_DATE.fullmatch(cell):
            above_numbers = True
        elif cell.strip().lower() not in MISSING:
            return True
    names = [cell.strip() for cell in head]
    return not above_numbers and all(names) and len(set(names)) == len(names)


def _json_lines(text: str, encoding: str, is_cut: bool, rows_most: int) -> Rows:
    lines = [line for line in text.split("\n") if line.strip()]
    if is_cut:
        lines = lines[:-1]
    names: dict[str, int] = {}
    rows: list[list[str]] = []
    for number, line in enumerate(lines[:rows_most], 1):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise NotATable(Reason("table-json", {"line": number}))
        for name in found:
            names.setdefault(name, len(names))
        row = [""] * min(len(names), _JSON_NAMES_MOST)
        for name, value in found.items():
            if names[name] < _JSON_NAMES_MOST:
                row[names[name]] = _json_cell(value)
        rows.append(row)
    if not names:
        raise NotATable(Reason("table-empty" if not is_cut else "table-long-row"))
    whole = not is_cut and len(lines) <= rows_most
    return Rows(list(names), rows, is_whole=whole, encoding=encoding, delimiter="")


def _json_cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
