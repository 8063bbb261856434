"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.access import amounts


@pytest.mark.parametrize(
    ("text", "dutch", "english"),
    [
        ("1000", "1000", "1000"),
        ("1.000", "1000", "1"),
        ("1,000", "1", "1000"),
        ("1.000,5", "1000.5", None),
        ("1,000.5", None, "1000.5"),
        ("2.5", "2.5", "2.5"),
        ("2,5", "2.5", "2.5"),
        ("0,123456", "0.123456", "0.123456"),
        (" 10 000 ", "10000", "10000"),
        ("10\u00a0000,25", "10000.25", "10000.25"),
        ("1.000.000", "1000000", None),
        ("1,000,000", None, "1000000"),
        (",5", "0.5", "0.5"),
        ("5,", "5", "5"),
        ("", None, None),
        (",", None, None),
        (".", None, None),
        ("-1", None, None),
        ("+1", None, None),
        ("1e9", None, None),
        ("nan", None, None),
        ("٣", None, None),
        ("1.00.000", None, None),
        ("1,0000001", None, None),
        ("9" * 41, None, None),
    ],
)
def test_reading(text: str, dutch: str | None, english: str | None) -> None:
    found = [amounts.read(text, language) for language in ("nl", "en")]
    assert found == [None if w is None else Decimal(w) for w in (dutch, english)]


@given(st.decimals(0, 10**9, places=6), st.sampled_from(["nl", "en"]))
def test_what_is_kept_reads_the_same_as_it_was(number: Decimal, language: str) -> None:
    kept = amounts.plain(number)
    shown = kept.replace(".", ",") if language == "nl" else kept
    assert amounts.read(shown, language) == number or ("." in kept and len(kept.split(".")[1]) == 3)


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    for language in ("nl", "en"):
        found = amounts.read(text, language)
        assert found is None or (found.is_finite() and found >= 0)
