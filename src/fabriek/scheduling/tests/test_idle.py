"""The time in which nothing ran, in its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.scheduling.idle import Life, Split, split

moments = st.integers(0, 100)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    queued, *later = sorted(draw(st.lists(moments, min_size=3, max_size=3)))
    started = draw(st.sampled_from([later[0], None]))
    ended = draw(st.sampled_from([later[1], None]))
    return Life(queued, started, ended)


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([], Split(0, 100, 0)),
        ([Life(10, 30, 60)], Split(30, 50, 20)),
        ([Life(10, 30, None)], Split(70, 10, 20)),
        ([Life(10, None, None)], Split(0, 10, 90)),
        ([Life(10, None, 40)], Split(0, 70, 30)),
        ([Life(-50, -20, 500)], Split(100, 0, 0)),
        ([Life(10, 20, 50), Life(15, 50, 60)], Split(40, 50, 10)),
        ([Life(10, 20, 50), Life(15, 60, 70)], Split(40, 40, 20)),
        ([Life(200, 210, 220)], Split(0, 100, 0)),
    ],
)
def test_by_example(jobs: list[Life], expected: Split) -> None:
    assert split(jobs, 0, 100) == expected


def second_by_second(jobs: list[Life], since: int, until: int) -> Split:
    """The same, by looking at every second."""
    parts = [0, 0, 0]
    for second in range(since, until):
        runs = waits = False
        for job in jobs:
            ended = until if job.ended_s is None else job.ended_s
            started = ended if job.started_s is None else job.started_s
            waits |= job.queued_s <= second < started
            runs |= started <= second < ended
        parts[0 if runs else 2 if waits else 1] += 1
    return Split(*parts)


@given(st.lists(lives(), max_size=8), moments, st.integers(1, 60))
def test_as_looking_at_every_second(jobs: list[Life], since: int, length: int) -> None:
    assert split(jobs, since, since + length) == second_by_second(jobs, since, since + length)


@given(st.lists(lives(), max_size=8))
def test_the_parts_add_up_and_order_does_not_matter(jobs: list[Life]) -> None:
    found = split(jobs, 0, 100)
    assert found.ran_s + found.nothing_queued_s + found.no_room_s == 100
    assert split(reversed(jobs), 0, 100) == found
