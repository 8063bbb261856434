"""org make, list, show, join, members, accept, end."""

from typing import Annotated

import typer

from fabriek_client.cli import ask, kit, show
from fabriek_client.words import say

app = typer.Typer(rich_markup_mode=None)
org = typer.Typer(rich_markup_mode=None, help=say("help.org"))
app.add_typer(org, name="org")

Slug = Annotated[str, typer.Argument(metavar="ORGANISATION", help=say("people.arg-organisation"))]
PersonId = Annotated[int, typer.Argument(metavar="PERSON", help=say("people.arg-person"))]


@org.command(help=say("people.org-make"))
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("people.arg-org-name"))],
    *,
    kind: Annotated[str, typer.Option("--kind", help=say("people.opt-kind"))] = "",
    country: Annotated[str, typer.Option("--country", help=say("people.opt-country"))] = "NL",
    slug: Annotated[str, typer.Option("--slug", help=say("people.opt-slug"))] = "",
    kvk: Annotated[str, typer.Option("--kvk", help=say("people.opt-kvk"))] = "",
    ror: Annotated[str, typer.Option("--ror", help=say("people.opt-ror"))] = "",
    vat: Annotated[str, typer.Option("--vat", help=say("people.opt-vat"))] = "",
    pic: Annotated[str, typer.Option("--pic", help=say("people.opt-pic"))] = "",
) -> None:
    """Make an organisation, as its admin."""
    kind = kind or ask.text(say("people.ask-kind"), "--kind")
    numbers = {"slug": slug, "kvk": kvk, "ror": ror, "vat": vat, "pic": pic}
    given = {field: value for field, value in numbers.items() if value}
    with kit.factory() as factory:
        made = factory.organisations.make(name, kind, country.upper(), **given)
    show.out(say("people.org-made", name=made["name"], slug=made["slug"]))


@org.command("list", help=say("people.org-list"))
def list_all(as_json: kit.Json = False) -> None:
    """The organisations the person may see."""
    columns = [("slug", "slug"), ("name", "name"), ("kind", "kind"), ("country", "country")]
    with kit.factory() as factory:
        show.records(factory.organisations.list(), [*columns, ("role", "role")], as_json)


@org.command("show", help=say("people.org-show"))
def show_one(slug: Slug, as_json: kit.Json = False) -> None:
    """One organisation."""
    with kit.factory() as factory:
        found = factory.organisations.show(slug)
    if as_json:
        show.as_json(found)
        return
    fields = ("slug", "name", "kind", "country", "kvk", "ror", "vat", "pic", "role")
    show.details((say(f"columns.{field}"), show.cell(found.get(field))) for field in fields)


@org.command(help=say("people.org-join"))
def join(slug: Slug) -> None:
    """Ask to join."""
    with kit.factory() as factory:
        factory.organisations.join(slug)
    show.out(say("people.org-asked", slug=slug))


@org.command(help=say("people.org-members"))
def members(slug: Slug, as_json: kit.Json = False) -> None:
    """Who belongs to it, and who asked to."""
    columns = [
        ("person_id", "number"),
        ("name", "name"),
        ("email", "email"),
        ("role", "role"),
    ]
    with kit.factory() as factory:
        show.records(factory.organisations.members(slug), [*columns, ("state", "state")], as_json)


@org.command(help=say("people.org-accept"))
def accept(
    slug: Slug,
    person: PersonId,
    admin: Annotated[bool, typer.Option("--admin", help=say("people.opt-admin"))] = False,
) -> None:
    """Let somebody in who asked to join."""
    with kit.factory() as factory:
        factory.organisations.set_member(slug, person, "active", "admin" if admin else "member")
    show.out(say("people.org-accepted", person=person, slug=slug))


@org.command("end", help=say("people.org-end"))
def end(slug: Slug, person: PersonId) -> None:
    """End somebody's membership."""
    with kit.factory() as factory:
        factory.organisations.set_member(slug, person, "ended", "member")
    show.out(say("people.org-ended", person=person, slug=slug))
