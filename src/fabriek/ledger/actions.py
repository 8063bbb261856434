"""Hold, settle, release: the three verbs on every right. Each can be repeated without harm.

Callers have already checked that the person may do this: the ledger knows no people.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Value

from fabriek.core import clock
from fabriek.core.fields import ExactDecimalField
from fabriek.core.problems import Problem
from fabriek.ledger.models import Account, DayTotal, Entry, Hold
from fabriek.ledger.rules import day_of

MICRO = Decimal("0.000001")


def open_account(unit: str, granted: Decimal, valid_from: datetime, valid_until: datetime) -> int:
    """A new account; returns its number. `granted` in the unit, zero or more."""
    with transaction.atomic():
        account = Account.objects.create(
            unit=Account.Unit(unit),
            granted=_exact(granted),
            valid_from=valid_from,
            valid_until=valid_until,
        )
        _enter(account.pk, None, Entry.Kind.GRANT, granted=_exact(granted))
    return account.pk


def extend(account_id: int, *, more: Decimal = Decimal(0), until: datetime | None = None) -> None:
    """Grant more, or let the account run longer."""
    with transaction.atomic():
        rows = Account.objects.filter(pk=account_id)
        rows.update(granted=F("granted") + _amount(more))
        if until:
            rows.update(valid_until=until)
        _enter(account_id, None, Entry.Kind.GRANT, granted=_exact(more))


def hold(account_id: int, subject: str, amount: Decimal, *, late: bool = False) -> None:
    """Set an amount apart for the subject. Repeated for the same subject it does nothing.

    Problem `allocation-exhausted` when less is left, `allocation-not-valid` outside its dates
    (unless it is `late`, for what was begun before the last day).
    """
    amount = _exact(amount)
    with transaction.atomic():
        if not late:
            _must_be_valid(account_id)
        made, is_new = Hold.objects.get_or_create(
            account_id=account_id,
            subject=subject,
            defaults={"amount": amount, "opened_at": clock.now()},
        )
        if is_new:
            _take(account_id, amount)
            _enter(account_id, made.pk, Entry.Kind.HOLD, held=amount)


def resize(account_id: int, subject: str, amount: Decimal, *, late: bool = False) -> None:
    """Make the subject's hold this large, opening it where there is none (storage is a level).

    Growing obeys the same rules as `hold`; shrinking always works. `late`: grow after the account's
    last day as well, for what was begun before it.
    """
    amount = _exact(amount)
    with transaction.atomic():
        found = Hold.objects.select_for_update().filter(account_id=account_id, subject=subject)
        row = found.first()
        if row is None:
            hold(account_id, subject, amount, late=late)
            return
        change = amount - row.amount
        if change > 0 and not late:
            _must_be_valid(account_id)
        guarded = Hold.objects.filter(pk=row.pk, state=Hold.State.OPEN, amount=row.amount)
        if not guarded.update(amount=amount):
            raise Problem("hold-changed", subject=subject)
        if change > 0:
            _take(account_id, change)
        elif change < 0:
            Account.objects.filter(pk=account_id).update(held=F("held") + _amount(change))
        _enter(account_id, row.pk, Entry.Kind.RESIZE, held=change)


def settle(subject: str, used: Mapping[str, Decimal], facts: Mapping[str, Any]) -> None:
    """Close every open hold of the subject: charge what was used of each account, free the rest.

    `used` maps units (`cpu-hour`) to amounts; a unit not in it is charged nothing. Use beyond the
    hold is recorded as `over` and not charged, so an account is never overdrawn: limits are kept by
    the engine to within seconds, and those seconds are the factory's. Repeating changes nothing.
    """
    with transaction.atomic():
        open_holds = Hold.objects.filter(subject=subject, state=Hold.State.OPEN)
        for row in open_holds.select_related("account").order_by("pk"):
            spent = _exact(used.get(row.account.unit, Decimal(0)))
            charged = min(spent, row.amount)
            if not _close(row, Hold.State.SETTLED):
                continue
            Account.objects.filter(pk=row.account_id).update(
                held=F("held") - _amount(row.amount), settled=F("settled") + _amount(charged)
            )
            _enter(
                row.account_id,
                row.pk,
                Entry.Kind.SETTLE,
                held=-row.amount,
                settled=charged,
                over=spent - charged,
                facts=facts,
            )


def release(subject: str, facts: Mapping[str, Any]) -> None:
    """Close every open hold of the subject without charging. Repeating changes nothing."""
    with transaction.atomic():
        for row in Hold.objects.filter(subject=subject, state=Hold.State.OPEN).order_by("pk"):
            if not _close(row, Hold.State.RELEASED):
                continue
            Account.objects.filter(pk=row.account_id).update(held=F("held") - _amount(row.amount))
            _enter(row.account_id, row.pk, Entry.Kind.RELEASE, held=-row.amount, facts=facts)


def _close(row: Hold, state: Hold.State) -> bool:
    # The amount is part of the guard: where rows are not locked by reading them (PostgreSQL), a
    # resize may slip in between; this then misses, and the caller starts again.
    rows = Hold.objects.filter(pk=row.pk, state=Hold.State.OPEN)
    if not rows.filter(amount=row.amount).update(state=state, closed_at=clock.now()):
        if rows.exists():
            raise Problem("hold-changed", subject=row.subject)
        return False
    return True


def _take(account_id: int, amount: Decimal) -> None:
    room = Account.objects.filter(
        pk=account_id, granted__gte=F("held") + F("settled") + _amount(amount)
    )
    if not room.update(held=F("held") + _amount(amount)):
        account = Account.objects.get(pk=account_id)
        left = account.granted - account.held - account.settled
        raise Problem("allocation-exhausted", unit=account.unit, asked=str(amount), left=str(left))


def _must_be_valid(account_id: int) -> None:
    account = Account.objects.get(pk=account_id)
    if not account.valid_from <= clock.now() < account.valid_until:
        raise Problem(
            "allocation-not-valid",
            valid_from=account.valid_from.isoformat(),
            valid_until=account.valid_until.isoformat(),
        )


def _enter(account_id: int, hold_id: int | None, kind: Entry.Kind, **columns: Any) -> None:
    at = clock.now()
    Entry.objects.create(account_id=account_id, hold_id=hold_id, kind=kind, at=at, **columns)
    _add_to_day(account_id, day_of(at), columns)


def _add_to_day(account_id: int, day: date, columns: Mapping[str, Any]) -> None:
    sums = {
        name: F(name) + _amount(columns[name])
        for name in ("granted", "held", "settled")
        if columns.get(name)
    }
    rows = DayTotal.objects.filter(account_id=account_id, day=day)
    if sums and not rows.update(**sums):
        DayTotal.objects.get_or_create(account_id=account_id, day=day)
        rows.update(**sums)


def _exact(amount: Decimal) -> Decimal:
    return amount.quantize(MICRO, rounding=ROUND_HALF_EVEN)


def _amount(amount: Decimal) -> Value:
    return Value(_exact(amount), output_field=ExactDecimalField())
