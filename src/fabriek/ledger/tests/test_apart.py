"""What is done to one account or one subject touches no other, and leaves a trail of its own."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fabriek.core import clock
from fabriek.ledger import actions, queries
from fabriek.ledger.models import Hold

pytestmark = pytest.mark.django_db


def open_account(unit: str = "cpu-hour") -> int:
    now = clock.now()
    return actions.open_account(
        unit, Decimal(10), now - timedelta(days=1), now + timedelta(days=10)
    )


def held(*accounts: int) -> list[Decimal]:
    found = queries.balances(accounts)
    return [found[account].held for account in accounts]


def books_are_right() -> bool:
    return queries.check(lambda subjects: subjects) == []


def test_an_extension_is_for_one_account() -> None:
    mine, other = open_account(), open_account()
    before = queries.balances([other])
    actions.extend(mine, more=Decimal(5), until=clock.now() + timedelta(days=99))
    assert queries.balances([other]) == before


def test_a_balance_says_whose_it_is_and_what_it_is_of() -> None:
    now = clock.now()
    until = now + timedelta(days=1)
    account = actions.open_account("gpu-hour", Decimal(10), now, until)
    actions.hold(account, "job:1", Decimal(3))
    actions.hold(account, "job:2", Decimal(1))
    actions.settle("job:2", {"gpu-hour": Decimal(1)}, {})
    assert queries.balances([account]) == {
        account: queries.Balance(
            account, "gpu-hour", Decimal(10), Decimal(3), Decimal(1), now, until
        )
    }


def test_a_release_frees_one_subject_only() -> None:
    mine, other = open_account(), open_account()
    actions.hold(mine, "job:1", Decimal(4))
    actions.hold(mine, "job:2", Decimal(3))
    actions.hold(other, "job:3", Decimal(4))
    actions.release("job:1", {})
    assert held(mine, other) == [3, 4]
    assert set(Hold.objects.filter(state="open").values_list("subject", flat=True)) == {
        "job:2",
        "job:3",
    }
    assert books_are_right()


def test_a_resize_changes_one_subject_on_one_account() -> None:
    mine, other = open_account(), open_account()
    for account, subject in [(mine, "dataset:1"), (mine, "dataset:2"), (other, "dataset:1")]:
        actions.resize(account, subject, Decimal(4))
    actions.resize(other, "dataset:1", Decimal(1))
    assert held(mine, other) == [8, 1]
    amounts = Hold.objects.order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [4, 4, 1]
    assert books_are_right()


def test_what_was_charged_is_told_for_one_subject() -> None:
    account = open_account()
    for subject, used in [("job:1", "1"), ("job:2", "2")]:
        actions.hold(account, subject, Decimal(3))
        actions.settle(subject, {"cpu-hour": Decimal(used)}, {})
    actions.hold(account, "job:3", Decimal(3))
    actions.release("job:3", {})
    assert queries.settled("job:1") == {"cpu-hour": 1}
    assert queries.settled("job:3") == {}


def test_a_unit_of_which_nothing_was_used_is_charged_nothing() -> None:
    cpu, gpu = open_account(), open_account("gpu-hour")
    actions.hold(cpu, "job:1", Decimal(2))
    actions.hold(gpu, "job:1", Decimal(2))
    actions.settle("job:1", {"cpu-hour": Decimal(2)}, {})
    assert queries.settled("job:1") == {"cpu-hour": 2, "gpu-hour": 0}
    assert queries.balances([gpu])[gpu].left == 10


def test_each_hold_keeps_its_trail_with_the_facts_of_its_end() -> None:
    account = open_account()
    facts = {"attempt": 2}
    for subject in ("job:1", "job:2"):
        actions.hold(account, subject, Decimal(2))
        actions.resize(account, subject, Decimal(3))
    actions.settle("job:1", {"cpu-hour": Decimal(1)}, facts)
    actions.release("job:2", facts)
    for subject, end in [("job:1", "settle"), ("job:2", "release")]:
        row = Hold.objects.get(subject=subject)
        trail = row.entries.order_by("pk").values_list("kind", "held", "facts")
        assert list(trail) == [("hold", 2, {}), ("resize", 1, {}), (end, -3, facts)]
        assert row.opened_at <= row.closed_at <= clock.now()
