"""Read any table: which columns are numbers, which are text, and what is missing."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from words import say

MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-", "."}
MOST_ROWS = 200_000
_SNIFFED_BYTES = 64 * 1024


class OddTable(Exception):
    """The table cannot be learned from; the message says why, for a person."""


@dataclass
class Table:
    """Named columns of text, None where a value is missing."""

    names: list[str]
    rows: list[list[str | None]]

    def column(self, name: str) -> list[str | None]:
        """All values of one column."""
        index = self.names.index(name)
        return [row[index] for row in self.rows]


def read(path: Path) -> Table:
    """The table in a CSV file: comma, semicolon or tab, UTF-8 or Latin-1. OddTable."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise OddTable(say("no-text", file=path.name))
    lines = csv.reader(text.splitlines(), delimiter=_delimiter(text))
    try:
        names = [name.strip() for name in next(lines, [])]
        rows = [row for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise OddTable(say("no-csv", file=path.name, why=error)) from None
    if len(names) < 2:
        raise OddTable(say("one-column", file=path.name))
    if len(set(names)) < len(names):
        double = sorted({name for name in names if names.count(name) > 1})
        raise OddTable(say("double-names", names=", ".join(map(repr, double))))
    for number, row in enumerate(rows, 2):
        if len(row) != len(names):
            raise OddTable(say("uneven", line=number, found=len(row), wanted=len(names)))
    return Table(names, [[_value(cell) for cell in row] for row in rows[:MOST_ROWS]])


def as_numbers(values: list[str | None]) -> np.ndarray | None:
    """The column as numbers, NaN where missing; None when it holds anything else."""
    numbers = np.full(len(values), np.nan)
    for index, value in enumerate(values):
        if value is None:
            continue
        try:
            number = float(value if "," not in value else value.replace(",", ".", 1))
        except ValueError:
            return None
        if math.isfinite(number):
            numbers[index] = number
    return numbers


def _delimiter(text: str) -> str:
    try:
        return csv.Sniffer().sniff(text[:_SNIFFED_BYTES], ",;\t|").delimiter
    except csv.Error:
        return ","


def _value(cell: str) -> str | None:
    tidy = cell.strip()
    return None if tidy.lower() in MISSING else tidy
