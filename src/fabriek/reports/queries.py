"""The facts of a project's report."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.compute import queries as compute
from fabriek.core import clock
from fabriek.data import queries as data
from fabriek.ledger import queries as ledger
from fabriek.registry import queries as registry
from fabriek.reports.burn_down import Course, course

if TYPE_CHECKING:
    from fabriek.access.models import Project
    from fabriek.people.models import Person

LISTED = 200


def project_report(person: "Person", slug: str) -> dict[str, Any]:
    """Everything the report says, as JSON values; Problem `not-found`.

    Amounts are decimal strings in the unit of their key. Lists hold the newest 200 rows; totals
    count all.
    """
    return facts_of(access.project_for(person, slug, Right.VIEW))[0]


def facts_of(project: "Project") -> tuple[dict[str, Any], list[Course]]:
    """The report's facts and the courses of its budgets, for whoever checked the right to see."""
    allocation = access.allocation(project.pk)
    budgets = courses(project.pk) if allocation else []
    jobs = compute.of_project(project.pk)
    facts = {
        "project": {"slug": project.slug, "title": project.title, "purpose": project.purpose},
        "made_at": clock.now().isoformat(),
        "allocation": {
            "state": allocation.state,
            "starts_at": allocation.starts_at.isoformat(),
            "ends_at": allocation.ends_at.isoformat(),
        }
        if allocation
        else None,
        "budgets": [_budget(course) for course in budgets],
        "jobs": {
            "by_state": compute.jobs_by_state(project.pk),
            "items": [_job(row) for row in _newest(jobs.select_related("submitted_by"))],
        },
        "data": _datasets(project.pk),
        "models": _models(list(_newest(registry.versions_of_project(project.pk)))),
        "energy": _energy(project.pk),
    }
    return facts, budgets


def _newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("-pk")[:LISTED]


def courses(project_id: int) -> list[Course]:
    """The course of each of the project's budgets; Problem `no-allocation` without one."""
    accounts = access.accounts(project_id)
    numbers = [accounts.gpu_hour, accounts.cpu_hour, accounts.storage_gib]
    balances, days = ledger.balances(numbers), ledger.spent_by_day(numbers)
    now = clock.now()
    return [course(balances[number], days[number], now) for number in numbers]


def _budget(course: Course) -> dict[str, Any]:
    balance, found = course.balance, course.forecast
    return {
        "unit": balance.unit,
        "granted": _plain(balance.granted),
        "settled": _plain(balance.settled),
        "held": _plain(balance.held),
        "left": _plain(balance.left),
        "outlook": {
            "kind": found.outlook.value,
            "per_day": round(found.per_day, 6),
            "days": found.days,
            "left_share_at_end": round(found.left_share, 4),
            "runs_out_at": found.runs_out_at.isoformat() if found.runs_out_at else None,
        },
    }


def _job(job: Any) -> dict[str, Any]:
    return {
        "id": job.pk,
        "name": job.name,
        "state": job.state,
        "reason": job.reason or None,
        "person": job.submitted_by.name,
        "ended_at": job.ended_at.isoformat() if job.ended_at else None,
        "charged": job.charged,
        "kwh": job.energy.get("kwh"),
    }


def _datasets(project_id: int) -> list[dict[str, Any]]:
    datasets = list(data.of_project(project_id).order_by("pk")[:LISTED])
    versions: dict[int, list[Any]] = {row.pk: [] for row in datasets}
    for version in data.kept_versions(versions):
        versions[version.dataset_id].append(version)
    return [
        {
            "name": row.slug,
            "kind": row.kind,
            "versions": len(versions[row.pk]),
            "newest": versions[row.pk][0].number if versions[row.pk] else None,
            "size_bytes": sum(version.size_bytes for version in versions[row.pk]),
        }
        for row in datasets
    ]


def _models(versions: list[Any]) -> list[dict[str, Any]]:
    cards = registry.cards(versions, "en")
    return [
        {
            "version": f"{version.model.name}@{version.number}",
            "metrics": version.facts["metrics"],
            "job": version.facts["job"],
            "card_missing": list(cards[version.pk].missing),
        }
        for version in versions
    ]


def _energy(project_id: int) -> dict[str, Any]:
    by_source = compute.energy_by_source(project_id)
    return {
        "kwh": _plain(sum(by_source.values(), Decimal(0))),
        "by_source": [
            {"source": source, "quality": quality, "kwh": _plain(kwh)}
            for (source, quality), kwh in sorted(by_source.items())
        ],
    }


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}" if amount else "0"
