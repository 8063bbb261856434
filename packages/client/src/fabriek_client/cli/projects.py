"""projects list, show, members; use; report."""

from pathlib import Path
from typing import Annotated

import typer

from fabriek_client import settings
from fabriek_client.cli import files, kit, show, units
from fabriek_client.words import say

app = typer.Typer(rich_markup_mode=None)
projects = typer.Typer(rich_markup_mode=None, help=say("help.projects"))
members = typer.Typer(rich_markup_mode=None, help=say("access.members"))
app.add_typer(projects, name="projects")
projects.add_typer(members, name="members")

Slug = Annotated[str, typer.Argument(metavar="PROJECT", help=say("access.arg-project"))]
AMOUNTS = ("gpu_hours", "cpu_hours", "storage_gib")


@projects.command("list", help=say("access.projects-list"))
def list_all(as_json: kit.Json = False) -> None:
    """The person's projects."""
    with kit.factory() as factory:
        found = list(factory.projects.list())
    if as_json:
        show.as_json(found)
        return
    rows = [project | {"ends": units.shown_time(project.get("ends_at"))} for project in found]
    columns = [("slug", "slug"), ("title", "title"), ("role", "role"), ("ends", "ends")]
    show.records(rows, columns, False)


@projects.command("show", help=say("access.projects-show"))
def show_one(slug: Slug, as_json: kit.Json = False) -> None:
    """One project, with what it may still use."""
    with kit.factory() as factory:
        found = factory.projects.show(slug)
    if as_json:
        show.as_json(found)
        return
    allocation = found.get("allocation") or {}
    fields = ("slug", "title", "organisation", "purpose", "role", "members")
    show.details(
        [
            *((say(f"columns.{field}"), show.cell(found.get(field))) for field in fields),
            (say("columns.starts"), units.shown_time(allocation.get("starts_at"))),
            (say("columns.ends"), units.shown_time(allocation.get("ends_at"))),
        ]
    )
    if allocation:
        show.out()
        parts = ("granted", "held", "settled", "left")
        show.table(
            ["", *(say(f"columns.{part}") for part in parts)],
            [
                [
                    say(f"access.{name}"),
                    *(units.shown_number(allocation[name][part], 4) for part in parts),
                ]
                for name in AMOUNTS
            ],
        )


@members.command("list", help=say("access.members-list"))
def members_list(slug: Slug, as_json: kit.Json = False) -> None:
    """Who works in a project."""
    columns = [
        ("person_id", "number"),
        ("name", "name"),
        ("email", "email"),
        ("role", "role"),
    ]
    with kit.factory() as factory:
        show.records(factory.projects.members(slug), columns, as_json)


@members.command("add", help=say("access.members-add"))
def members_add(
    slug: Slug,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=say("people.arg-email"))],
    role: Annotated[str, typer.Option("--role", help=say("access.opt-role"))] = "member",
) -> None:
    """Let somebody in."""
    with kit.factory() as factory:
        factory.projects.add_member(slug, email, role)
    show.out(say("access.member-added", email=email, project=slug, role=role))


@members.command("remove", help=say("access.members-remove"))
def members_remove(
    slug: Slug,
    person: Annotated[int, typer.Argument(metavar="PERSON", help=say("people.arg-person"))],
) -> None:
    """End somebody's membership."""
    with kit.factory() as factory:
        factory.projects.remove_member(slug, person)
    show.out(say("access.member-removed", person=person, project=slug))


@app.command(help=say("help.use"))
def use(slug: Slug) -> None:
    """Take this project where none is named."""
    with kit.factory() as factory:
        found = factory.projects.show(slug)
    settings.use_address(settings.address(settings.load()))
    chosen = settings.load()
    chosen.project = found["slug"]
    settings.save(chosen)
    show.out(say("access.using", project=found["slug"], title=found["title"]))


@app.command(help=say("help.report"))
def report(
    project: Annotated[str, typer.Argument(metavar="PROJECT", help=say("access.arg-project"))] = "",
    as_json: kit.Json = False,
    output: Annotated[str, typer.Option("--output", "-o", help=say("common.opt-output"))] = "",
) -> None:
    """The account of a project: use, what is left, jobs, data, models, energy."""
    with kit.factory() as factory:
        slug = kit.project_in_use(factory, project)
        text = (
            files.json_text(factory.projects.report(slug))
            if as_json
            else factory.projects.report_markdown(slug)
        )
    files.write_or_print(text, Path(output) if output else None)
