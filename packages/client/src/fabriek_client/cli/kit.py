"""What commands share: the factory of the settings, the project in use, names with versions."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from fabriek_client import settings, words
from fabriek_client.errors import FactoryError
from fabriek_client.words import say

if TYPE_CHECKING:
    from fabriek_client.sdk import Factory

_REFERENCE = re.compile(
    r"(?:(?P<project>[^/@\s]+)/)?(?P<name>[^/@\s]+)(?:@(?P<number>[1-9]\d{0,8}))?", re.ASCII
)

Json = Annotated[bool, typer.Option("--json", help=say("common.opt-json"))]
Project = Annotated[str, typer.Option("--project", "-p", help=say("common.opt-project"))]


class WrongUsage(FactoryError):
    """The command was called in a way that cannot work; exit code 2."""

    def __init__(self, sentence: str, way_out: str, code: str = "wrong-usage") -> None:
        super().__init__(code, sentence, way_out)


class Reference(NamedTuple):
    """`project/name@number`, of which project and number may be absent."""

    project: str
    name: str
    number: int | None


@contextmanager
def factory(*, anonymous: bool = False, token: str = "") -> Iterator["Factory"]:
    """The factory of the settings, with their token or the given one. FactoryError `not-signed-in`
    where a token is needed."""
    chosen = settings.load()
    token = token or ("" if anonymous else settings.token(chosen))
    if not (token or anonymous):
        raise FactoryError(
            "not-signed-in",
            say("common.not-signed-in", address=settings.address(chosen)),
            say("common.not-signed-in-out"),
        )
    _leave_out_httpx_command()
    from fabriek_client.sdk import Factory

    with Factory(settings.address(chosen), token, words.language()) as opened:
        yield opened


def project_in_use(opened: "Factory", given: str) -> str:
    """The given project, else that of `fabriek use`, else the only one there is."""
    if given:
        return given
    chosen = settings.load()
    if chosen.project and chosen.address == settings.address(chosen):
        return chosen.project
    slugs = [project["slug"] for project in opened.projects.list()]
    if len(slugs) == 1:
        return str(slugs[0])
    if not slugs:
        raise FactoryError("no-project", say("common.no-project"), say("common.no-project-out"))
    raise WrongUsage(
        say("common.which-project", projects=", ".join(slugs[:10])),
        say("common.which-project-out"),
        "which-project",
    )


def reference(text: str) -> Reference:
    """Read `name`, `name@3` or `project/name@3`. WrongUsage for anything else."""
    found = _REFERENCE.fullmatch(text)
    if not found:
        raise WrongUsage(say("common.bad-reference", value=text), say("common.bad-reference-out"))
    number = found["number"]
    return Reference(found["project"] or "", found["name"], int(number) if number else None)


def numbered(text: str) -> tuple[Reference, int]:
    """`reference` with the number, which must be there."""
    found = reference(text)
    if found.number is None:
        raise WrongUsage(say("common.bad-reference", value=text), say("common.bad-reference-out"))
    return found, found.number


def pairs(given: list[str], option: str) -> dict[str, str]:
    """`name=value` options as a mapping. WrongUsage for one without a name or `=`."""
    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise WrongUsage(
                say("common.bad-pair", option=option, value=text),
                say("common.bad-pair-out", option=option),
            )
        found[name] = value
    return found


def _leave_out_httpx_command() -> None:
    # httpx loads its own command line, with click, rich and pygments, if it finds it: as long as
    # the rest of a request. It takes a missing one in its stride.
    if "httpx" not in sys.modules:
        sys.modules["httpx._main"] = None  # type: ignore[assignment]
        import httpx  # noqa: F401

        del sys.modules["httpx._main"]
