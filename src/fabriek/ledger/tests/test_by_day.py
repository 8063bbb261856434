"""The sums by day are the sums of the entries, and are read in one question."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from fabriek.core import clock
from fabriek.ledger import actions, queries
from fabriek.ledger.models import DayTotal


def sets_the_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def account(db: None, monkeypatch: pytest.MonkeyPatch) -> int:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    sets_the_clock(monkeypatch, start)
    return actions.open_account("cpu-hour", Decimal(10), start, start + timedelta(days=30))


def test_each_day_has_what_it_added(
    account: int, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    actions.hold(account, "job:1", Decimal(4))
    sets_the_clock(monkeypatch, datetime(2026, 3, 3, 23, 30, tzinfo=UTC))  # the 4th in Amsterdam
    actions.settle("job:1", {"cpu-hour": Decimal("1.5")}, {})
    actions.hold(account, "job:2", Decimal(2))
    actions.release("job:2", {})
    actions.extend(account, more=Decimal(5))
    with django_assert_num_queries(1):
        days = queries.spent_by_day([account, account + 1])
    assert days[account + 1] == []
    assert [(d.day, d.granted, d.held, d.settled) for d in days[account]] == [
        (date(2026, 3, 2), 10, 4, 0),
        (date(2026, 3, 4), 5, -4, Decimal("1.5")),
    ]
    later = queries.spent_by_day([account], since=date(2026, 3, 3))
    assert [d.day for d in later[account]] == [date(2026, 3, 4)]
    assert queries.check(lambda subjects: subjects) == []


def test_the_check_finds_days_that_do_not_add_up(account: int) -> None:
    DayTotal.objects.filter(account_id=account).update(settled=Decimal(1))
    assert queries.check(lambda subjects: subjects) == [
        f"account {account}: its days do not add up to its entries"
    ]


def test_the_migration_adds_up_what_is_there(account: int) -> None:
    actions.hold(account, "job:1", Decimal(4))
    kept = queries.spent_by_day([account])
    DayTotal.objects.all().delete()
    import_module("fabriek.ledger.migrations.0002_sums_by_day").add_up(apps, None)
    assert queries.spent_by_day([account]) == kept
