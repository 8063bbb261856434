"""What the columns of a table hold: their type, what is missing, how the values lie. Pure.

The work is bounded by the cells given. It is done with whole columns at once (sets, sorting,
`map`), which is what makes plain Python fast enough for a page.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from fabriek.core.problems import Reason
from fabriek.data import table_bins, table_values
from fabriek.data.table_reading import MISSING, Rows

COLUMNS_MOST = 200
NAME_CHARACTERS_MOST = 100
CELL_CHARACTERS_MOST = 200
FREQUENT_MOST = 8
FIRST_ROWS = 20
_MISSING_SHORTER = 8  # with a space or two around it
_CATEGORIES_MOST = 50
_ALWAYS_CATEGORIES = 5
_YES_NO = frozenset({"yes", "no", "true", "false", "ja", "nee", "y", "n", "j", "t", "f"})


class ColumnKind(str, Enum):  # noqa: UP042 - pages and the API write the value
    """What a column holds."""

    WHOLE = "whole"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes-no"
    CATEGORY = "category"
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True)
class ColumnFacts:
    """One column. `place` counts from 1; `name` is empty where the table gives none.

    The figures are those of numbers and dates; `edges` and `counts` are the histogram of numbers
    (one more edge than counts); `frequent` the most frequent values with how often they stand, of
    dates every year, month or day in order.
    """

    place: int
    name: str
    kind: ColumnKind
    filled: int
    missing: int
    distinct: int
    minimum: float | datetime | None = None
    median: float | datetime | None = None
    maximum: float | datetime | None = None
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    frequent: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Table:
    """A table as far as it was read; `is_whole` when that is all of it.

    `notes` are what a person should know of it, each a clause.
    """

    columns: list[ColumnFacts]
    first_rows: list[list[str]]
    row_count: int
    is_whole: bool
    has_header: bool
    encoding: str
    delimiter: str
    notes: list[Reason] = field(default_factory=list)


def describe(found: Rows) -> Table:
    """The facts of every column, of the first COLUMNS_MOST of them."""
    widest = max((len(row) for row in found.rows), default=0)
    wanted = len(found.names) or widest
    width = min(max(wanted, widest), COLUMNS_MOST)
    rows = [_of_width(row, width) for row in found.rows]
    decimal_comma = found.delimiter != ","
    columns = [
        column(place, _name(found.names, place), values, decimal_comma=decimal_comma)
        for place, values in enumerate(_columns(rows, width), 1)
    ]
    return Table(
        columns=columns,
        first_rows=[[short(cell) for cell in row] for row in rows[:FIRST_ROWS]],
        row_count=len(rows),
        is_whole=found.is_whole,
        has_header=bool(found.names),
        encoding=found.encoding,
        delimiter=found.delimiter,
        notes=_notes(found, wanted, widest),
    )


def column(
    place: int, name: str, values: Sequence[str], *, decimal_comma: bool = False
) -> ColumnFacts:
    """The facts of one column of cells."""
    different = set(values)
    nothing = {
        value
        for value in different
        if value.isspace() or (len(value) < _MISSING_SHORTER and value.strip().lower() in MISSING)
    }
    filled = [value for value in values if value not in nothing] if nothing else list(values)
    facts = _Facts(place, name, len(filled), len(values) - len(filled), len(different - nothing))
    if not filled:
        return facts.made(ColumnKind.EMPTY)
    if _is_yes_no(different - nothing):
        return facts.made(ColumnKind.YES_NO, frequent=_frequent(filled))
    numbers = table_values.numbers(filled, decimal_comma=decimal_comma)
    if numbers is not None:
        return _of_numbers(facts, sorted(numbers))
    dates = table_values.dates(filled)
    if dates is not None:
        return _of_dates(facts, sorted(dates))
    return facts.made(_kind_of_text(facts), frequent=_frequent(filled))


def short(text: str) -> str:
    """A cell as it is shown."""
    if len(text) <= CELL_CHARACTERS_MOST:
        return text
    return text[: CELL_CHARACTERS_MOST - 1] + "…"


@dataclass(frozen=True)
class _Facts:
    place: int
    name: str
    filled: int
    missing: int
    distinct: int

    def made(
        self,
        kind: ColumnKind,
        *,
        span: Sequence[float] | Sequence[datetime] = (),
        edges: Sequence[float] = (),
        counts: Sequence[int] = (),
        frequent: Sequence[tuple[str, int]] = (),
    ) -> ColumnFacts:
        low, middle, high = span or (None, None, None)
        return ColumnFacts(
            self.place,
            self.name,
            kind,
            self.filled,
            self.missing,
            self.distinct,
            low,
            middle,
            high,
            tuple(edges),
            tuple(counts),
            tuple(frequent),
        )


def _of_numbers(facts: _Facts, ordered: list[float]) -> ColumnFacts:
    whole = all(map(float.is_integer, ordered))
    edges = table_bins.bin_edges(ordered[0], ordered[-1], whole=whole)
    places = [bisect_left(ordered, edge) for edge in edges[1:-1]]
    stops = [*places, len(ordered)]
    counts = [stop - start for start, stop in zip([0, *places], stops, strict=True)]
    return facts.made(
        ColumnKind.WHOLE if whole else ColumnKind.NUMBER,
        span=(ordered[0], _middle(ordered), ordered[-1]),
        edges=edges,
        counts=counts if edges else (),
    )


def _of_dates(facts: _Facts, ordered: list[datetime]) -> ColumnFacts:
    low, high = ordered[0], ordered[-1]
    days = (high - low).days
    characters = 4 if days > 3 * 365 else 7 if days > 60 else 10
    groups = Counter([date.isoformat()[:characters] for date in ordered])
    periods = table_bins.periods(low, high, characters)
    return facts.made(
        ColumnKind.DATE,
        span=(low, ordered[len(ordered) // 2], high),
        frequent=[(period, groups[period]) for period in periods],
    )


def _middle(ordered: list[float]) -> float:
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    low, high = ordered[half - 1], ordered[half]
    # Halved first: the sum of two large numbers may be infinite.
    return max(low, low / 2 + high / 2)


def _is_yes_no(different: set[str]) -> bool:
    if len(different) > 4:
        return False
    words = {value.strip().lower() for value in different}
    return words == {"0", "1"} or (len(words) <= 2 and words <= _YES_NO)


def _kind_of_text(facts: _Facts) -> ColumnKind:
    few = facts.distinct <= _CATEGORIES_MOST and facts.distinct * 2 <= facts.filled
    return ColumnKind.CATEGORY if few or facts.distinct <= _ALWAYS_CATEGORIES else ColumnKind.TEXT


def _frequent(values: list[str]) -> list[tuple[str, int]]:
    return [(short(value), count) for value, count in Counter(values).most_common(FREQUENT_MOST)]


def _of_width(row: list[str], width: int) -> list[str]:
    missing = width - len(row)
    if missing == 0:
        return row
    return row + [""] * missing if missing > 0 else row[:width]


def _columns(rows: list[list[str]], width: int) -> list[tuple[str, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _name(names: list[str], place: int) -> str:
    return names[place - 1][:NAME_CHARACTERS_MOST] if place <= len(names) else ""


def _notes(found: Rows, wanted: int, widest: int) -> list[Reason]:
    notes = []
    uneven = sum(len(row) != wanted for row in found.rows)
    if uneven and found.delimiter:
        notes.append(Reason("table-uneven", {"count": uneven, "columns": wanted}))
    if max(wanted, widest) > COLUMNS_MOST:
        notes.append(Reason("table-wide", {"most": COLUMNS_MOST, "columns": max(wanted, widest)}))
    named = [name for name in found.names if name]
    if len(set(named)) < len(named):
        notes.append(Reason("table-double-names"))
    if not found.names:
        notes.append(Reason("table-no-header"))
    return notes
