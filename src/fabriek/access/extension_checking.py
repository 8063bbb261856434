"""Can this extension be asked for? The facts are gathered here, the rules judge them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from fabriek.access import data_files, extension_rules, queries, request_queries
from fabriek.access.extension_rules import Amounts, Standing
from fabriek.access.models import Allocation, Extension, Project
from fabriek.access.rules import Finding, Mode
from fabriek.access.states import ExtensionState
from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.ledger import queries as ledger


@dataclass(frozen=True)
class Prospect:
    """How a project stands: its newest allocation, its mode, and the most that may be asked."""

    allocation: Allocation
    mode: Mode
    standing: Standing
    room: Amounts

    def findings(self, asked: Amounts) -> Sequence[Finding]:
        """Everything that stands in the way of asking for this now."""
        days = data_files.requests().extension_days_after_end
        return extension_rules.check(self.mode, asked, self.standing, clock.now(), days)


def prospect(project: Project) -> Prospect:
    """How the project stands now; Problem `no-allocation`. Whoever calls this has checked that the
    person may see the project."""
    allocation = queries.allocation(project.pk)
    if allocation is None:
        raise Problem("no-allocation")
    application = project.application
    mode = data_files.modes()[application.mode]
    extensions = Extension.objects.filter(project_id=project.pk)
    granted = extensions.filter(state=ExtensionState.GRANTED)
    numbers = (allocation.gpu_hour_id, allocation.cpu_hour_id, allocation.storage_gib_id)
    balances = ledger.balances(numbers)
    had = Amounts(
        granted.aggregate(months=Sum("months"))["months"] or 0,
        *(balances[number].granted for number in numbers),
    )
    standing = Standing(
        had=had,
        ends_at=allocation.ends_at,
        open_already=extensions.filter(state=ExtensionState.ASKED).exists(),
        place_taken=mode.one_place
        and request_queries.place_taken(project.organisation_id, mode.id, but=application.pk),
    )
    return Prospect(allocation, mode, standing, extension_rules.room(mode, had))
