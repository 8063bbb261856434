"""Recognising a table in bytes: delimiters, encodings, headers, and what is no table."""

import csv
import io
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fabriek.data import table_reading, table_rules
from fabriek.data.table_reading import NotATable, Rows


def read(data: bytes | str, path: str = "a.csv", *, is_cut: bool = False, most: int = 100) -> Rows:
    if isinstance(data, str):
        data = data.encode()
    return table_reading.read(data, path, is_cut=is_cut, rows_most=most)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["name", "age"], ["Ada", "36"], ["Bo", "7"]))
    found = read(text)
    assert (found.names, found.rows) == (["name", "age"], [["Ada", "36"], ["Bo", "7"]])
    assert (found.delimiter, found.is_whole) == (delimiter, True)


def test_a_decimal_comma_is_no_delimiter() -> None:
    found = read("lengte;gewicht\n1,80;75,5\n1,65;60,0\n")
    assert (found.delimiter, found.names) == (";", ["lengte", "gewicht"])
    assert read("1,80;75,5\n1,65;60,0\n").delimiter == ";"


def test_a_semicolon_in_a_text_is_no_delimiter() -> None:
    found = read("name,tags\nAda,a;b;c\nBo,d;e;f\n")
    assert (found.delimiter, found.names) == (",", ["name", "tags"])


def test_the_name_says_tab() -> None:
    assert read("a,b\n1,2\n", "x.TSV").rows == [["1,2"]]


def test_quotes_hold_delimiters_and_line_ends() -> None:
    found = read('name,remark\r\nAda,"one, ""two""\r\nthree"\r\n')
    assert found.rows == [["Ada", 'one, "two"\r\nthree']]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings(encoding: str, said: str) -> None:
    found = read("plaats;aantal\nÅrhus één;1\n".encode(encoding))
    assert (found.names, found.rows) == (["plaats", "aantal"], [["Århus één", "1"]])
    assert found.encoding == said


def test_what_windows_does_not_know_is_latin_1() -> None:
    assert read(b"a,b\n\x81\xe9,1\n").rows == [["\x81é", "1"]]


def test_a_character_cut_in_two_is_no_reason_for_another_encoding() -> None:
    data = ("naam,aantal\n" + "één,1\n" * 10).encode()
    cut = data[: data.rindex(b"n,1") - 1]
    found = read(cut, is_cut=True)
    assert (found.encoding, len(found.rows), found.is_whole) == ("utf-8", 9, False)


def test_half_a_row_at_the_cut_is_left_out() -> None:
    assert read("a,b\n1,2\n3,45", is_cut=True).rows == [["1", "2"]]
    assert read('a,b\n1,2\n3,"4\n5,6\n', is_cut=True).rows == [["1", "2"]]


def test_at_most_so_many_rows() -> None:
    text = "a,b\n" + "1,2\n" * 10
    assert (len(read(text, most=10).rows), read(text, most=10).is_whole) == (10, True)
    assert (len(read(text, most=9).rows), read(text, most=9).is_whole) == (9, False)
    assert len(read(text, most=9, is_cut=True).rows) == 9


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("id,2019,2020\n1,5,6\n", ["id", "2019", "2020"]),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", []),
        ("name,town\nAda,Groningen\n", ["name", "town"]),
        ("Ada,\nBo,Assen\n", []),
        ("x\n1\n2\n", ["x"]),
        ("1\n2\n", []),
        ("day,x\n2024-01-01,a\n2024-01-02,b\n", ["day", "x"]),
        ("a,b\n", ["a", "b"]),
        ("NA,1\n3,4\n", []),
    ],
)
def test_headers(text: str, names: list[str]) -> None:
    assert read(text).names == names


def test_json_lines() -> None:
    found = read('{"a": 1, "b": "x"}\n\n{"b": null, "c": [1, 2]}\n', "x.jsonl")
    assert found.names == ["a", "b", "c"]
    assert found.rows == [["1", "x"], ["", "", "[1, 2]"]]


