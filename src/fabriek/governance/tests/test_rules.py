"""Which purposes can be cleared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.core.problems import Problem
from fabriek.governance import queries, rules

PURPOSES = queries.purposes()


def test_the_table_says_everything_in_both_languages() -> None:
    for purpose in PURPOSES.values():
        assert purpose.nl and purpose.en and purpose.nl != purpose.en
        assert purpose.status in {"allowed", "prohibited"}
        assert (purpose.status == "prohibited") == bool(purpose.rule)
    assert sum(p.status == "allowed" for p in PURPOSES.values()) >= 8


@pytest.mark.parametrize(
    ("purpose", "civilian", "code"),
    [
        ("scientific-research", True, None),
        ("care-research", False, None),
        ("defence", True, "purpose-not-civilian"),
        ("defence", False, None),
        ("social-scoring", True, "purpose-prohibited"),
        ("social-scoring", False, "purpose-prohibited"),
        ("", True, "purpose-unknown"),
        ("Scientific-Research", True, "purpose-unknown"),
    ],
)
def test_examples(purpose: str, civilian: bool, code: str | None) -> None:
    found = rules.refusal(PURPOSES, purpose, civilian=civilian)
    assert (found.code if found else None) == code


@given(st.text() | st.sampled_from(sorted(PURPOSES)), st.booleans())
def test_only_what_the_table_allows_passes(purpose: str, civilian: bool) -> None:
    found = rules.refusal(PURPOSES, purpose, civilian=civilian)
    known = PURPOSES.get(purpose)
    allowed = known is not None and known.status == "allowed" and (known.civilian or not civilian)
    assert (found is None) == allowed
    if found:
        problem = Problem(found.code, **found.facts)
        assert "?" not in problem.way_out("nl").replace(purpose, "")
        assert problem.sentence("en") and problem.sentence("nl")
