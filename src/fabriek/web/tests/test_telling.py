"""Problems on a page: figures and moments in its language, names as they are."""

import pytest
from django.utils import translation

from fabriek.core.problems import Problem
from fabriek.web.telling import tell

ASKED = Problem("allocation-exhausted", unit="cpu-hour", asked="1200.500000", left="1000.25")


@pytest.mark.parametrize(
    ("language", "figures"), [("nl", ("1.200,5", "1.000,25")), ("en", ("1,200.5", "1,000.25"))]
)
def test_numbers_are_written_as_the_page_does(language: str, figures: tuple[str, str]) -> None:
    with translation.override(language):
        said = str(tell(ASKED))
    assert all(figure in said for figure in figures)


def test_moments_are_told_in_amsterdam() -> None:
    ends = "2026-07-01T10:00:00+00:00"
    problem = Problem("allocation-not-valid", valid_from=ends, valid_until=ends)
    with translation.override("nl"):
        assert "1-7-2026 12:00" in str(tell(problem))
    with translation.override("en"):
        assert "1 Jul 2026 12:00" in str(tell(problem))


def test_what_names_a_thing_stays_as_it_is() -> None:
    with translation.override("nl"):
        assert "1234567" in str(tell(Problem("nothing-to-register", job=1234567)))


@pytest.mark.parametrize(
    "text", ["9999-99-99T99:99:99Z", "9999-12-31T23:59:59+00:00", "٢٠٢٦-01-01T00:00:00Z"]
)
def test_what_only_looks_like_a_moment_stays_as_it_is(text: str) -> None:
    """Facts also hold what people typed."""
    with translation.override("nl"):
        assert text in str(tell(Problem("allocation-not-valid", valid_from=text, valid_until="-")))
