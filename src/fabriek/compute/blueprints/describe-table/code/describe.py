"""Describe a table: what each column holds. This runs in the sandbox, with Python alone.

    python3 describe.py --file FILE [--common 5]

Writes output/report.md for people, output/columns.csv for programs, and output/metrics.json. The
file is read once, row by row. Of a column with very many different values only the first are
counted, and the report says so.
"""

import argparse
import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

OUTPUT = Path("output")
MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-", "."}
MOST_VALUES = 100_000
SNIFFED = 64 * 1024
DUTCH = json.loads(os.environ.get("FABRIEK_PARAMETERS", "{}")).get("language") != "en"
HEADS = (
    ("kolom", "soort", "ontbreekt", "verschillend", "kleinste", "gemiddelde", "grootste", "vaak")
    if DUTCH
    else ("column", "type", "missing", "different", "smallest", "mean", "largest", "common")
)


class Column:
    """What was seen of one column so far."""

    def __init__(self, name: str) -> None:
        self.name, self.values = name, Counter[str]()
        self.count = self.missing = 0
        self.total, self.numbers = 0.0, True
        self.least, self.most = float("inf"), float("-inf")
        self.all_counted = True

    def take(self, cell: str) -> None:
        """Count one cell."""
        text = cell.strip()
        if text.lower() in MISSING:
            self.missing += 1
            return
        self.count += 1
        if text in self.values or len(self.values) < MOST_VALUES:
            self.values[text] += 1
        else:
            self.all_counted = False
        if self.numbers:
            self._take_number(text)

    def _take_number(self, text: str) -> None:
        try:
            number = float(text if "," not in text else text.replace(",", ".", 1))
        except ValueError:
            self.numbers = False
            return
        self.total += number
        self.least, self.most = min(self.least, number), max(self.most, number)

    def line(self, common: int) -> list[str]:
        """The column as a line of the report."""
        numbers = self.numbers and self.count > 0
        kind = ("getal", "tekst") if DUTCH else ("number", "text")
        figures = (self.least, self.total / self.count, self.most) if numbers else ()
        often = ", ".join(f"{value} ({n})" for value, n in self.values.most_common(common))
        return [
            self.name,
            kind[0] if numbers else kind[1],
            str(self.missing),
            f"{len(self.values)}{'' if self.all_counted else '+'}",
            *([f"{figure:.6g}" for figure in figures] or ["", "", ""]),
            often,
        ]


def read(path: Path) -> tuple[list[Column], int]:
    """Every column of the table, and its number of rows. ValueError when it is no table."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        start = file.read(SNIFFED)
        file.seek(0)
        lines = csv.reader(file, delimiter=_delimiter(start))
        columns = [Column(name.strip()) for name in next(lines, [])]
        if not columns or "\0" in start:
            raise ValueError("geen tabel" if DUTCH else "not a table")
        rows = 0
        for row in _filled(lines):
            rows += 1
            for column, cell in zip(columns, row, strict=False):
                column.take(cell)
            for column in columns[len(row) :]:
                column.take("")
    return columns, rows


def _delimiter(start: str) -> str:
    try:
        return csv.Sniffer().sniff(start, ",;\t|").delimiter
    except csv.Error:
        return ","


def _filled(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    return (row for row in lines if any(cell.strip() for cell in row))


def write(columns: list[Column], rows: int, common: int, name: str) -> None:
    """The report, the figures as CSV, and the metrics."""
    OUTPUT.mkdir(exist_ok=True)
    lines = [column.line(common) for column in columns]
    with (OUTPUT / "columns.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADS, *lines])
    words = ("rijen", "kolommen") if DUTCH else ("rows", "columns")
    said = f"{rows} {words[0]}, {len(columns)} {words[1]}"
    table = [HEADS, ["---"] * len(HEADS), *lines]
    text = "\n".join("| " + " | ".join(_plain(cell) for cell in line) + " |" for line in table)
    (OUTPUT / "report.md").write_text(f"# {_plain(name)}\n\n{said}.\n\n{text}\n", encoding="utf-8")
    figures = {
        "rows": rows,
        "columns": len(columns),
        "missing": sum(column.missing for column in columns),
    }
    (OUTPUT / "metrics.json").write_text(json.dumps(figures) + "\n", encoding="utf-8")
    print(said)


def _plain(cell: str) -> str:
    return " ".join(cell.replace("|", "/").split())[:200]


def main() -> int:
    """Read, count, write; 1 when the file is no table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--common", type=int, default=5)
    given = parser.parse_args()
    try:
        columns, rows = read(given.file)
    except (ValueError, csv.Error) as error:
        print(f"{given.file.name}: {error}", file=sys.stderr)
        return 1
    write(columns, rows, given.common, given.file.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
