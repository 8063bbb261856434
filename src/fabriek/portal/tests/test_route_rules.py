"""The route finder's rule: each set of answers ends in a mode that admits it, or in a sentence."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.access import data_files
from fabriek.access.rules import Limits, Mode, within
from fabriek.portal import rules
from fabriek.portal.questions import QUESTIONS
from fabriek.portal.rules import Answers, Ending, Way, find

MODES = tuple(data_files.modes().values())


def way(
    kind: str = "sme",
    place: str = "nl",
    goal: str = "product",
    experience: bool = True,
    size: str = "small",
) -> Way:
    return find(Answers(kind, place, goal, experience, size), MODES)


def mode_id(found: Way) -> str:
    assert found.mode is not None
    return found.mode.id


@pytest.mark.parametrize(
    ("answers", "mode"),
    [
        ({"goal": "try"}, "playground"),
        ({"goal": "try", "kind": "health-care", "experience": False}, "playground"),
        ({}, "fast-lane"),
        ({"experience": False}, "playground"),
        ({"size": "large"}, "fast-lane"),
        ({"size": "largest", "kind": "large-company"}, "large-scale"),
        ({"goal": "research", "kind": "research"}, "science"),
        ({"goal": "research", "kind": "start-up", "place": "associated"}, "fast-lane"),
        ({"goal": "product", "kind": "public-body", "size": "largest"}, "science"),
        ({"goal": "teaching", "kind": "education"}, "education"),
        ({"goal": "teaching", "kind": "education", "size": "medium"}, "playground"),
        ({"goal": "teaching", "kind": "sme"}, "playground"),
    ],
)
def test_answers_lead_to_a_mode_that_takes_it_all(answers: dict[str, object], mode: str) -> None:
    found = way(**answers)  # type: ignore[arg-type]
    assert (found.ending, mode_id(found)) == (Ending.FITS, mode)


def test_a_newcomer_with_a_large_plan_starts_small_and_is_told_what_comes_then() -> None:
    found = way(experience=False, size="largest")
    assert (found.ending, mode_id(found)) == (Ending.START_SMALL, "playground")
    assert found.gpu_hours == 5000
    assert found.then is not None and found.then.id == "large-scale"


def test_a_class_that_asks_very_much_starts_with_what_education_gives() -> None:
    found = way(goal="teaching", kind="education", size="largest")
    assert (mode_id(found), found.gpu_hours, found.then) == ("education", 2000, None)


def test_nobody_of_defence_or_from_outside_is_led_on() -> None:
    assert way(kind="defence").ending is Ending.DEFENCE
    assert way(place="other").ending is Ending.OUTSIDE
    assert rules.next_question({"kind": "defence"}) is None
    assert rules.next_question({"kind": "sme", "place": "other"}) is None


def test_questions_come_in_their_order_and_unknown_answers_are_asked_again() -> None:
    assert rules.next_question({}) == "kind"
    answers = rules.known({"size": "small", "kind": "sme", "place": "mars", "x": "y"})
    assert answers == {"kind": "sme", "size": "small"}
    assert rules.next_question(answers) == "place"


def test_each_answer_has_its_words() -> None:
    assert list(QUESTIONS) == list(rules.QUESTIONS)
    for name, values in rules.QUESTIONS.items():
        assert [option.value for option in QUESTIONS[name].options] == list(values)


def assert_sound(answers: Answers, modes: Sequence[Mode]) -> None:
    found = find(answers, modes)
    group = rules.PLACES[answers.place]
    if found.mode is None:
        assert found.ending in {Ending.DEFENCE, Ending.OUTSIDE, Ending.NOTHING}
        return
    assert found.ending in {Ending.FITS, Ending.START_SMALL}
    for mode, hours in (
        (found.mode, found.gpu_hours),
        *((m, answers.gpu_hours) for m in found.others),
    ):
        assert answers.kind in mode.organisations
        assert group in mode.country_groups
        assert answers.experience or not mode.needs_experience
        assert within(mode.gpu_hours, hours)
    assert found.mode not in found.others
    assert (found.ending is Ending.FITS) == (found.gpu_hours == answers.gpu_hours)
    if found.then:
        assert within(found.then.gpu_hours, answers.gpu_hours)


def test_with_todays_modes_every_combination_ends_well() -> None:
    for kind, place, goal, experience, size in product(*rules.QUESTIONS.values()):
        answers = Answers(kind, place, goal, experience == "yes", size)
        assert_sound(answers, MODES)
        assert find(answers, MODES).ending is not Ending.NOTHING


limits = st.builds(
    lambda over, more: Limits(most=Decimal((over or 0) + more), over=over and Decimal(over)),
    st.none() | st.integers(1, 10**6),
    st.integers(1, 10**6),
)
modes = st.builds(
    lambda name, base, hours, kinds, groups, experience: replace(
        base,
        id=name,
        gpu_hours=hours,
        organisations=kinds,
        country_groups=groups,
        needs_experience=experience,
    ),
    st.sampled_from([*(mode.id for mode in MODES), "another"]),
    st.sampled_from(MODES),
    limits,
    st.frozensets(st.sampled_from(rules.KINDS)),
    st.frozensets(st.sampled_from(["eu", "associated"])),
    st.booleans(),
)
answers = st.builds(
    Answers,
    *(st.sampled_from(values) for values in (rules.KINDS, tuple(rules.PLACES), rules.GOALS)),
    st.booleans(),
    st.sampled_from(tuple(rules.SIZES)),
)


@given(answers, st.lists(modes, max_size=6, unique_by=lambda mode: mode.id))
def test_whatever_the_modes_become_nobody_is_sent_to_one_that_refuses(
    given_answers: Answers, some: list[Mode]
) -> None:
    assert_sound(given_answers, some)
