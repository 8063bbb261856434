"""A factory in which something stands on every page, made by the real actions.

For the walk over the pages (inside one process, nothing runs) and for the browser (beside a real
web process and worker, where the jobs really run).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import kit

TITLE = "Melkkwaliteit voorspellen"
SUMMARY = (
    "Uit metingen van melkrobots voorspellen we de kwaliteit van de melk, zodat boeren eerder weten"
    " welke koe aandacht nodig heeft."
)
ROWS = 400
HISTORY_DAYS = 35
Run = Callable[[int], None]


@dataclass
class Showroom:
    """`people` by role; `ids` by the names that addresses use."""

    people: dict[str, Any]
    ids: dict[str, Any] = field(default_factory=dict)
    title: str = TITLE


def build(folder: Path, run: Run) -> Showroom:
    """Everything. `run` makes a submitted job over, with an output where it has one."""
    people = _people()
    room = Showroom(people)
    organisation = _organisation(people["manager"])
    project = _project(people["manager"], organisation)
    _history(project)
    for role, name in (("member", "Mila Jansen"), ("viewer", "Vera Smit")):
        people[role] = _named(name)
        _join(people["manager"], project.slug, people[role], role)
    kit.project(people["outsider"])
    room.ids = {"slug": project.slug, "organisation": organisation.slug}
    room.ids |= {"person_id": people["member"].pk, "self": people["manager"].pk}
    _data(room, folder)
    _jobs(room, run)
    _requests(room)
    _account(room)
    return room


def _named(name: str, **rights: bool) -> Any:
    from fabriek.people.models import Person

    someone = kit.person(name.split(maxsplit=1)[0].lower(), **rights)
    Person.objects.filter(pk=someone.pk).update(name=name)
    someone.refresh_from_db()
    return someone


def _people() -> dict[str, Any]:
    return {
        "newcomer": _named("Robin de Vries"),
        "manager": _named("Noor Bakker"),
        "outsider": _named("Otto Visser"),
        "reviewer": _named("Ruben Mulder", reviewer=True),
        "operator": _named("Olga de Boer", operator=True),
        "operator2": _named("Omar Dijkstra", operator=True),
    }


def _organisation(admin: Any) -> Any:
    from fabriek.people import organisation_actions

    return organisation_actions.make_organisation(
        admin, name="Zuivel Noord", kind="sme", country="NL", slug="zuivel-noord"
    )


def _asked(organisation: Any, mode: str, **more: Any) -> Any:
    from fabriek.access.checking import Asked

    amounts = {"gpu_hours": Decimal(100), "cpu_hours": Decimal(2000), "storage_gib": Decimal(50)}
    words = {"purpose": "industrial-processes", "experience": "Twee jaar op een rekencluster."}
    return Asked(mode=mode, organisation=organisation.slug, months=3, **(amounts | words | more))


def _apply(person: Any, organisation: Any, mode: str, title: str) -> Any:
    from fabriek.access import actions

    story = actions.Story(title=title, summary=SUMMARY)
    return actions.apply(person, _asked(organisation, mode), story)


def _project(manager: Any, organisation: Any) -> Any:
    return _apply(manager, organisation, "playground", TITLE).project


def _join(by: Any, slug: str, person: Any, role: str) -> None:
    from fabriek.access import member_actions

    member_actions.set_member(by, slug, person.email, role)


def table() -> bytes:
    """Milk measurements: numbers, a category, a day, gaps, and a class to learn."""
    chance = random.Random(7)
    lines = ["koe,datum,temperatuur,geleiding,vet,eiwit,ras,mastitis"]
    for number in range(ROWS):
        ill = chance.random() < 0.2
        warm = chance.gauss(39.6 if ill else 38.5, 0.35)
        conducts = chance.gauss(6.2 if ill else 5.0, 0.5)
        fat = "" if number % 40 == 0 else f"{chance.gauss(4.3, 0.4):.2f}"
        breed = chance.choice(["Holstein", "Jersey", "MRIJ", "Groninger blaarkop"])
        lines.append(
            f"NL{1000 + number % 90},2026-0{1 + number % 9}-1{number % 10},{warm:.1f},"
            f"{conducts:.2f},{fat},{chance.gauss(3.5, 0.2):.2f},{breed},{'ja' if ill else 'nee'}"
        )
    return "\n".join(lines).encode() + b"\n"


def _data(room: Showroom, folder: Path) -> None:
    who = kit.api(room.people["manager"])
    kit.folder(folder / "data", {"melk.csv": table(), "leesmij.txt": b"Metingen van robots.\n"})
    kit.push(who, room.ids["slug"], "melkmetingen", folder / "data", title="Melkmetingen 2026")
    found = who.get(f"/projects/{room.ids['slug']}/datasets/melkmetingen")[1]
    room.ids |= {"dataset": "melkmetingen", "number": 1, "path": "melk.csv"}
    upload = who.post(f"/datasets/{found['id']}/uploads", {"size_bytes": 10})[1]["id"]
    room.ids |= {"upload_id": upload, "index": 0}


def _jobs(room: Showroom, run: Run) -> None:
    from fabriek.compute.blueprint_actions import Answers, submit_blueprint

    manager, slug = room.people["manager"], room.ids["slug"]

    def learn(**sizes: int) -> int:
        answers = Answers(
            inputs={"table": "melkmetingen@1"},
            parameters={"file": "melk.csv", "target": "mastitis"},
            name="Mastitis herkennen",
            output_name="mastitis",
            sizes={"cpus": 1, "time_limit_s": 300} | sizes,
        )
        return int(submit_blueprint(manager, slug, "learn-from-table", answers, "nl").pk)

    who = kit.api(manager)
    room.ids |= {"job_id": learn(), "name": "mastitis"}
    run(room.ids["job_id"])
    failed = {"command": ["python3", "-c", "print('klaar'); raise SystemExit(3)"], "cpus": 1}
    status, job = who.post(f"/projects/{slug}/jobs", failed | {"name": "Opschonen"})
    assert status == 201, job
    room.ids["failed_job"] = job["id"]
    run(job["id"])
    long = {"command": ["sleep", "3600"], "cpus": 1, "time_limit_s": 4000, "name": "Lange taak"}
    room.ids["running_job"] = who.post(f"/projects/{slug}/jobs", long)[1]["id"]
    room.ids["waiting_job"] = learn(cpus=2)


def _history(project: Any) -> None:
    """A grant of five weeks ago, and its use since, entered by the ledger's verbs on those days."""
    from unittest import mock

    from fabriek.access import queries
    from fabriek.access.models import Allocation, Project
    from fabriek.core import clock
    from fabriek.ledger import actions as ledger
    from fabriek.ledger.models import Account, DayTotal, Entry

    accounts = queries.accounts(project.pk)
    began = clock.now() - timedelta(days=HISTORY_DAYS)
    numbers = list(vars(accounts).values())
    Account.objects.filter(pk__in=numbers).update(valid_from=began)
    Entry.objects.filter(account__in=numbers).update(at=began)
    DayTotal.objects.filter(account__in=numbers).update(day=began.date())
    Allocation.objects.filter(project=project).update(starts_at=began)
    Project.objects.filter(pk=project.pk).update(made_at=began)
    chance = random.Random(3)
    for day in range(HISTORY_DAYS):
        used = Decimal(chance.choice([0, 8, 14, 22, 31]))
        with mock.patch.object(clock, "now", lambda day=day: began + timedelta(days=day)):
            ledger.hold(accounts.cpu_hour, f"past:{day}", used)
            ledger.settle(f"past:{day}", {"cpu-hour": used}, {})


