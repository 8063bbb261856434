"""models list, show; model register, card."""

from pathlib import Path
from typing import Annotated, Any

import typer

from fabriek_client.cli import files, kit, show, units, watch
from fabriek_client.words import say

app = typer.Typer(rich_markup_mode=None)
models = typer.Typer(rich_markup_mode=None, help=say("help.models"))
model = typer.Typer(rich_markup_mode=None, help=say("help.model"))
app.add_typer(models, name="models")
app.add_typer(model, name="model")

Version = Annotated[str, typer.Argument(metavar="NAME@N", help=say("models.arg-version"))]


@models.command("list", help=say("models.list"))
def list_all(project: kit.Project = "", as_json: kit.Json = False) -> None:
    """The models of a project."""
    with kit.factory() as factory:
        found = list(factory.models.list(kit.project_in_use(factory, project)))
    if not as_json:
        found = [row | {"made_at": units.shown_time(row["made_at"])} for row in found]
    show.records(found, [("name", "name"), ("made_at", "made")], as_json)


@models.command("show", help=say("models.show"))
def show_one(
    name: Annotated[str, typer.Argument(metavar="NAME@N", help=say("models.arg-model"))],
    project: kit.Project = "",
    as_json: kit.Json = False,
) -> None:
    """The versions of a model, or one version with its lineage."""
    wanted = kit.reference(name)
    with kit.factory() as factory:
        slug = kit.project_in_use(factory, wanted.project or project)
        if wanted.number is not None:
            _show_version(factory.models.version(slug, wanted.name, wanted.number), as_json)
            return
        found = list(factory.models.versions(slug, wanted.name))
    if not as_json:
        found = [
            row | {"made_at": units.shown_time(row["made_at"]), "metrics": _metrics(row["metrics"])}
            for row in found
        ]
    columns = [("number", "version"), ("made_by", "by"), ("made_at", "made")]
    show.records(found, [*columns, ("metrics", "metrics")], as_json)


@model.command(help=say("models.register"))
def register(
    number: Annotated[int, typer.Argument(metavar="JOB", help=say("run.arg-job"))],
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("models.arg-name"))],
    as_json: kit.Json = False,
) -> None:
    """Make what a finished job left a version of a model."""
    with kit.factory() as factory:
        project = factory.jobs.show(number)["project"]
        version = factory.models.register(project, name, number)
    if as_json:
        show.as_json({"model_version": version})
    else:
        show.out(say("models.registered", version=version))


@model.command(help=say("models.card"))
def card(
    version: Version,
    project: kit.Project = "",
    set_: Annotated[list[str] | None, typer.Option("--set", help=say("models.opt-set"))] = None,
    output: Annotated[str, typer.Option("--output", "-o", help=say("common.opt-output"))] = "",
) -> None:
    """The model card; with --set some of its fields are filled in first."""
    wanted, number = kit.numbered(version)
    fields = kit.pairs(set_ or [], "--set")
    with kit.factory() as factory:
        slug = kit.project_in_use(factory, wanted.project or project)
        if fields:
            found = factory.models.complete_card(slug, wanted.name, number, fields)
            missing = ", ".join(found["missing"])
            show.note(say("models.completed", fields=", ".join(fields)))
            if missing:
                show.note(say("models.missing", fields=missing))
            if not output:
                return
        text = factory.models.card(slug, wanted.name, number)
    files.write_or_print(text, Path(output) if output else None)


def _show_version(found: Any, as_json: bool) -> None:
    if as_json:
        show.as_json(found)
        return
    lineage = found["lineage"]
    rows = {
        "model": f"{found['model']}@{found['number']}",
        "by": found["made_by"],
        "made": units.shown_time(found["made_at"]),
        "output": found["files"],
        "metrics": _metrics(found["metrics"]),
        "job": lineage.get("job"),
        "command": " ".join(lineage.get("command", [])),
        "code": _reference(lineage.get("code")),
        "input": [_reference(one) for one in lineage.get("inputs", [])],
        "parameters": lineage.get("parameters"),
        "purpose": lineage.get("purpose"),
        "energy": watch.energy(lineage),
        "missing": found["missing"],
    }
    show.details((say(f"columns.{name}"), show.cell(value)) for name, value in rows.items())


def _reference(facts: Any) -> str | None:
    return str(facts["reference"]) if facts else None


def _metrics(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in metrics.items())
