"""Names that people choose."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.core import names
from fabriek.core.problems import Problem


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "   ",
        ".",
        "..",
        "a/b",
        "a\\b",
        "a\x00b",
        "a\nb",
        "a\u202eb",  # right-to-left override
        "a\u200fb",  # right-to-left mark
        "a\u2028b",
        "a\ufeffb",
        "x" * 300,
        "\ud800",
    ],
)
def test_refused(bad: str) -> None:
    with pytest.raises(Problem) as refused:
        names.checked(bad)
    assert refused.value.code == "invalid-name"
    assert refused.value.sentence("nl").isprintable()


@pytest.mark.parametrize("good", ["Ziekenhuis Assen", "Çigdem & Søn", "🌷 tulp", "a.b", "x" * 100])
def test_accepted(good: str) -> None:
    assert names.checked(f"  {good} ") == good


def test_one_spelling_for_what_looks_the_same() -> None:
    assert names.checked("e\u0301") == "é"


@given(st.text(max_size=150))
def test_what_passes_is_safe(text: str) -> None:
    try:
        name = names.checked(text)
    except Problem:
        return
    assert 0 < len(name) <= 100
    assert not set(name) & set("/\\\x00\n\r")
    assert name == unicodedata.normalize("NFC", name)
    assert names.checked(name) == name


@pytest.mark.parametrize("bad", ["", "A", "-a", "a-", "a_b", "a.b", "é", "x" * 64, "a\n"])
def test_slugs_refused(bad: str) -> None:
    with pytest.raises(Problem):
        names.checked_slug(bad)


@given(st.text(max_size=200))
def test_a_title_always_gives_a_good_slug(title: str) -> None:
    assert names.checked_slug(names.slug_from(title))


@given(st.text())
def test_free_text_is_tidy_or_refused(text: str) -> None:
    try:
        kept = names.free_text("summary", text, most=50)
    except Problem as problem:
        assert problem.code == "invalid-input"
    else:
        assert len(kept) <= 50 and not set(kept) & {"\x00", "\u202e", "\x1b", "\r"}
        assert names.free_text("summary", kept) == kept


def test_free_text_examples() -> None:
    assert names.free_text("x", " a\r\nb\t👩‍🔬 ") == "a\nb\t👩‍🔬"
    for wrong in ("\x00", "a\u202eb", "x" * 10_001):
        with pytest.raises(Problem):
            names.free_text("x", wrong)
    with pytest.raises(Problem, match="empty"):
        names.free_text("x", " \n ", needed=True)
