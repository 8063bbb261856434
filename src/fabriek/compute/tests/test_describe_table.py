"""The template that describes a table: plain counts, whatever the table."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = Path(__file__).parents[1] / "blueprints/describe-table/code/describe.py"


def describe(folder: Path, table: bytes, language: str = "en") -> subprocess.CompletedProcess[str]:
    (folder / "table.csv").write_bytes(table)
    return subprocess.run(
        [sys.executable, "-I", CODE, "--file", "table.csv", "--common", "2"],
        cwd=folder,
        env=os.environ | {"FABRIEK_PARAMETERS": json.dumps({"language": language})},
        capture_output=True,
        text=True,
        check=False,
    )


def columns(folder: Path) -> dict[str, list[str]]:
    with (folder / "output/columns.csv").open(newline="") as file:
        return {row[0]: row[1:] for row in csv.reader(file)}


def test_numbers_texts_and_what_is_missing(tmp_path: Path) -> None:
    done = describe(tmp_path, b"size;kind;none\n1,5;a;\n3;b;?\n;a;NA\n\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "3 rows, 3 columns\n"
    found = columns(tmp_path)
    assert found["size"] == ["number", "1", "2", "1.5", "2.25", "3", "1,5 (1), 3 (1)"]
    assert found["kind"] == ["text", "0", "2", "", "", "", "a (2), b (1)"]
    assert found["none"] == ["text", "3", "0", "", "", "", ""]
    figures = json.loads((tmp_path / "output/metrics.json").read_text())
    assert figures == {"rows": 3, "columns": 3, "missing": 4}


def test_the_report_is_in_the_language_of_who_asked(tmp_path: Path) -> None:
    describe(tmp_path, b"a,b\n1,x|y\n", "nl")
    report = (tmp_path / "output/report.md").read_text()
    assert "1 rijen, 2 kolommen" in report and "| b | tekst |" in report
    assert "x/y (1) |" in report  # a bar in the data makes no cell


def test_rows_of_another_length_are_counted(tmp_path: Path) -> None:
    assert describe(tmp_path, b"a,b\n1\n1,2,3\n").returncode == 0
    assert columns(tmp_path)["b"][1] == "1"


@pytest.mark.parametrize("table", [b"", b"\x00\x01\x02"])
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path: Path, table: bytes) -> None:
    done = describe(tmp_path, table)
    assert done.returncode == 1
    assert "not a table" in done.stderr and "Traceback" not in done.stderr
