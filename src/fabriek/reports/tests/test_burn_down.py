"""The course of a budget: what was left each day, and where its pace leads."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fabriek.ledger.queries import Balance, Day
from fabriek.ledger.rules import Outlook, day_of
from fabriek.reports.burn_down import Course, course

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def made(
    spent: dict[int, int],
    *,
    after_days: float,
    granted: int = 100,
    unit: str = "cpu-hour",
    days: int = 100,
) -> Course:
    """A budget of which so much was used on the nth day; for storage, added."""
    level = unit == "storage-gib"
    first = day_of(START)
    rows = [
        Day(
            first + timedelta(days=n),
            Decimal(granted if n == 0 else 0),
            Decimal(spent.get(n, 0) if level else 0),
            Decimal(0 if level else spent.get(n, 0)),
        )
        for n in sorted({0, *spent})
    ]
    total = Decimal(sum(spent.values()))
    balance = Balance(
        1,
        unit,
        Decimal(granted),
        total if level else Decimal(0),
        Decimal(0) if level else total,
        START,
        START + timedelta(days=days),
    )
    return course(balance, rows, START + timedelta(days=after_days))


def test_the_line_starts_with_all_of_it_and_ends_with_what_is_left_now() -> None:
    found = made({0: 10, 2: 20}, after_days=3)
    assert [left for _at, left in found.points] == [100, 90, 90, 70, 70]
    assert found.points[0][0] == START
    assert found.points[-1][0] == START + timedelta(days=3)


def test_the_forecast_goes_on_from_now_to_where_it_runs_out() -> None:
    found = made(dict.fromkeys(range(10), 5), after_days=10)
    assert found.forecast.outlook is Outlook.RUNS_OUT
    assert found.ahead[0] == (START + timedelta(days=10), 50)
    assert found.ahead[1] == (found.forecast.runs_out_at, 0)
    assert found.is_nearly_used


def test_a_slow_pace_goes_on_to_the_end() -> None:
    found = made(dict.fromkeys(range(10), 1), after_days=10, days=50)
    assert found.ahead[1][0] == START + timedelta(days=50)
    assert 45 < found.ahead[1][1] < 55 and found.percent_left == round(float(found.ahead[1][1]))
    assert not found.is_nearly_used


def test_storage_is_what_is_held_and_comes_back() -> None:
    found = made({0: 40, 3: -30}, after_days=5, unit="storage-gib")
    assert [left for _at, left in found.points] == [100, 60, 60, 60, 90, 90, 90]
    assert found.used == 10
    assert (found.forecast.outlook, found.percent_left, found.ahead) == (Outlook.UNUSED, 90, ())


def test_an_ended_budget_stops_at_its_end() -> None:
    found = made({0: 10}, after_days=30, days=5)
    assert found.points[-1] == (START + timedelta(days=5), 90)
    assert found.ahead == () and found.forecast.outlook is Outlook.OVER


@given(
    st.dictionaries(st.integers(0, 60), st.integers(0, 5), max_size=20),
    st.floats(0, 200),
    st.integers(1, 150),
)
def test_the_line_only_falls_and_never_goes_back_in_time(
    spent: dict[int, int], after_days: float, days: int
) -> None:
    spent = {day: amount for day, amount in spent.items() if day <= min(after_days, days)}
    found = made(spent, after_days=after_days, days=days)
    moments = [at for at, _left in found.points]
    amounts = [left for _at, left in found.points]
    assert moments == sorted(moments)
    assert amounts == sorted(amounts, reverse=True)
    assert all(0 <= left <= 100 for left in amounts)
    for (_now, start), (end, left) in [found.ahead] if found.ahead else []:
        assert 0 <= left <= float(start) + 1e-9
        assert end <= found.balance.valid_until
