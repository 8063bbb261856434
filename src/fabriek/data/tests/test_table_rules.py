"""What a column holds: its type, what is missing, and how the values lie."""

import math
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.data import table_rules
from fabriek.data.table_bins import bin_edges
from fabriek.data.table_reading import Rows
from fabriek.data.table_rules import ColumnKind, column, describe


def of(*values: str, decimal_comma: bool = True) -> table_rules.ColumnFacts:
    return column(1, "x", values, decimal_comma=decimal_comma)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "-3"], "whole"),
        (["1.0", "2"], "whole"),
        (["1.5", "2", " 3 "], "number"),
        (["1e3", "2.5e-3"], "number"),
        (["1,5", "2,25"], "number"),
        (["1.234,5", "12,5"], "number"),
        (["1_000", "2"], "category"),
        (["١", "٢"], "category"),
        (["inf", "1"], "category"),
        (["0", "1", "1"], "yes-no"),
        (["1", "1"], "whole"),
        (["Yes", "no", "NO"], "yes-no"),
        (["ja", "nee", ""], "yes-no"),
        (["ja", "nee", "soms"], "category"),
        (["2024-01-31", "2024-02-01"], "date"),
        (["2024-01-31T10:00:00Z", "2024-02-01 09:30"], "date"),
        (["31-1-2024", "1-2-2024"], "date"),
        (["1/31/2024", "2/1/2024"], "date"),
        (["2024-13-01", "2024-01-01"], "category"),
        (["2024-01-01", "later"], "category"),
        (["", "NA", "n/a", " - ", "?", "   "], "empty"),
        (["a", "b"] * 10, "category"),
        ([f"text {n}" for n in range(20)], "text"),
        (["x"] * 100 + [f"text {n}" for n in range(60)], "text"),
    ],
)
def test_kinds(values: list[str], kind: str) -> None:
    assert of(*values).kind.value == kind


def test_a_comma_is_no_decimal_sign_in_a_table_with_commas() -> None:
    assert of("1,5", "2,5", decimal_comma=False).kind is ColumnKind.CATEGORY


def test_the_figures_of_numbers() -> None:
    facts = of("3", "NA", "1", "2", "", "2", "10")
    assert (facts.filled, facts.missing, facts.distinct) == (5, 2, 4)
    assert (facts.minimum, facts.median, facts.maximum) == (1, 2, 10)
    assert (facts.edges[0], facts.edges[-1], sum(facts.counts)) == (0.5, 10.5, 5)
    assert facts.counts[1] == 2


def test_the_figures_of_dates() -> None:
    facts = of("2024-03-01", "2024-01-01", "2024-01-15")
    assert facts.minimum == datetime(2024, 1, 1)
    assert facts.median == datetime(2024, 1, 15)
    assert len(facts.frequent) == 61 and sum(count for _, count in facts.frequent) == 3
    assert facts.frequent[0] == ("2024-01-01", 1) and facts.frequent[1] == ("2024-01-02", 0)
    months = of("2023-11-30", "2024-02-01")
    assert [month for month, _ in months.frequent] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    years = of(*[f"{year}-06-01" for year in range(2000, 2010)], "2000-07-01")
    assert years.frequent[0] == ("2000", 2)
    assert of("0001-01-01", "9999-12-31").frequent == ()


def test_the_most_frequent_values() -> None:
    facts = of(*["north"] * 3, *["south"] * 5, "")
    assert facts.frequent == (("south", 5), ("north", 3))
    long = of("x" * 1000, "x" * 1000)
    assert len(long.frequent[0][0]) == table_rules.CELL_CHARACTERS_MOST


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50))
def test_every_number_is_in_the_histogram(numbers: list[float]) -> None:
    facts = of(*map(repr, numbers))
    if facts.kind is ColumnKind.YES_NO:
        return
    assert facts.minimum == min(numbers) and facts.maximum == max(numbers)
    assert min(numbers) <= facts.median <= max(numbers)
    assert sum(facts.counts) == (len(numbers) if facts.edges else 0)


@given(st.floats(-1e12, 1e12), st.floats(0, 1e12), st.booleans())
def test_bins_are_few_rising_and_cover(low: float, span: float, whole: bool) -> None:
    if whole:
        low, span = float(round(low)), float(round(span))
    high = low + span
    edges = bin_edges(low, high, whole=whole)
    assert len(edges) <= 14
    assert all(one < other for one, other in pairwise(edges))
    if edges:
        slack = math.ulp(max(abs(low), abs(high))) * 4
        assert edges[0] <= low + slack and high <= edges[-1] + slack


def test_rows_of_another_length_are_filled_up_and_told() -> None:
    table = describe(Rows(["a", "b"], [["1"], ["1", "2", "3"], ["4", "5"]], True, "utf-8", ","))
    assert [facts.name for facts in table.columns] == ["a", "b", ""]
    assert [facts.missing for facts in table.columns] == [0, 1, 2]
    assert table.first_rows == [["1", "", ""], ["1", "2", "3"], ["4", "5", ""]]
    assert table.notes[0].text("en") == "2 rows do not have the 2 columns of the first row"


def test_a_wide_table_is_described_in_part() -> None:
    names = [f"c{n}" for n in range(5000)]
    table = describe(Rows(names, [["1"] * 5000], True, "utf-8", ","))
    assert len(table.columns) == len(table.first_rows[0]) == table_rules.COLUMNS_MOST
    assert [note.key for note in table.notes] == ["table-wide"]


def test_double_names_and_no_names_are_told() -> None:
    table = describe(Rows(["a", "a"], [], True, "utf-8", ","))
    assert [note.key for note in table.notes] == ["table-double-names"]
    assert [facts.kind for facts in table.columns] == [ColumnKind.EMPTY] * 2
    table = describe(Rows([], [["1"]], True, "utf-8", ","))
    assert [note.key for note in table.notes] == ["table-no-header"]
