"""The budgets of many projects, in two questions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from fabriek.access import queries as access
from fabriek.ledger import queries as ledger
from fabriek.reports.burn_down import is_level
from fabriek.reports.showing import meter_of
from fabriek.web.language import page_language

NEARLY = Decimal("0.9")


@dataclass(frozen=True)
class Meter:
    """The bar of one budget with its figures."""

    unit: str
    bar: SafeString
    used: Decimal
    granted: Decimal


@dataclass(frozen=True)
class Budgets:
    """What one project was granted, with a bar for each budget that is not empty."""

    balances: tuple[ledger.Balance, ...] = ()

    @property
    def meters(self) -> list[Meter]:
        """A bar for each budget that is not empty."""
        return [
            Meter(bar.title, bar.svg, _used(balance), balance.granted)
            for balance in self.balances
            if (bar := meter_of(balance, page_language()))
        ]

    @property
    def nearly_used(self) -> bool:
        """Whether of any budget nine tenths is used."""
        return any(row.granted and _used(row) >= row.granted * NEARLY for row in self.balances)


def of_projects(projects: Iterable[Any]) -> dict[int, Budgets]:
    """The budgets of these projects, by their keys."""
    keys = [project.pk for project in projects]
    rows = access.allocations(keys)
    numbers = {
        key: (row.gpu_hour_id, row.cpu_hour_id, row.storage_gib_id) for key, row in rows.items()
    }
    balances = ledger.balances(number for three in numbers.values() for number in three)
    return {
        key: Budgets(tuple(balances[number] for number in numbers.get(key, ()))) for key in keys
    }


def _used(balance: ledger.Balance) -> Decimal:
    return balance.held if is_level(balance) else balance.settled
