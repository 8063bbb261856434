"""config show, language, address."""

import os
from typing import Annotated

import typer

from fabriek_client import settings, words
from fabriek_client.cli import kit, show
from fabriek_client.words import LANGUAGES, say

app = typer.Typer(rich_markup_mode=None)
config = typer.Typer(rich_markup_mode=None, help=say("help.config"))
app.add_typer(config, name="config")


@config.command("show", help=say("help.config-show"))
def show_all(as_json: kit.Json = False) -> None:
    """The settings in use; of the token only whether there is one."""
    chosen = settings.load()
    found = {
        "file": str(settings.path()),
        "address": settings.address(chosen),
        "email": chosen.email,
        "project": chosen.project,
        "language": words.language(),
        "signed_in": bool(settings.token(chosen)),
        "environment": [
            name for name in ("FABRIEK_ADDRESS", "FABRIEK_TOKEN") if os.environ.get(name)
        ],
    }
    if as_json:
        show.as_json(found)
        return
    show.details((say(f"columns.{name}"), show.cell(value)) for name, value in found.items())


@config.command(help=say("help.config-language"))
def language(
    code: Annotated[str, typer.Argument(metavar="nl|en", help=say("common.arg-language"))],
) -> None:
    """Speak Dutch or English from now on."""
    found = next((one for one in LANGUAGES if one == code.lower()), None)
    if found is None:
        raise kit.WrongUsage(
            say("common.no-such-language", value=code), say("common.no-such-language-out")
        )
    chosen = settings.load()
    chosen.language = found
    settings.save(chosen)
    words.choose(found)
    show.out(say("common.language-chosen"))


@config.command(help=say("help.config-address"))
def address(
    url: Annotated[str, typer.Argument(metavar="ADDRESS", help=say("people.opt-address"))],
) -> None:
    """Use the factory at this address from now on."""
    chosen = settings.use_address(url)
    show.out(say("common.address-chosen", address=chosen))
