"""A factory that is in full use: 2,000 people, 500 projects, 100,000 jobs, 10,000 datasets.

Rows are written in bulk, as the actions would have left them. A few projects have most of the work,
as in any factory: the largest has a fifth of the jobs and of the datasets.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

PEOPLE, ORGANISATIONS, PROJECTS, JOBS, DATASETS = 2_000, 400, 500, 100_000, 10_000
LARGEST_SHARE = 0.2
BATCH = 1_000
ENERGY = {"kwh": "0.001", "source": "node-kind-model", "quality": "estimated", "pue": 1.3}
STATES = ("succeeded",) * 16 + ("failed",) * 3 + ("cancelled",)


def fill() -> dict[str, Any]:
    """Everything; returns the people to look with and the names of what they look at."""
    chance = random.Random(20261121)
    people = _people()
    organisations = _organisations(people)
    projects = _projects(people, organisations, chance)
    datasets = _datasets(projects, chance)
    _jobs(projects, datasets, chance)
    models = _models(projects, chance)
    _audit(people)
    return {
        "manager": people[0],
        "operator": people[1],
        "reviewer": people[2],
        "project": projects[0],
        "dataset": datasets[0],
        "model": models[0],
    }


def numbers(found: dict[str, Any]) -> dict[str, Any]:
    """What addresses need to name a page of each kind."""
    from fabriek.access.models import Application, Review
    from fabriek.compute.models import Job

    jobs = Job.objects.filter(project=found["project"]).order_by("pk")
    asked = Review.objects.filter(reviewer=found["reviewer"], state="asked").order_by("pk")
    waiting = Application.objects.filter(state="reviewing").order_by("pk")
    return {
        "organisation": found["project"].organisation.slug,
        "application_id": found["project"].application_id,
        "granted": found["project"].application_id,
        "waiting": waiting.values_list("pk", flat=True)[0],
        "review_id": asked.values_list("pk", flat=True)[0],
        "person_id": found["operator"].pk,
        "job_id": jobs.filter(state="succeeded").values_list("pk", flat=True)[100],
        "failed_job": jobs.filter(state="failed").values_list("pk", flat=True)[100],
    }


def _shares(count: int, chance: random.Random) -> Iterator[int]:
    """For each of so many things the number of the project it belongs to."""
    for number in range(count):
        yield 0 if number < count * LARGEST_SHARE else chance.randrange(PROJECTS)


def _now() -> Any:
    from fabriek.core import clock

    return clock.now()


def _people() -> list[Any]:
    from fabriek.people.models import Person

    rows = [
        Person(
            email=f"person{number}@example.org",
            name=f"Person {number}",
            password="!",
            email_confirmed_at=_now(),
            joined_at=_now(),
            is_operator=number == 1,
            is_reviewer=number in range(2, 22),
        )
        for number in range(PEOPLE)
    ]
    return Person.objects.bulk_create(rows, batch_size=BATCH)


def _organisations(people: list[Any]) -> list[Any]:
    from fabriek.people.models import Membership, Organisation

    rows = [
        Organisation(
            slug=f"organisation-{number}",
            name=f"Organisation {number}",
            kind="start-up",
            country="NL",
            made_at=_now(),
        )
        for number in range(ORGANISATIONS)
    ]
    made = Organisation.objects.bulk_create(rows, batch_size=BATCH)
    Membership.objects.bulk_create(
        [
            Membership(
                person=person,
                organisation=made[number % ORGANISATIONS],
                role="admin" if number < ORGANISATIONS else "member",
                state="active",
                since=_now(),
            )
            for number, person in enumerate(people)
        ],
        batch_size=BATCH,
    )
    return made


def _projects(people: list[Any], organisations: list[Any], chance: random.Random) -> list[Any]:
    """Applications with their reviews, and what the granted ones made."""
    from fabriek.access.models import Project

    began, ends = _now() - timedelta(days=60), _now() + timedelta(days=30)
    applications = _applications(people, organisations, began)
    projects = Project.objects.bulk_create(
        [
            Project(
                slug=f"project-{number}",
                title=f"Project {number}",
                organisation=row.organisation,
                application=row,
                purpose=row.purpose,
                made_at=began,
                ends_at=ends,
            )
            for number, row in enumerate(applications[:PROJECTS])
        ],
        batch_size=BATCH,
    )
    _members(projects, people, began, chance)
    _rights(projects, began, ends)
    return projects


def _applications(people: list[Any], organisations: list[Any], began: datetime) -> list[Any]:
    """Those of the projects, granted, and 300 that reviewers still look at."""
    from fabriek.access.models import Application, Review

    applications = Application.objects.bulk_create(
        [
            Application(
                mode="fast-lane",
                organisation=organisations[number % ORGANISATIONS],
                applicant=people[number],
                title=f"Project {number}",
                summary="What it is about. " * 20,
                purpose="product-development",
                gpu_hours=Decimal(1000),
                cpu_hours=Decimal(100_000),
                storage_gib=Decimal(2_000),
                months=3,
                personal_data=False,
                state="granted" if number < PROJECTS else "reviewing",
                submitted_at=began - timedelta(days=4),
                decision_by=began if number < PROJECTS else _now() + timedelta(days=number % 9),
                decided_at=began if number < PROJECTS else None,
                decided_by=people[1] if number < PROJECTS else None,
                decision_reason="A good plan." if number < PROJECTS else "",
            )
            for number in range(PROJECTS + 300)
        ],
        batch_size=BATCH,
    )
    Review.objects.bulk_create(
        [
            Review(
                application=row,
                reviewer=people[2 + number % 20],
                kind="technical",
                state="asked" if number >= PROJECTS else "done",
                asked_at=began,
                ended_at=None if number >= PROJECTS else began,
                recommendation="" if number >= PROJECTS else "grant",
            )
            for number, row in enumerate(applications)
        ],
        batch_size=BATCH,
    )
    return applications


def _members(
    projects: list[Any], people: list[Any], began: datetime, chance: random.Random
) -> None:
    """A manager and five members each; the first person is in twenty projects."""
    from fabriek.access.models import ProjectMember

    members = {(row.pk, people[number].pk): "manager" for number, row in enumerate(projects)}
    for row in projects:
        for person in chance.sample(people[30:], 5):
            members.setdefault((row.pk, person.pk), "member")
    for row in projects[1:20]:
        members[row.pk, people[0].pk] = "member"
    ProjectMember.objects.bulk_create(
        [
            ProjectMember(project_id=project, person_id=person, role=role, since=began)
            for (project, person), role in members.items()
        ],
        batch_size=BATCH,
    )


def _rights(projects: list[Any], began: datetime, ends: datetime) -> None:
    """Accounts, allocations and clearances."""
    from fabriek.access.models import Allocation
    from fabriek.governance.models import Clearance
    from fabriek.ledger.models import Account

    amounts = (("gpu-hour", 1000), ("cpu-hour", 100_000), ("storage-gib", 2_000))
    accounts = Account.objects.bulk_create(
        [
            Account(unit=unit, granted=Decimal(amount), valid_from=began, valid_until=ends)
            for _ in projects
            for unit, amount in amounts
        ],
        batch_size=BATCH,
    )
    Allocation.objects.bulk_create(
        [
            Allocation(
                project=row,
                starts_at=began,
                ends_at=ends,
                gpu_hour=accounts[3 * number],
                cpu_hour=accounts[3 * number + 1],
                storage_gib=accounts[3 * number + 2],
            )
            for number, row in enumerate(projects)
        ],
        batch_size=BATCH,
    )
    Clearance.objects.bulk_create(
        [
            Clearance(
                subject_kind="project",
                subject_id=str(row.pk),
                purpose=row.purpose,
                granted_at=began,
                until=ends,
            )
            for row in projects
        ],
        batch_size=BATCH,
    )


def _datasets(projects: list[Any], chance: random.Random) -> list[Any]:
    from fabriek.data.models import Dataset, DatasetVersion

    kinds = ("data", "data", "output", "code", "model")
    rows = [
        Dataset(
            project=projects[owner],
            slug=f"dataset-{number}",
            title=f"Dataset {number}",
            kind=kinds[number % 5],
            created_by=projects[owner].application.applicant,
            created_at=_now() - timedelta(minutes=DATASETS - number),
            last_number=2,
            stored_bytes=10_000_000,
        )
        for number, owner in enumerate(_shares(DATASETS, chance))
    ]
    made = Dataset.objects.bulk_create(rows, batch_size=BATCH)
    DatasetVersion.objects.bulk_create(
        [
            DatasetVersion(
                dataset=row,
                number=number,
                digest=f"{row.pk:032x}{number:032x}",
                signature="0" * 128,
                size_bytes=5_000_000,
                stored_bytes=5_000_000,
                file_count=12,
                created_by=row.created_by,
                created_at=row.created_at,
            )
            for row in made
            for number in (1, 2)
        ],
        batch_size=BATCH,
    )
    return made


def _jobs(projects: list[Any], datasets: list[Any], chance: random.Random) -> None:
    from fabriek.access.models import Allocation
    from fabriek.compute.models import Job, Tally
    from fabriek.ledger.models import Account, DayTotal, Entry, Hold

    accounts = dict(Allocation.objects.values_list("project_id", "cpu_hour_id"))
    hour, now = Decimal("0.1"), _now()
    counts: dict[tuple[int, str], int] = {}
    days: dict[tuple[int, Any], Decimal] = {}
    for start in range(0, JOBS, 20_000):
        rows = []
        for number, owner in list(enumerate(_shares(JOBS, chance)))[start : start + 20_000]:
            waiting = number >= JOBS - 300
            state = "queued" if waiting else STATES[number % len(STATES)]
            submitted = now - timedelta(days=60 * (JOBS - number) / JOBS)
            project = projects[owner]
            rows.append(
                Job(
                    project=project,
                    submitted_by=project.application.applicant,
                    name=f"job {number}",
                    command=["python", "train.py", f"--seed={number}"],
                    purpose=project.purpose,
                    cpus=2,
                    memory_mib=4_000,
                    time_limit_s=3_600,
                    disk_limit_mib=10_000,
                    log_limit_mib=10,
                    output_kind="none",
                    engine="embedded",
                    state=state,
                    reason="command-failed" if state == "failed" else "",
                    reason_facts={"exit_code": 1} if state == "failed" else {},
                    attempts=0 if waiting else 1,
                    submitted_at=submitted,
                    started_at=None if waiting else submitted + timedelta(minutes=1),
                    ended_at=None if waiting else submitted + timedelta(minutes=4),
                    exit_code=None if waiting else int(state == "failed"),
                    charged={} if waiting else {"cpu-hour": "0.1"},
                    energy=ENERGY,
                )
            )
            counts[project.pk, state] = counts.get((project.pk, state), 0) + 1
        jobs = Job.objects.bulk_create(rows, batch_size=BATCH)
        ended = [row for row in jobs if row.ended_at]
        holds = Hold.objects.bulk_create(
            [
                Hold(
                    account_id=accounts[row.project_id],
                    subject=f"job:{row.pk}",
                    amount=hour,
                    state="settled",
                    opened_at=row.submitted_at,
                    closed_at=row.ended_at,
                )
                for row in ended
            ],
            batch_size=BATCH,
        )
        entries = []
        for row, hold in zip(ended, holds, strict=True):
            common = {"account_id": accounts[row.project_id], "hold": hold}
            entries.append(Entry(kind="hold", held=hour, at=row.submitted_at, **common))
            entries.append(
                Entry(kind="settle", held=-hour, settled=hour, at=row.ended_at, **common)
            )
        Entry.objects.bulk_create(entries, batch_size=BATCH)
        for row in ended:
            day = accounts[row.project_id], row.ended_at.date()
            days[day] = days.get(day, Decimal(0)) + hour
    DayTotal.objects.bulk_create(
        [
            DayTotal(account_id=account, day=day, settled=settled)
            for (account, day), settled in days.items()
        ],
        batch_size=BATCH,
    )
    Tally.objects.bulk_create(
        [
            Tally(
                project_id=project,
                state=state,
                source="node-kind-model",
                quality="estimated",
                jobs=number,
                energy_microwh=number * 1_000_000,
            )
            for (project, state), number in counts.items()
            if state != "queued"
        ],
        batch_size=BATCH,
    )
    for project, account in accounts.items():
        ended_of = sum(
            n for (pk, state), n in counts.items() if pk == project and state != "queued"
        )
        Account.objects.filter(pk=account).update(settled=hour * ended_of)


def _models(projects: list[Any], chance: random.Random) -> list[Any]:
    from fabriek.data.models import DatasetVersion
    from fabriek.registry.models import Model, ModelVersion

    found = []
    for project in projects[:50]:
        folders = DatasetVersion.objects.filter(dataset__project=project).order_by("pk")[:20]
        model = Model.objects.create(project=project, name="model", made_at=_now())
        found.append(model)
        ModelVersion.objects.bulk_create(
            [
                ModelVersion(
                    model=model,
                    number=number,
                    files=files,
                    facts=_facts(number, chance),
                    made_by=project.application.applicant,
                    made_at=_now(),
                )
                for number, files in enumerate(folders, start=1)
            ]
        )
    return found


def _facts(number: int, chance: random.Random) -> dict[str, Any]:
    """The frozen facts of a finished job, as compute.closing.lineage gives them."""
    version = {
        "dataset_id": 1,
        "dataset_slug": "dataset-1",
        "project_id": 1,
        "number": 1,
        "reference": "dataset-1@1",
        "size_bytes": 1000,
        "file_count": 1,
        "digest": "0" * 64,
        "classification": "internal",
        "personal_data": False,
    }
    return {
        "job": number,
        "job_name": f"job {number}",
        "command": ["python", "train.py"],
        "code": version,
        "inputs": [{"name": "data"} | version],
        "output": version,
        "parameters": {"seed": number},
        "metrics": {"auc": 0.8 + chance.random() / 10, "accuracy": 0.7 + chance.random() / 10},
        "person": {"id": 1, "name": "Person 0"},
        "purpose": "product-development",
        "engine": "embedded",
        "isolation": {},
        "resources": {"cpus": 2, "memory_mib": 4000, "gpus": 0},
        "started_at": _now().isoformat(),
        "ended_at": _now().isoformat(),
        "usage": {"cpu_s": 100.0, "memory_peak_mib": 900.0},
        "charged": {"cpu-hour": "0.1"},
        "energy": ENERGY,
    }


def _audit(people: list[Any]) -> None:
    from fabriek.core.models import AuditEntry

    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=_now() - timedelta(seconds=200_000 - number),
                actor_id=people[number % PEOPLE].pk,
                actor=people[number % PEOPLE].email,
                via="portal",
                action="job.submit",
                subject_kind="job",
                subject_id=str(number),
                facts={"project": "project-0"},
            )
            for number in range(200_000)
        ],
        batch_size=BATCH,
    )
