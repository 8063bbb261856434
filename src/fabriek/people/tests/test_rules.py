"""Numbers and countries: examples, and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.core.problems import Problem
from fabriek.people import rules


def code_of(call, *args) -> str:
    with pytest.raises(Problem) as caught:
        call(*args)
    return caught.value.code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("01171986", "01171986"), ("0117 1986", "01171986"), ("01.17.19.86", "01171986")],
)
def test_kvk(typed: str, kept: str) -> None:
    assert rules.kvk(typed) == kept


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567a", "00000000", "١٢٣٤٥٦٧٨"])
def test_kvk_refused(typed: str) -> None:
    assert code_of(rules.kvk, typed) == "invalid-kvk"


@pytest.mark.parametrize(
    "typed", ["012p63287", "https://ror.org/012p63287", "ror.org/012P63287", " 012p63287 "]
)
def test_ror(typed: str) -> None:
    assert rules.ror(typed) == "https://ror.org/012p63287"  # University of Groningen


@pytest.mark.parametrize(
    "typed", ["012p63288", "112p63287", "012i63287", "https://x.org/012p63287", ""]
)
def test_ror_refused(typed: str) -> None:
    assert code_of(rules.ror, typed) == "invalid-ror"


@given(st.text(alphabet="0123456789abcdefghjkmnpqrstvwxyz", min_size=6, max_size=6))
def test_ror_with_its_check_digits_is_taken_and_with_others_not(characters: str) -> None:
    digits = rules.ror_check_digits(characters)
    assert rules.ror(f"0{characters}{digits}").endswith(f"{characters}{digits}")
    other = f"{(int(digits) + 1) % 100:02d}"
    assert code_of(rules.ror, f"0{characters}{other}") == "invalid-ror"


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("NL004495445B01", "NL", "NL004495445B01"),
        ("nl 0044.95.445.B01", "NL", "NL004495445B01"),
        ("BE0428759497", "BE", "BE0428759497"),
        ("GB980780684", "GB", "980780684"),
        ("MD-12345", "MD", "MD12345"),
    ],
)
def test_vat(typed: str, country: str, kept: str) -> None:
    assert rules.vat(typed, country) == kept


@pytest.mark.parametrize(
    ("typed", "country"),
    [("NL004495445B02X", "NL"), ("004495445B01", "NL"), ("123", "MD"), ("1", "GB")],
)
def test_vat_refused(typed: str, country: str) -> None:
    assert code_of(rules.vat, typed, country) == "invalid-vat"


def test_pic() -> None:
    assert rules.pic(" 999985320 ") == "999985320"
    assert code_of(rules.pic, "99998532") == "invalid-pic"
    assert code_of(rules.pic, "99998532a") == "invalid-pic"


def test_countries() -> None:
    groups = rules.countries()
    assert rules.country(" nl ") == "NL"
    assert (groups["NL"], groups["CH"], groups["US"]) == ("eu", "associated", "other")
    assert list(groups.values()).count("eu") == 27
    assert list(groups.values()).count("associated") == 11
    assert len(groups) == 249
    assert code_of(rules.country, "UK") == "unknown-country"


@given(st.text(max_size=40), st.sampled_from(sorted(rules.countries())))
def test_any_text_gives_a_number_or_a_problem(text: str, country: str) -> None:
    for check in (rules.kvk, rules.ror, rules.pic, rules.country, lambda t: rules.vat(t, country)):
        try:
            kept = check(text)
        except Problem as problem:
            assert problem.status == 422
            assert problem.sentence("nl") and problem.sentence("en")
        else:
            assert kept == kept.strip() and kept


@given(st.text(max_size=80))
def test_a_slug_is_what_core_takes(text: str) -> None:
    assert rules.is_slug(text) == (
        text != ""
        and set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        and text[0] != "-"
        and text[-1] != "-"
        and len(text) <= 63
    )
