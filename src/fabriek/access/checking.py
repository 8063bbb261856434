"""Can this application be made? The facts are gathered here, the rules judge them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from fabriek.access import data_files, rules
from fabriek.access.models import Application
from fabriek.access.rules import Case, Finding, Mode
from fabriek.core import clock
from fabriek.governance import queries as governance
from fabriek.people import queries as people
from fabriek.people import rules as people_rules

if TYPE_CHECKING:
    from fabriek.people.models import Organisation, Person


@dataclass(frozen=True)
class Asked:
    """What somebody wants to apply for; hours and GiB, months whole. `purpose` and `experience` are
    None while they are not filled in."""

    mode: str
    organisation: str
    gpu_hours: Decimal
    cpu_hours: Decimal
    storage_gib: Decimal
    months: int
    purpose: str | None = None
    experience: str | None = None


@dataclass(frozen=True)
class Answer:
    """The findings, and what is known when there are none."""

    findings: Sequence[Finding]
    mode: Mode | None = None
    organisation: "Organisation | None" = None

    def decision_by(self) -> datetime | None:
        """When a decision would be due if it were submitted now; None when it cannot be."""
        if self.findings or self.mode is None:
            return None
        return rules.deadline(self.mode, clock.now(), data_files.holidays())


def examine(person: "Person", asked: Asked) -> Answer:
    """Everything that stands in the way of this application, by this person, at this moment."""
    modes = data_files.modes()
    mode = modes.get(asked.mode)
    if mode is None:
        known = ", ".join(modes)
        return Answer([Finding("mode", "mode-unknown", {"mode": asked.mode, "known": known})])
    organisation = people.organisation_of(person, asked.organisation)
    refused = (
        None if asked.purpose is None else governance.refusal(asked.purpose, civilian=mode.civilian)
    )
    case = Case(
        gpu_hours=asked.gpu_hours,
        cpu_hours=asked.cpu_hours,
        storage_gib=asked.storage_gib,
        months=asked.months,
        organisation_kind=organisation.kind if organisation else None,
        country=organisation.country if organisation else "",
        country_group=people_rules.countries()[organisation.country] if organisation else "",
        place_taken=bool(mode.one_place and organisation and _place_taken(organisation.pk, mode)),
        experience=asked.experience,
        purpose=(refused.code, refused.facts) if refused else None,
    )
    return Answer(rules.check(mode, case, modes.values()), mode, organisation)


def _place_taken(organisation_id: int, mode: Mode) -> bool:
    taken = Application.objects.filter(mode=mode.id, takes_place=True)
    return taken.filter(organisation_id=organisation_id).exists()