@pytest.mark.parametrize(
    ("data", "path", "why"),
    [
        (b"", "a.csv", "table-empty"),
        (b" \r\n \n", "a.csv", "table-empty"),
        (b"\xef\xbb\xbf", "a.csv", "table-empty"),
        (b"a,b\0c\n", "a.csv", "table-binary"),
        (b"\xff\xfe\x00\xd8x", "a.csv", "table-binary"),
        (b'"' + b"x" * 140_000, "a.csv", "table-quotes"),
        (b'{"a": 1}\n[2]\n', "a.jsonl", "table-json"),
        (b"[" * 100_000, "a.jsonl", "table-json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a.ndjson", "table-json"),
        (b"{}\n", "a.jsonl", "table-empty"),
    ],
)
def test_what_is_no_table(data: bytes, path: str, why: str) -> None:
    with pytest.raises(NotATable) as caught:
        read(data, path)
    assert caught.value.why.key == why
    assert caught.value.why.text("nl") != caught.value.why.text("en")


def test_one_endless_row() -> None:
    with pytest.raises(NotATable) as caught:
        read(b"," * 1000, is_cut=True)
    assert caught.value.why.key == "table-long-row"


@given(st.binary(max_size=2000), st.booleans(), st.sampled_from(table_reading.SUFFIXES))
@example(b"\xff\xfe\x00", True, ".csv")
@example(b"a\rb\r\n\x1c,\x85", False, ".csv")
@example(b'{"a":1e999}', False, ".jsonl")
def test_any_bytes_are_a_table_or_not(data: bytes, is_cut: bool, suffix: str) -> None:
    check_any(data, is_cut, suffix)


@given(st.text(alphabet='01.,;|\t\r\n"ae-+ é_', max_size=300), st.booleans())
def test_any_text_that_looks_like_a_table(text: str, is_cut: bool) -> None:
    check_any(text.encode(), is_cut, ".csv")


def check_any(data: bytes, is_cut: bool, suffix: str) -> None:
    try:
        rows = table_reading.read(data, f"x{suffix}", is_cut=is_cut, rows_most=20)
    except NotATable as error:
        assert error.why.text("nl")
        return
    table = table_rules.describe(rows)
    assert len(rows.rows) <= 20
    assert all(len(row) == len(table.columns) for row in table.first_rows)
    for column in table.columns:
        assert column.filled + column.missing == table.row_count
        assert column.distinct <= column.filled
        if column.edges:
            assert len(column.edges) == len(column.counts) + 1
            assert sum(column.counts) == column.filled
            assert all(low < high for low, high in pairwise(column.edges))


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8)


@given(st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n))))
def test_what_csv_writes_is_read_again(rows: list[list[str]]) -> None:
    names = [f"column{n}" for n in range(len(rows[0]) if rows else 2)]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([names, *rows])
    found = read(text.getvalue(), most=1000)
    if found.delimiter == ",":
        assert [names, *rows] == ([found.names] if found.names else []) + found.rows


@pytest.mark.parametrize(
    "data",
    [b"," * 2**20, b"1," * 2**19, b'"' * 2**20, b"\t;|," * 2**18, bytes(range(1, 256)) * 4000],
)
def test_the_worst_megabyte_ends(data: bytes) -> None:
    check_any(data, True, ".csv")


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"1-1-1' + " " * 130_000 + '\nx",2\n',
        'a,b\n"2026-01-01 10:00' + " " * 130_000 + '\nx",2\n',
    ],
)
@pytest.mark.timeout(20)
def test_no_cell_keeps_the_patterns_busy(text: str) -> None:
    """As long as a cell may be: tried once for each space, this would take minutes."""
    check_any(text.encode(), False, ".csv")


def test_lines_of_json_with_names_of_their_own_take_no_room() -> None:
    """Every row has a cell for each name before it: 80,000 names would be 80 million cells."""
    names = iter(range(80_000))
    lines = ["{" + ",".join(f'"{next(names):x}":1' for _ in range(40)) + "}" for _ in range(2000)]
    found = table_reading.read("\n".join(lines).encode(), "a.jsonl", is_cut=False, rows_most=2000)
    assert len(found.names) == 80_000
    assert max(map(len, found.rows)) <= 1000
    assert table_rules.describe(found).notes
