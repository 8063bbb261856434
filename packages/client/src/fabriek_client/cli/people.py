"""signup, confirm, login, logout, me, tokens."""

import os
import re
import socket
from typing import Annotated, Any

import typer

from fabriek_client import settings, words
from fabriek_client.cli import ask, kit, show, units
from fabriek_client.errors import FactoryError
from fabriek_client.words import say

app = typer.Typer(rich_markup_mode=None)
tokens = typer.Typer(rich_markup_mode=None, help=say("help.tokens"))
app.add_typer(tokens, name="tokens")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help=say("people.arg-email"))]
Address = Annotated[str, typer.Option("--address", "-a", help=say("people.opt-address"))]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help=say("people.opt-password-stdin"))
]


@app.command(help=say("help.signup"))
def signup(
    email: Email,
    name: Annotated[str, typer.Option("--name", help=say("people.opt-name"))] = "",
    address: Address = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Make an account."""
    if address:
        settings.use_address(address)
    name = name or ask.text(say("people.ask-name"), "--name")
    password = ask.password(from_stdin=password_stdin, twice=True)
    with kit.factory(anonymous=True) as factory:
        made = factory.people.sign_up(email, password, name, words.language())
    show.out(say("people.signed-up", email=made["email"]))


@app.command(help=say("help.confirm"))
def confirm(
    email: Email,
    code: Annotated[str, typer.Argument(metavar="CODE", help=say("people.arg-code"))] = "",
    again: Annotated[bool, typer.Option("--again", help=say("people.opt-again"))] = False,
) -> None:
    """Prove an address with the mailed code, or have another code mailed."""
    with kit.factory(anonymous=True) as factory:
        if again:
            factory.people.confirm_again(email)
            show.out(say("people.mailed-again", email=email))
            return
        code = code or ask.text(say("people.ask-code"), "CODE")
        factory.people.confirm(email, code)
    show.out(say("people.confirmed", email=email))


@app.command(help=say("help.login"))
def login(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=say("people.arg-email"))] = "",
    *,
    address: Address = "",
    password_stdin: PasswordStdin = False,
    with_token: Annotated[bool, typer.Option("--token", help=say("people.opt-token"))] = False,
    name: Annotated[str, typer.Option("--name", help=say("people.opt-token-name"))] = "",
    days: Annotated[int | None, typer.Option("--days", help=say("people.opt-days"))] = None,
) -> None:
    """Get a token and keep it in the settings."""
    if address:
        settings.use_address(address)
    if with_token:
        _keep_given(ask.secret(say("people.ask-token")))
        return
    email = email or ask.text(say("people.ask-email"), "EMAIL")
    password = ask.password(from_stdin=password_stdin)
    with kit.factory(anonymous=True) as factory:
        made = factory.people.sign_in(email, password, name or _token_name(), days)
    _keep(made, made["token"], email)


@app.command(help=say("help.logout"))
def logout() -> None:
    """Revoke the token of the settings and forget it."""
    chosen = settings.load()
    if not chosen.token:
        show.out(say("people.not-logged-in"))
        return
    try:
        with kit.factory() as factory:
            factory.people.revoke(chosen.token_id)
    except FactoryError as error:
        # One that no longer works needs no revoking; anything else the person must know.
        if error.status != 401:
            raise
    chosen.token, chosen.token_id, chosen.email = "", 0, ""
    settings.save(chosen)
    show.out(say("people.logged-out"))


@app.command(help=say("help.me"))
def me(as_json: kit.Json = False) -> None:
    """Who the factory takes this person for."""
    with kit.factory() as factory:
        found = factory.people.me()
    if as_json:
        show.as_json(found)
        return
    roles = [say(f"people.{role}") for role in ("is_operator", "is_reviewer") if found.get(role)]
    show.details(
        [
            (say("columns.name"), found["name"]),
            (say("columns.email"), found["email"]),
            (say("columns.language"), found["language"]),
            (say("columns.role"), ", ".join(roles)),
            *(
                (say("columns.organisation"), f"{one['name']} ({one['slug']}, {one['role']})")
                for one in found["organisations"]
            ),
        ]
    )


@tokens.command("list", help=say("people.tokens-list"))
def tokens_list(as_json: kit.Json = False) -> None:
    """The person's tokens, without the tokens themselves."""
    with kit.factory() as factory:
        rows: list[Any] = list(factory.people.tokens())
    if not as_json:
        rows = [row | {"until": _until(row)} for row in rows]
    columns = [("id", "number"), ("name", "name"), ("hint", "hint"), ("until", "until")]
    show.records(rows, columns, as_json)


@tokens.command("revoke", help=say("people.tokens-revoke"))
def tokens_revoke(
    number: Annotated[int, typer.Argument(metavar="ID", help=say("people.arg-token"))],
) -> None:
    """End a token at once."""
    with kit.factory() as factory:
        factory.people.revoke(number)
    show.out(say("people.revoked", number=number))


def _keep_given(plain: str) -> None:
    """Keep a token that was made elsewhere, once the factory has said whose it is."""
    if not re.fullmatch(r"fbp_[\w-]{20,200}", plain, re.ASCII):
        raise FactoryError("not-a-token", say("people.not-a-token"), say("people.not-a-token-out"))
    with kit.factory(token=plain) as factory:
        email = factory.people.me()["email"]
        rows = [row for row in factory.people.tokens() if plain.startswith(row["hint"])]
    _keep(next(row for row in rows if not row["revoked_at"]), plain, email)


def _keep(token: Any, plain: str, email: str) -> None:
    address_in_use = settings.use_address(settings.address(settings.load()))
    chosen = settings.load()
    chosen.token, chosen.token_id, chosen.email = plain, token["id"], email
    settings.save(chosen)
    until = units.shown_time(token["expires_at"])
    show.out(say("people.logged-in", email=email, address=address_in_use, until=until))


def _token_name() -> str:
    """What the list of tokens shows: where this one is."""
    return f"fabriek @ {socket.gethostname()}"[:100] or os.name


def _until(token: Any) -> str:
    if token["revoked_at"]:
        return say("people.token-revoked")
    return units.shown_time(token["expires_at"])
