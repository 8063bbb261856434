"""Reading balances, and proving that the books are right."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from fabriek.ledger.models import Account, DayTotal, Entry, Hold


@dataclass(frozen=True)
class Day:
    """What one day in Amsterdam added to an account."""

    day: date
    granted: Decimal
    held: Decimal
    settled: Decimal


@dataclass(frozen=True)
class Balance:
    """One account, amounts in its unit. `left` is what can still be held."""

    account_id: int
    unit: str
    granted: Decimal
    held: Decimal
    settled: Decimal
    valid_from: datetime
    valid_until: datetime

    @property
    def left(self) -> Decimal:
        return self.granted - self.held - self.settled


def balances(account_ids: Iterable[int]) -> dict[int, Balance]:
    """The balances of these accounts, by number."""
    return {
        row.pk: Balance(
            row.pk,
            row.unit,
            row.granted,
            row.held,
            row.settled,
            row.valid_from,
            row.valid_until,
        )
        for row in Account.objects.filter(pk__in=list(account_ids))
    }


def spent_by_day(account_ids: Iterable[int], since: date | None = None) -> dict[int, list[Day]]:
    """The days on which something changed in these accounts, first day first, in one question."""
    found: dict[int, list[Day]] = {number: [] for number in account_ids}
    rows = DayTotal.objects.filter(account_id__in=list(found))
    if since:
        rows = rows.filter(day__gte=since)
    for row in rows.order_by("account_id", "day"):
        found[row.account_id].append(Day(row.day, row.granted, row.held, row.settled))
    return found


def settled(subject: str) -> dict[str, Decimal]:
    """What was charged for a subject, by unit."""
    rows = Entry.objects.filter(hold__subject=subject, kind=Entry.Kind.SETTLE)
    return {row.account.unit: row.settled for row in rows.select_related("account")}


def check(is_live: Callable[[set[str]], set[str]]) -> list[str]:
    """Findings in plain words; empty when the books are right.

    Every balance must equal the sum of its entries, every closed hold must have exactly one closing
    entry, and every open hold must belong to a live subject: `is_live` is given the subjects of all
    open holds and returns those that still run or still store something.
    """
    findings = []
    for account in Account.objects.order_by("pk").iterator():
        sums = account.entries.aggregate(g=Sum("granted"), h=Sum("held"), s=Sum("settled"))
        for column, total in (("granted", sums["g"]), ("held", sums["h"]), ("settled", sums["s"])):
            if getattr(account, column) != (total or 0):
                findings.append(f"account {account.pk}: {column} is not the sum of its entries")
        days = account.days.aggregate(g=Sum("granted"), h=Sum("held"), s=Sum("settled"))
        if any((days[key] or 0) != (sums[key] or 0) for key in sums):
            findings.append(f"account {account.pk}: its days do not add up to its entries")
        open_sum = account.holds.filter(state=Hold.State.OPEN).aggregate(a=Sum("amount"))["a"] or 0
        if open_sum != account.held:
            findings.append(f"account {account.pk}: held is not the sum of its open holds")
    closing = (Entry.Kind.SETTLE, Entry.Kind.RELEASE)
    for row in Hold.objects.exclude(state=Hold.State.OPEN).order_by("pk").iterator():
        count = row.entries.filter(kind__in=closing).count()
        if count != 1:
            findings.append(f"hold {row.pk} ({row.subject}) has {count} closing entries")
    subjects = set(Hold.objects.filter(state=Hold.State.OPEN).values_list("subject", flat=True))
    for subject in sorted(subjects - is_live(subjects)):
        findings.append(f"hold of {subject} is open, but {subject} has ended")
    return findings
