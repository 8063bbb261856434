"""data push, pull, list, versions, files."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from fabriek_client.cli import datasets, kit, show, units
from fabriek_client.cli.progress import transfer
from fabriek_client.errors import FactoryError
from fabriek_client.words import say

app = typer.Typer(rich_markup_mode=None)
data = typer.Typer(rich_markup_mode=None, help=say("help.data"))
app.add_typer(data, name="data")

Reference = Annotated[
    str, typer.Argument(metavar="DATASET@VERSION", help=say("data.arg-reference"))
]


@data.command(help=say("data.push"))
def push(
    path: Annotated[str, typer.Argument(metavar="FILE_OR_FOLDER", help=say("data.arg-path"))],
    *,
    project: kit.Project = "",
    name: Annotated[str, typer.Option("--name", "-n", help=say("data.opt-name"))] = "",
    kind: Annotated[str | None, typer.Option("--kind", help=say("data.opt-kind"))] = None,
    classification: Annotated[
        str | None, typer.Option("--classification", help=say("data.opt-classification"))
    ] = None,
    personal_data: Annotated[
        bool | None,
        typer.Option("--personal-data/--no-personal-data", help=say("data.opt-personal")),
    ] = None,
    as_json: kit.Json = False,
) -> None:
    """Make a version of a dataset from a file or folder; run again, it goes on."""
    if not Path(path).exists() and not Path(path).is_symlink():
        raise FactoryError("no-such-path", say("data.no-path", path=path), say("data.no-path-out"))
    from fabriek_vault.plan import plan

    planned = plan(path)
    slug = name or datasets.slug_from(Path(path))
    with kit.factory() as factory:
        project = kit.project_in_use(factory, project)
        dataset, made = datasets.find_or_make(
            factory,
            project,
            slug,
            kind=kind,
            classification=classification,
            personal_data=personal_data,
        )
        if made and not as_json:
            show.note(say("data.made", name=slug, classification=dataset["classification"]))
        version = datasets.send(factory, dataset, planned, _this_command())
    if as_json:
        show.as_json({"dataset": slug, "project": project} | _as_dict(version))
        return
    show.out(
        say(
            "data.pushed",
            reference=f"{slug}@{version.number}",
            files=units.shown_files(version.file_count),
            size=units.shown_size(version.size_bytes),
        )
    )


@data.command(help=say("data.pull"))
def pull(
    reference: Reference,
    destination: Annotated[str, typer.Argument(metavar="DEST", help=say("data.arg-dest"))],
    project: kit.Project = "",
) -> None:
    """Write the files of a version into a new folder."""
    with kit.factory() as factory:
        dataset, number = datasets.find_version(factory, reference, project)
        with transfer(
            say("data.fetching", name=dataset["slug"]), _this_command(), "data.pull-broken-off"
        ) as told:
            factory.data.pull(dataset["id"], number, Path(destination), told)
    show.out(say("data.pulled", reference=f"{dataset['slug']}@{number}", destination=destination))


@data.command("list", help=say("data.list"))
def list_all(
    project: kit.Project = "",
    kind: Annotated[str | None, typer.Option("--kind", help=say("data.opt-kind"))] = None,
    as_json: kit.Json = False,
) -> None:
    """The datasets of a project."""
    columns = [("slug", "name"), ("kind", "kind"), ("versions", "versions")]
    with kit.factory() as factory:
        project = kit.project_in_use(factory, project)
        rows = factory.data.list(project, kind)
        columns += [("classification", "classification"), ("personal_data", "personal_data")]
        show.records(rows, columns, as_json)


@data.command(help=say("data.versions"))
def versions(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help=say("data.arg-dataset"))],
    project: kit.Project = "",
    as_json: kit.Json = False,
) -> None:
    """The versions of a dataset, newest first."""
    with kit.factory() as factory:
        found, _ = datasets.find(factory, dataset, project)
        rows: list[Any] = list(factory.data.versions(found["id"]))
    if not as_json:
        rows = [_readable(row) for row in rows]
    columns = [("number", "version"), ("file_count", "files"), ("size_bytes", "size")]
    show.records(rows, [*columns, ("created_at", "made"), ("digest", "digest")], as_json)


@data.command(help=say("data.files"))
def files(reference: Reference, project: kit.Project = "", as_json: kit.Json = False) -> None:
    """The files of a version."""
    with kit.factory() as factory:
        dataset, number = datasets.find_version(factory, reference, project)
        rows = list(factory.data.files(dataset["id"], number))
    if not as_json:
        rows = [row | {"size_bytes": units.shown_size(row["size_bytes"])} for row in rows]
    show.records(rows, [("path", "path"), ("size_bytes", "size")], as_json)


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "size_bytes": units.shown_size(row["size_bytes"]),
        "created_at": units.shown_time(row["created_at"]),
        "digest": row["digest"][:16],
    }


def _as_dict(version: Any) -> dict[str, Any]:
    return {field: getattr(version, field) for field in version.__dataclass_fields__}


def _this_command() -> str:
    return shlex.join(["fabriek", *sys.argv[1:]])
