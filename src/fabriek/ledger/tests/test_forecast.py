"""How long a budget lasts at the pace of the last days: by example and by property."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fabriek.ledger.rules import PACE_DAYS, Forecast, Outlook, day_of, forecast

START = datetime(2026, 3, 2, 0, tzinfo=UTC)
END = START + timedelta(days=100)


def told(
    by_day: dict[int, float], *, granted: int = 100, after_days: float = 20, days: int = 100
) -> Forecast:
    used_by_day = {day_of(START) + timedelta(days=n): Decimal(v) for n, v in by_day.items()}
    return forecast(
        granted=Decimal(granted),
        used=sum(used_by_day.values(), Decimal(0)),
        used_by_day=used_by_day,
        starts_at=START,
        ends_at=START + timedelta(days=days),
        now=START + timedelta(days=after_days),
    )


def test_a_steady_pace_that_is_too_quick_runs_out() -> None:
    found = told(dict.fromkeys(range(20), 2.0))
    assert found.outlook is Outlook.RUNS_OUT
    assert found.days == PACE_DAYS
    assert 1.9 < found.per_day < 2.2
    assert found.runs_out_at is not None
    assert timedelta(days=27) < found.runs_out_at - (START + timedelta(days=20)) < timedelta(32)


def test_a_slow_pace_keeps_a_share_unused() -> None:
    found = told(dict.fromkeys(range(20), 0.5))
    assert found.outlook is Outlook.LASTS
    assert 0.45 < found.left_share < 0.55
    assert found.runs_out_at is None


def test_only_the_last_fourteen_days_count() -> None:
    quick_long_ago = told({0: 40, 1: 40, 19: 0.1})
    assert quick_long_ago.outlook is Outlook.LASTS
    assert quick_long_ago.per_day < 0.01


def test_what_is_shorter_than_fourteen_days_counts_in_full() -> None:
    assert told({0: 3, 1: 3}, after_days=3).days == 4  # the fourth day has begun in Amsterdam


def test_the_words_for_the_other_cases() -> None:
    assert told({}, granted=0).outlook is Outlook.NOTHING_GRANTED
    assert told({0: 100}).outlook is Outlook.USED_UP
    assert told({0: 50}, after_days=100).outlook is Outlook.OVER
    assert told({0: 50}, after_days=0.5).outlook is Outlook.TOO_EARLY
    assert told({}).outlook is Outlook.UNUSED
    assert told({19: -3}).outlook is Outlook.UNUSED  # storage that shrank


def test_a_day_begins_at_midnight_in_amsterdam() -> None:
    assert day_of(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert day_of(datetime(2026, 1, 1, 22, 30, tzinfo=UTC)) == date(2026, 1, 1)


amounts = st.dictionaries(st.integers(0, 60), st.floats(0, 1e6), max_size=20)
moments = st.floats(-5, 120, allow_nan=False)


@given(amounts, moments, st.integers(0, 10**9), st.integers(1, 400))
def test_a_forecast_keeps_within_what_is_possible(
    by_day: dict[int, float], after_days: float, granted: int, days: int
) -> None:
    found = told(by_day, granted=granted, after_days=after_days, days=days)
    now, ends_at = START + timedelta(days=after_days), START + timedelta(days=days)
    assert 0 <= found.left_share <= 1
    assert found.per_day >= 0
    assert 1 <= found.days <= PACE_DAYS
    assert (found.runs_out_at is not None) == (found.outlook is Outlook.RUNS_OUT)
    if found.runs_out_at:
        assert now <= found.runs_out_at <= ends_at


@given(
    st.dictionaries(st.integers(7, 19), st.floats(0.001, 5), min_size=1),
    st.floats(1, 10),
    st.integers(50, 500),
)
def test_who_uses_more_is_never_told_to_last_longer(
    by_day: dict[int, float], factor: float, granted: int
) -> None:
    slow = told(by_day, granted=granted)
    quick = told({day: amount * factor for day, amount in by_day.items()}, granted=granted)
    assert quick.left_share <= slow.left_share + 1e-9
    if slow.outlook is Outlook.RUNS_OUT:
        assert quick.outlook in {Outlook.RUNS_OUT, Outlook.USED_UP}
        if quick.runs_out_at and slow.runs_out_at:
            assert quick.runs_out_at <= slow.runs_out_at + timedelta(seconds=1)


@given(
    st.dictionaries(st.integers(0, 19), st.integers(1, 4), min_size=1),
    st.integers(1, 1000),
)
def test_the_unit_does_not_matter(by_day: dict[int, int], factor: int) -> None:
    one = told({day: float(amount) for day, amount in by_day.items()})
    other = told(
        {day: float(amount * factor) for day, amount in by_day.items()}, granted=100 * factor
    )
    assert one.outlook is other.outlook
    assert abs(one.left_share - other.left_share) < 1e-9
