"""EASY by example, and its promises by property."""

from hypothesis import given
from hypothesis import strategies as st

from fabriek.scheduling.easy import Running, Waiting, expected_starts, starts
from fabriek.scheduling.resources import Resources

FOUR = Resources(cpus=4, memory_mib=1000)


def job(key: int, cpus: int, duration_s: float) -> Waiting:
    return Waiting(key, Resources(cpus=cpus), duration_s)


def running(cpus: int, left_s: float) -> Running:
    return Running(Resources(cpus=cpus), left_s)


def test_all_that_fits_starts_in_order() -> None:
    assert starts([job(1, 2, 10), job(2, 2, 10), job(3, 1, 10)], [], FOUR) == [1, 2]


def test_a_short_job_goes_before_a_blocked_head_that_it_does_not_delay() -> None:
    queue = [job(1, 4, 100), job(2, 2, 50), job(3, 2, 51)]
    assert starts(queue, [running(2, 50)], FOUR) == [2]


def test_a_long_job_may_use_what_the_head_leaves_over() -> None:
    queue = [job(1, 3, 100), job(2, 1, 10_000)]
    assert starts(queue, [running(2, 50)], FOUR) == [2]


def test_a_long_job_may_not_delay_the_head() -> None:
    queue = [job(1, 4, 100), job(2, 1, 10_000)]
    assert starts(queue, [running(2, 50)], FOUR) == []


def test_memory_counts_as_well() -> None:
    queue = [Waiting(1, Resources(cpus=1, memory_mib=2000), 1), job(2, 1, 1)]
    assert starts(queue, [], FOUR) == []  # the first can never run: everyone waits for admission


def test_expected_start_of_a_blocked_job_is_the_end_of_what_blocks_it() -> None:
    queue = [job(1, 4, 100), job(2, 4, 10)]
    assert expected_starts(queue, [running(1, 30)], FOUR) == {1: 30, 2: 130}


def test_a_job_starts_in_what_was_free_all_along() -> None:
    # The second waits for the first to start, not for what runs beside it.
    queue = [job(1, 3, 100), job(2, 1, 10)]
    assert expected_starts(queue, [running(2, 30), running(1, 500)], FOUR) == {1: 30, 2: 130}
    queue = [job(1, 2, 100), job(2, 1, 10)]
    assert expected_starts(queue, [running(2, 30), running(1, 500)], FOUR) == {1: 30, 2: 30}


jobs = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 50)).map(lambda t: (t[0], float(t[1]))), max_size=12
)


@given(queue=jobs, busy=jobs)
def test_never_more_than_the_capacity_and_the_head_is_not_delayed(
    queue: list[tuple[int, float]], busy: list[tuple[int, float]]
) -> None:
    capacity = Resources(cpus=8)
    at_work: list[Running] = []
    for cpus, left in busy:
        if sum(r.needs.cpus for r in at_work) + cpus <= 8:
            at_work.append(running(cpus, left))
    waiting = [job(i, cpus, d) for i, (cpus, d) in enumerate(queue)]
    chosen = starts(waiting, at_work, capacity)
    used = sum(r.needs.cpus for r in at_work) + sum(waiting[k].needs.cpus for k in chosen)
    assert used <= 8
    blocked = [w for w in waiting if w.key not in chosen]
    if not blocked:
        return
    head = blocked[0]
    before = [w for w in waiting if w.key < head.key]
    after = at_work + [Running(w.needs, w.duration_s) for w in before]
    all_after = at_work + [Running(waiting[k].needs, waiting[k].duration_s) for k in chosen]
    promised = expected_starts([head], after, capacity)[head.key]
    assert expected_starts([head], all_after, capacity)[head.key] <= promised


@given(queue=jobs, busy=jobs)
def test_expected_starts_are_those_of_a_clock_that_ticks(
    queue: list[tuple[int, float]], busy: list[tuple[int, float]]
) -> None:
    """Second by second: whatever has ended gives back, and the first in line goes when it fits."""
    capacity, free, ends = 8, 8, []
    at_work = []
    for cpus, left in busy:
        if cpus <= free:
            free -= cpus
            ends.append((left, cpus))
            at_work.append(running(cpus, left))
    waiting = [job(key, cpus, left) for key, (cpus, left) in enumerate(queue)]
    found: dict[int, float] = {}
    line, second = list(waiting), 0.0
    while line:
        free += sum(cpus for end, cpus in ends if end == second)
        ends = [(end, cpus) for end, cpus in ends if end > second]
        while line and line[0].needs.cpus <= free:
            head = line.pop(0)
            found[head.key] = second
            free -= head.needs.cpus
            ends.append((second + head.duration_s, head.needs.cpus))
        second += 1
    assert expected_starts(waiting, at_work, Resources(cpus=capacity)) == found
