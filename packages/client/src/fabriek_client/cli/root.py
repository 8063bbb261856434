"""The list of commands. A command's module is loaded when the command is used, not before."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from fabriek_client import settings, words
from fabriek_client.cli import usage
from fabriek_client.errors import FactoryError
from fabriek_client.words import say

# In the order of a newcomer's first day.
MODULES = {
    "people": ("signup", "confirm", "login", "logout", "me", "tokens"),
    "organisations": ("org",),
    "applications": ("modes", "apply", "applications"),
    "reviews": ("reviews", "decide", "assign"),
    "projects": ("projects", "use", "report"),
    "data": ("data",),
    "run": ("run",),
    "jobs": ("jobs", "job", "logs", "cancel", "why"),
    "models": ("models", "model"),
    "config": ("config",),
}
MODULE_OF = {name: module for module, names in MODULES.items() for name in names}


class Root(TyperGroup):
    """Holds a placeholder for every command, and puts the real one in its place when called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments name, loaded."""
        name, placeholder, rest = super().resolve_command(ctx, args)
        return name, placeholder and load(str(placeholder.name)), rest

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help, which loads no more than the others."""
        return usage.convert(super().get_help_option(ctx))

    def get_help(self, ctx: Any) -> str:
        """The help page, in the language in use."""
        return usage.translated(super().get_help(ctx))


def make_root() -> Root:
    """The command `fabriek`, speaking the language of the settings."""
    try:
        words.choose(settings.load().language)
    except FactoryError:
        # Broken settings are reported by the command that needs them, not by --help.
        words.choose(None)
    return Root(
        name="fabriek",
        help=say("help.fabriek"),
        commands=[
            TyperCommand(name, help=say(f"help.{name}"), rich_markup_mode=None)
            for name in MODULE_OF
        ],
        rich_markup_mode=None,
        no_args_is_help=True,
    )


def load(name: str) -> Any:
    """The real command of this name, with its options."""
    module = import_module(f"fabriek_client.cli.{MODULE_OF[name]}")
    group = typer.main.get_group(module.app)
    command = group.commands[name]
    usage.adapt(command)
    return command
