"""Hold, settle, release, resize: by example, by property, and by a hundred at once."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, close_old_connections, connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.ledger import actions, queries
from fabriek.ledger.models import Account, Entry, Hold


def open_account(granted: str, unit: str = "cpu-hour", days: int = 10) -> int:
    now = clock.now()
    return actions.open_account(
        unit, Decimal(granted), now - timedelta(days=1), now + timedelta(days=days)
    )


def balance(account: int) -> tuple[Decimal, Decimal, Decimal]:
    found = queries.balances([account])[account]
    return found.held, found.settled, found.left


def all_live(subjects: set[str]) -> set[str]:
    return subjects


@pytest.mark.django_db
def test_what_is_held_and_used_is_charged_and_the_rest_comes_back() -> None:
    account = open_account("10")
    actions.hold(account, "job:1", Decimal("4"))
    assert balance(account) == (4, 0, 6)
    actions.settle("job:1", {"cpu-hour": Decimal("1.25")}, {})
    assert balance(account) == (0, Decimal("1.25"), Decimal("8.75"))
    assert queries.settled("job:1") == {"cpu-hour": Decimal("1.25")}
    assert queries.check(all_live) == []


@pytest.mark.django_db
def test_every_verb_can_be_repeated() -> None:
    account = open_account("10")
    for _ in range(3):
        actions.hold(account, "job:1", Decimal("4"))
    for _ in range(3):
        actions.settle("job:1", {"cpu-hour": Decimal("1")}, {})
    actions.release("job:1", {})
    assert balance(account) == (0, 1, 9)
    actions.hold(account, "job:1", Decimal("4"))
    assert balance(account) == (0, 1, 9)  # a subject that ended does not come back to life


@pytest.mark.django_db
def test_a_release_charges_nothing() -> None:
    account = open_account("10")
    actions.hold(account, "job:1", Decimal("10"))
    actions.release("job:1", {"why": "test"})
    assert balance(account) == (0, 0, 10)
    assert queries.check(lambda _: set()) == []


@pytest.mark.django_db
def test_more_than_is_left_is_refused_and_leaves_no_trace() -> None:
    account = open_account("10")
    actions.hold(account, "job:1", Decimal("7"))
    with pytest.raises(Problem) as refused:
        actions.hold(account, "job:2", Decimal("3.000001"))
    assert refused.value.code == "allocation-exhausted"
    assert refused.value.facts["left"] == "3.000000" or refused.value.facts["left"] == "3"
    assert not Hold.objects.filter(subject="job:2").exists()
    actions.hold(account, "job:3", Decimal("3"))
    assert balance(account)[2] == 0


@pytest.mark.django_db
def test_use_beyond_the_hold_is_recorded_but_not_charged() -> None:
    account = open_account("10")
    actions.hold(account, "job:1", Decimal("1"))
    actions.settle("job:1", {"cpu-hour": Decimal("1.5")}, {})
    assert balance(account) == (0, 1, 9)
    assert Entry.objects.get(kind="settle").over == Decimal("0.5")


@pytest.mark.django_db
def test_one_subject_holds_on_two_accounts_and_each_is_charged_its_unit() -> None:
    cpu, gpu = open_account("10"), open_account("5", unit="gpu-hour")
    actions.hold(cpu, "job:1", Decimal("2"))
    actions.hold(gpu, "job:1", Decimal("1"))
    actions.settle("job:1", {"cpu-hour": Decimal("2"), "gpu-hour": Decimal("0.5")}, {})
    assert balance(cpu)[1:] == (2, 8)
    assert balance(gpu)[1:] == (Decimal("0.5"), Decimal("4.5"))


@pytest.mark.django_db
def test_storage_is_a_level() -> None:
    account = open_account("10", unit="storage-gib")
    actions.resize(account, "stored:1", Decimal("4"))
    actions.resize(account, "stored:1", Decimal("9"))
    assert balance(account) == (9, 0, 1)
    with pytest.raises(Problem):
        actions.resize(account, "stored:1", Decimal("11"))
    actions.resize(account, "stored:1", Decimal("2"))
    assert balance(account) == (2, 0, 8)
    assert queries.check(all_live) == []


@pytest.mark.django_db
def test_outside_its_dates_nothing_new_is_held_but_holds_can_shrink_and_close() -> None:
    account = open_account("10")
    actions.hold(account, "job:1", Decimal("2"))
    actions.resize(account, "stored:1", Decimal("3"))
    Account.objects.update(valid_until=clock.now())
    with pytest.raises(Problem) as refused:
        actions.hold(account, "job:2", Decimal("1"))
    assert refused.value.code == "allocation-not-valid"
    with pytest.raises(Problem):
        actions.resize(account, "stored:1", Decimal("4"))
    actions.resize(account, "stored:1", Decimal("1"))
    actions.settle("job:1", {"cpu-hour": Decimal("1")}, {})
    assert balance(account) == (1, 1, 8)


@pytest.mark.django_db
def test_an_extension_gives_more_and_longer() -> None:
    account = open_account("1", days=1)
    until = clock.now() + timedelta(days=99)
    actions.extend(account, more=Decimal("2"), until=until)
    found = queries.balances([account])[account]
    assert (found.granted, found.valid_until) == (3, until)
    assert queries.check(all_live) == []


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["held", "settled", "granted"])
def test_the_check_finds_a_balance_that_was_tampered_with(column: str) -> None:
    account = open_account("10")
    actions.hold(account, "job:1", Decimal("2"))
    actions.settle("job:1", {"cpu-hour": Decimal("1")}, {})
    Account.objects.update(**{column: Decimal("5")})
    assert any(column in finding for finding in queries.check(all_live))


@pytest.mark.django_db
def test_the_check_finds_a_hold_left_behind_and_one_closed_twice() -> None:
    account = open_account("10")
    actions.hold(account, "job:1", Decimal("2"))
    assert "job:1" in queries.check(lambda _: set())[0]
    actions.release("job:1", {})
    row = Hold.objects.get()
    Entry.objects.create(account_id=account, hold=row, kind="release", at=clock.now())
    assert "2 closing entries" in queries.check(all_live)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"held": Decimal(11)}, {"settled": Decimal(-1)}])
def test_the_database_itself_refuses_an_overdraft(change: dict[str, Decimal]) -> None:
    open_account("10")
    with pytest.raises(IntegrityError):
        Account.objects.update(**change)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_submissions_at_once_never_overdraw() -> None:
    """Room for 30 holds of 1/3 hour and 100 threads that want one."""
    account = open_account("10")
    third = Decimal("0.333333")
    outcomes: list[bool] = []

    def one(number: int) -> None:
        try:
            actions.hold(account, f"job:{number}", third)
            outcomes.append(True)
        except Problem:
            outcomes.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert (outcomes.count(True), outcomes.count(False)) == (30, 70)
    assert balance(account)[0] == third * 30
    assert queries.check(all_live) == []


amounts = st.decimals(0, 4, places=6)
steps = st.lists(
    st.tuples(st.sampled_from(["hold", "settle", "release", "resize"]), st.integers(1, 4), amounts),
    max_size=15,
)


class AnySequence(TestCase):
    """Whatever is asked in whatever order, the books stay right."""

    @settings(max_examples=60, deadline=None)
    @given(steps)
    def test_the_books_stay_right(self, sequence: list[tuple[str, int, Decimal]]) -> None:
        account = open_account("10")
        for verb, number, amount in sequence:
            subject = f"job:{number}"
            try:
                if verb == "hold":
                    actions.hold(account, subject, amount)
                elif verb == "resize":
                    actions.resize(account, subject, amount)
                elif verb == "settle":
                    actions.settle(subject, {"cpu-hour": amount}, {})
                else:
                    actions.release(subject, {})
            except Problem as problem:
                assert problem.code in {"allocation-exhausted", "hold-changed"}
            held, settled, left = balance(account)
            assert held >= 0 and settled >= 0 and left >= 0
            assert queries.check(all_live) == []