def _requests(room: Showroom) -> None:
    """One of each thing that people ask for, waiting for an answer."""
    from fabriek.access import appeal_actions, draft_actions, extension_actions, review_actions
    from fabriek.access.extension_rules import Amounts
    from fabriek.access.models import Review
    from fabriek.people import organisation_actions, queries

    people, ids = room.people, room.ids
    manager, operator = people["manager"], people["operator"]
    organisation = queries.organisation_of(manager, ids["organisation"])
    waiting = _apply(manager, organisation, "fast-lane", "Voeradvies per koe")
    ids["application_id"] = waiting.pk
    ids["review_id"] = Review.objects.get(application=waiting, reviewer=people["reviewer"]).pk
    rejected = _apply(manager, organisation, "fast-lane", "Alles over koeien")
    why = "Het plan zegt niet welke vraag u wilt beantwoorden."
    review_actions.decide(operator, rejected.pk, "reject", why)
    ids["rejected"] = rejected.pk
    appealed = _apply(manager, organisation, "fast-lane", "Stalklimaat")
    review_actions.decide(operator, appealed.pk, "reject", why)
    appeal_actions.appeal(manager, appealed.pk, "Op bladzijde 2 staat de vraag wel degelijk.")
    ids["appealed"] = appealed.pk
    granted = _apply(manager, organisation, "fast-lane", "Weidegang plannen")
    review_actions.decide(operator, granted.pk, "grant", "Een helder plan met een haalbare vraag.")
    ids["granted"] = granted.pk
    draft = draft_actions.save_draft(manager, None, {"title": "Geluid in de stal"})
    ids["draft_id"] = draft.pk
    more = Amounts(0, Decimal(50), Decimal(500), Decimal(0))
    asked = extension_actions.ask(
        manager, ids["slug"], more, "De eerste uitkomsten vragen om meer."
    )
    ids["extension_id"] = asked.pk
    organisation_actions.ask_to_join(people["outsider"], ids["organisation"])


def _account(room: Showroom) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    from fabriek.core import clock

    manager = room.people["manager"]
    room.ids["token_id"] = kit.own_token_id(manager)
    factor = Authenticator.objects.create(
        user=room.people["viewer"], type=Authenticator.Type.TOTP, data={"secret": ""}
    )
    session = UserSession.objects.create(
        user=manager,
        session_key="0" * 32,
        ip="192.0.2.1",
        user_agent="Firefox",
        last_seen_at=clock.now(),
    )
    room.ids |= {"factor_id": factor.pk, "session_id": session.pk}


def as_over(folder: Path) -> Run:
    """Instead of running a job: leaves it as a finished one, with a model if it makes one."""

    def run(job_id: int) -> None:
        from fabriek.compute import actions
        from fabriek.compute.models import Job
        from fabriek.core import clock
        from fabriek.data.models import DatasetVersion

        job = Job.objects.get(pk=job_id)
        now = clock.now()
        Job.objects.filter(pk=job_id).update(
            state="failed" if job.output_kind == "output" else "succeeded",
            reason="command-failed" if job.output_kind == "output" else "",
            reason_facts={"exit_code": 3} if job.output_kind == "output" else {},
            started_at=now,
            ended_at=now,
            metrics={"auc": 0.94},
            energy={"kwh": "0.1", "quality": "estimated", "source": "test", "pue": 1.3},
        )
        if job.output_kind != "model":
            return
        who = kit.api(job.submitted_by)
        kit.folder(folder / "model", {"model.joblib": b"model"})
        kit.push(who, job.project.slug, job.output_name, folder / "model", kind="model")
        made = DatasetVersion.objects.filter(dataset__slug=job.output_name).last()
        Job.objects.filter(pk=job_id).update(output=made)
        actions.register_model(job.submitted_by, job.project.slug, job.output_name, job_id)

    return run
