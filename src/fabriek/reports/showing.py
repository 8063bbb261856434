"""A project's budgets, jobs and energy as the pages show them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from fabriek.core.problems import Language, Reason
from fabriek.ledger.queries import Balance
from fabriek.ledger.rules import day_of
from fabriek.reports.burn_down import Course, is_level
from fabriek.reports.rules import word
from fabriek.web.charts import Chart, Series, bars, line, meter


def budgets(courses: Sequence[Course], language: Language) -> list[dict[str, Any]]:
    """The budgets that were used, then those that nobody used yet."""
    return [budget(course, language) for course in sorted(courses, key=lambda one: not one.used)]


def budget(course: Course, language: Language) -> dict[str, Any]:
    """One budget with its bar, its plot and what can be said of its end."""
    unit = word(course.balance.unit, language)
    return {
        "unit": unit,
        "course": course,
        "balance": course.balance,
        "outlook": course.forecast.outlook.value,
        "meter": meter_of(course.balance, language),
        "chart": burn_down(course, unit) if course.balance.granted else None,
    }


def meter_of(balance: Balance, language: Language) -> Chart | None:
    """The bar of one budget; None where nothing was granted."""
    if not balance.granted:
        return None
    unit = word(balance.unit, language)
    used = balance.held if is_level(balance) else balance.settled
    held = Decimal(0) if is_level(balance) else balance.held
    return meter(unit, used, balance.granted, held=held, unit=unit)


def burn_down(course: Course, unit: str) -> Chart:
    """What is left day by day, with its forecast dashed."""
    series = [Series(_("Left"), course.points, area=True)]
    if course.ahead:
        series.append(Series(_("At this pace"), course.ahead, dashed=True))
    return line(
        capfirst(_("%(unit)s left, day by day") % {"unit": unit}),
        "",
        unit,
        series,
        marks=[(course.balance.valid_until, _("end"))],
        y_max=course.balance.granted,
    )


def jobs_by_state(by_state: Mapping[str, int], language: Language) -> Chart:
    """How many jobs ended how, or wait, or run."""
    items = [(Reason(f"state-{state}").text(language), n) for state, n in by_state.items()]
    return bars(_("Jobs by how they stand"), _("State"), _("Jobs"), items)


def energy_by_day(jobs: Sequence[Mapping[str, Any]]) -> Chart:
    """The energy of these jobs, on the day that each ended."""
    days: dict[date, Decimal] = defaultdict(Decimal)
    for job in jobs:
        if job["ended_at"] and job["kwh"]:
            days[day_of(datetime.fromisoformat(job["ended_at"]))] += Decimal(job["kwh"])
    items = [(date_format(day, "SHORT_DATE_FORMAT"), days[day]) for day in sorted(days)]
    return bars(_("Energy by day"), _("Day"), _("Energy"), items, unit="kWh")
