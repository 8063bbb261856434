"""What the ledger refuses, exactly from where, and what it says then."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.ledger import actions, queries
from fabriek.ledger.models import Hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> int:
    now = clock.now()
    return actions.open_account("cpu-hour", Decimal(10), now, now + timedelta(days=1))


def test_what_was_charged_is_gone_and_the_refusal_says_what_is_left(account: int) -> None:
    actions.hold(account, "job:1", Decimal(6))
    actions.settle("job:1", {"cpu-hour": Decimal(6)}, {})
    actions.hold(account, "job:2", Decimal(1))
    with pytest.raises(Problem) as refused:
        actions.hold(account, "job:3", Decimal("3.000001"))
    assert refused.value.code == "allocation-exhausted"
    facts = refused.value.facts
    assert (facts["unit"], facts["asked"], Decimal(facts["left"])) == ("cpu-hour", "3.000001", 3)


def test_the_first_moment_counts_and_the_last_does_not(
    account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = queries.balances([account])[account]
    monkeypatch.setattr(clock, "now", lambda: found.valid_from)
    actions.hold(account, "job:1", Decimal(1))
    monkeypatch.setattr(clock, "now", lambda: found.valid_until)
    with pytest.raises(Problem) as refused:
        actions.hold(account, "job:2", Decimal(1))
    assert refused.value.code == "allocation-not-valid"
    assert refused.value.facts == {
        "valid_from": found.valid_from.isoformat(),
        "valid_until": found.valid_until.isoformat(),
    }


def test_staying_the_same_size_is_no_growth(account: int, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.resize(account, "dataset:1", Decimal(4))
    until = queries.balances([account])[account].valid_until
    monkeypatch.setattr(clock, "now", lambda: until)
    actions.resize(account, "dataset:1", Decimal(4))
    assert queries.balances([account])[account].held == 4


@pytest.mark.parametrize("amount", [1, 4, 5])
def test_a_closed_hold_has_no_size(account: int, amount: int) -> None:
    actions.resize(account, "dataset:1", Decimal(4))
    actions.release("dataset:1", {})
    with pytest.raises(Problem) as refused:
        actions.resize(account, "dataset:1", Decimal(amount))
    assert refused.value.code == "hold-changed"
    assert refused.value.facts == {"subject": "dataset:1"}
    assert Hold.objects.get().amount == 4
    assert queries.check(lambda subjects: subjects) == []


def test_the_check_finds_holds_that_do_not_add_up(account: int) -> None:
    actions.hold(account, "job:1", Decimal(4))
    Hold.objects.update(amount=Decimal(3))
    assert queries.check(lambda subjects: subjects) == [
        f"account {account}: held is not the sum of its open holds"
    ]


def test_the_check_names_what_has_ended(account: int) -> None:
    for subject in ("job:1", "job:2", "job:3"):
        actions.hold(account, subject, Decimal(1))
    assert queries.check(lambda subjects: subjects & {"job:2"}) == [
        "hold of job:1 is open, but job:1 has ended",
        "hold of job:3 is open, but job:3 has ended",
    ]
