"""Words of this room that pages show: modes, purposes, roles, kinds of review, findings."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fabriek.access import data_files
from fabriek.access.extension_rules import Amounts
from fabriek.access.rules import Finding, Limits, Mode
from fabriek.core.problems import Reason
from fabriek.governance import queries as governance
from fabriek.web.formats import amount
from fabriek.web.language import page_language
from fabriek.web.telling import tell_code

ROLES = {
    "manager": gettext_lazy("Manager"),
    "member": gettext_lazy("Member"),
    "viewer": gettext_lazy("Viewer"),
}
ROLE_HELP = {
    "manager": gettext_lazy("also decides who works in the project, and asks for more"),
    "member": gettext_lazy("brings data and runs jobs"),
    "viewer": gettext_lazy("sees everything and changes nothing"),
}
REVIEWS = {
    "technical": gettext_lazy("technical"),
    "peer": gettext_lazy("by peers"),
    "expert": gettext_lazy("by experts"),
}
FIELDS = {
    "gpu_hours": gettext_lazy("GPU-hours"),
    "cpu_hours": gettext_lazy("CPU-hours"),
    "storage_gib": gettext_lazy("Storage in GiB"),
}


def mode_name(key: str) -> str:
    """A mode's name; its id where the factory has dropped the mode."""
    found = data_files.modes().get(key)
    return found.name if found else key


def mode_choices() -> list[tuple[str, str]]:
    """Every mode with its name."""
    return [(mode.id, mode.name) for mode in data_files.modes().values()]


def purpose_name(key: str) -> str:
    """A purpose in the page's language."""
    found = governance.purposes().get(key)
    if found is None:
        return key
    return found.nl if page_language() == "nl" else found.en


def purpose_choices() -> list[tuple[str, str]]:
    """The purposes that civilian work may be declared for."""
    allowed = [row for row in governance.purposes().values() if row.status == "allowed"]
    return [(row.id, purpose_name(row.id)) for row in allowed if row.civilian]


def reviews_text(mode: Mode) -> str:
    """Which reviews a mode asks for."""
    return ", ".join(str(REVIEWS.get(kind, kind)) for kind in mode.reviews) or _("none")


def limits_text(limits: Limits) -> str:
    """What may be asked of one unit."""
    most = amount(limits.most)
    if limits.over is not None:
        return _("more than %(over)s, at most %(most)s") % {
            "over": amount(limits.over),
            "most": most,
        }
    if limits.least:
        return _("%(least)s to %(most)s") % {"least": amount(limits.least), "most": most}
    return _("at most %(most)s") % {"most": most}


def months_text(months: Iterable[int]) -> str:
    """`1, 2 or 3 months`."""
    *first, last = [str(number) for number in months]
    listed = _("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last}
    return ngettext("%(months)s month", "%(months)s months", int(last)) % {
        "months": listed if first else last
    }


def working_days_text(count: int) -> str:
    """`4 working days`."""
    return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": count}


def decision_text(mode: Mode) -> str:
    """How soon a decision comes."""
    days = working_days_text(mode.working_days)
    if mode.grant_at_once:
        return _("at once, when all is in order; otherwise within %(days)s") % {"days": days}
    if mode.cutoff_days:
        cutoffs = _(" and ").join(str(day) for day in mode.cutoff_days)
        return _("within %(days)s, counted from day %(cutoffs)s of the month") % {
            "days": days,
            "cutoffs": cutoffs,
        }
    return _("within %(days)s") % {"days": days}


def told(finding: Finding) -> str:
    """A finding's sentence and way out, in the page's language."""
    return str(tell_code(finding.code, finding.facts))


def conflict_text(why: str | None) -> str:
    """Why somebody may not judge; empty where they may."""
    return Reason(f"conflict-{why}").text(page_language()) if why else ""


def role_choices() -> list[tuple[str, str]]:
    """The roles in a project with what they may do."""
    return [(key, f"{ROLES[key]}: {ROLE_HELP[key]}") for key in ROLES]


def at_most(number: Decimal | int) -> str:
    """How much more may be asked."""
    return _("at most %(most)s") % {"most": amount(number)} if number else _("nothing more")


def wish_text(asked: Amounts) -> str:
    """`1 month, 10 GPU-hours`."""
    parts = [] if not asked.months else [months_text([asked.months])]
    for name, label in FIELDS.items():
        number: Decimal = getattr(asked, name)
        if number:
            parts.append(f"{label}: {amount(number)}")
    return ", ".join(parts)
