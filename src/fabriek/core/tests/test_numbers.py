"""Whole numbers as anybody may write them."""

import pytest

from fabriek.core.numbers import whole


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)]
)
def test_a_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(
    "text", ["", " 1", "-1", "+1", "1.0", "1e3", "0x1", "1_0", "٣", "²", "9" * 19]
)
def test_anything_else_is_none(text: str) -> None:
    assert whole(text) is None


def test_as_many_digits_as_wanted() -> None:
    assert whole("999", 3) == 999
    assert whole("1000", 3) is None
