"""Somebody's first day at a factory, in six steps, and what there is to tell about it."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factory import Factory
from stage import Person, StepFailed, Steps, bold, say, tell

from fabriek_client import Factory as Sdk
from fabriek_client.cli import datasets, units
from fabriek_client.words import language

EMAIL = "robin@example.org"
NAME = "Robin de Vries"
MODEL = "first-model"
CARD_FIELDS = (
    "summary",
    "intended_use",
    "out_of_scope",
    "people_affected",
    "limitations",
    "oversight",
    "licence",
)


@dataclass
class Table:
    """The table to learn from."""

    path: Path
    target: str
    purpose: str


@dataclass
class Seen:
    """What the records say afterwards."""

    project: Mapping[str, Any]
    job: Mapping[str, Any]
    account: Mapping[str, Any]
    report: Path
    card: Path


def perform(person: Person, factory: Factory, steps: Steps, table: Table, folder: Path) -> Seen:
    """The six steps. StepFailed when one does not do what it should."""
    steps.begin("step-1")
    _sign_up(person, factory)
    steps.end()
    steps.begin("step-2")
    _apply(person, table)
    steps.end()
    steps.begin("step-3")
    name = datasets.slug_from(table.path)
    if name in {"code", MODEL}:
        name = f"{name}-table"  # those two names the demo needs itself
    own = ["--classification", "internal", "--no-personal-data"]
    person.types("data", "push", str(table.path), "--name", name, *own)
    steps.end()
    steps.begin("step-4")
    _run(person, table, name)
    with _sdk(factory, folder) as sdk:
        project = next(sdk.projects.list())["slug"]
        job: Any = sdk.jobs.show(next(sdk.jobs.list(project))["id"])
        if not job["model_version"]:
            raise StepFailed(say("job-no-model"))
        steps.end()
        steps.begin("step-5")
        card = folder / "MODEL_CARD.md"
        _complete(person, table, name, job["model_version"], card)
        steps.end()
        steps.begin("step-6")
        report = folder / "REPORT.md"
        person.types("report", "--output", str(report))
        steps.end()
        return Seen(sdk.projects.show(project), job, sdk.projects.report(project), report, card)


def _sign_up(person: Person, factory: Factory) -> None:
    password = secrets.token_urlsafe(16)
    to = ["--address", factory.address]
    person.types("signup", EMAIL, "--name", NAME, *to, "--password-stdin", stdin=f"{password}\n")
    code = factory.mailed_code(EMAIL)
    tell(f"    {say('mail', code=code)}")
    person.types("confirm", EMAIL, code)
    person.types("login", EMAIL, "--password-stdin", stdin=f"{password}\n")
    person.types("org", "make", say("org-name"), "--kind", "start-up", "--country", "NL")


def _apply(person: Person, table: Table) -> None:
    facts = {"name": table.path.stem, "target": table.target}
    title = say("title", **facts)[:100]
    words = ["--mode", "playground", "--title", title, "--summary", say("summary", **facts)]
    amounts = ["--cpu-hours", "100", "--storage-gib", "10", "--months", "1"]
    person.types("apply", *words, "--purpose", table.purpose, *amounts, "--no-personal-data")


def _run(person: Person, table: Table, dataset: str) -> None:
    cpus = min(2, os.cpu_count() or 1)
    limits = ["--cpus", str(cpus), "--memory", "2G", "--time", "10m"]
    params = ["--param", "seed=20", "--param", f"language={language()}"]
    command = ["python", "train.py", f"--target={table.target}"]
    what = ["--input", f"{dataset}@1", *limits, "--code", "job", *params, "--model", MODEL]
    person.types("run", *what, "--follow", "--", *command)


def _complete(person: Person, table: Table, dataset: str, version: str, card: Path) -> None:
    person.types("models", "show", version)
    facts = {"target": table.target, "name": dataset}
    fields = [f"{name}={say(f'card-{name}', **facts)}" for name in CARD_FIELDS]
    words = [word for field in fields for word in ("--set", field)]
    person.types("model", "card", version, *words, "--output", str(card))


def _sdk(factory: Factory, folder: Path) -> Sdk:
    found = json.loads((folder / "person" / "settings.json").read_text("utf-8"))
    return Sdk(factory.address, found["token"])


def summary(seen: Seen, seconds: float) -> None:
    """What came of it, to be read with pleasure."""
    job, project = seen.job, seen.project
    allocation = project["allocation"]
    isolation = " + ".join(str(value) for value in job["isolation"].values())
    person = say("person", name=NAME, organisation=say("org-name"))
    until = units.shown_time(allocation["ends_at"])[:10]
    lines = {
        "sum-person": person,
        "sum-project": say("project", title=project["title"], slug=project["slug"], until=until),
        "sum-model": job["model_version"],
        "sum-quality": say(
            "quality", figures=_quality(job), rows=f"{job['metrics']['rows_test']:.0f}"
        ),
        "sum-lineage": say(
            "lineage", data=job["inputs"][0]["dataset"], code=job["code"], job=job["id"]
        ),
        "sum-isolation": isolation,
        "sum-hours": _hours(allocation["cpu_hours"]),
        "sum-energy": _energy(seen.account["energy"]),
        "sum-card": str(seen.card),
        "sum-report": str(seen.report),
    }
    width = max(len(say(key)) for key in lines)
    tell(f"\n{bold(say('sum-title', seconds=seconds))}\n")
    for key, text in lines.items():
        tell(f"  {say(key).ljust(width)}  {text}")
    tell()


def figures(seen: Seen) -> dict[str, object]:
    """The figures of the demo's last line."""
    energy = seen.account["energy"]
    sources = [f"{one['quality']}: {one['source']}" for one in energy["by_source"]]
    budgets = {one["unit"]: one for one in seen.account["budgets"]}
    return {
        "job_state": seen.job["state"],
        "auc": seen.job["metrics"].get("auc"),
        "model_version": seen.job["model_version"],
        "cpu_hours_settled": float(budgets["cpu-hour"]["settled"]),
        "energy_kwh": float(energy["kwh"]),
        "energy_source": ", ".join(sources),
        "report": str(seen.report),
    }


def _quality(job: Mapping[str, Any]) -> str:
    names = {"auc": "AUC", "accuracy": "accuracy", "r2": "R2"}
    found = job["metrics"]
    return ", ".join(f"{label} {found[key]:.4f}" for key, label in names.items() if key in found)


def _hours(balance: Mapping[str, float]) -> str:
    shown = {name: units.shown_amount(value) for name, value in balance.items()}
    return say("hours", used=shown["settled"], granted=shown["granted"], held=shown["held"])


def _energy(energy: Mapping[str, Any]) -> str:
    return "; ".join(
        say(
            "energy",
            amount=units.shown_energy(float(one["kwh"])),
            quality=say(one["quality"]),
            source=one["source"],
        )
        for one in energy["by_source"]
    )
