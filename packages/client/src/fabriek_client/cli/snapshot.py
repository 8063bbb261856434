"""The folder of code that goes with a job: what of it is sent, and what never is."""

import fnmatch
import os
from pathlib import Path
from typing import TYPE_CHECKING

from fabriek_client.cli.kit import WrongUsage
from fabriek_client.errors import FactoryError
from fabriek_client.words import say

if TYPE_CHECKING:
    from fabriek_vault import Plan

IGNORE_FILE = ".fabriekignore"
ALWAYS_IGNORED = frozenset({"node_modules", ".venv-node", IGNORE_FILE})
MOST_FILES = 20_000
MOST_BYTES = 1_000_000_000


def plan_code(folder: Path) -> "Plan | None":
    """What of the folder would be sent; None when there is no file in it.

    FactoryError `code-folder-refused` for a home folder, `/` or whatever holds them, and for one
    too large to be code; WrongUsage for a `.fabriekignore` that asks what it cannot do.
    """
    from fabriek_vault import VaultError
    from fabriek_vault.plan import CODE_IGNORE, plan

    if not folder.is_dir():
        raise WrongUsage(say("run.no-folder", folder=folder), say("run.no-folder-out"))
    _refuse_by_mistake(folder)
    ignored = CODE_IGNORE | ALWAYS_IGNORED
    ignored |= _names_matching(folder, _patterns(folder), ignored)
    try:
        planned = plan(folder, ignored)
    except VaultError as error:
        if error.code == "nothing-to-store":
            return None
        raise
    if len(planned.files) > MOST_FILES or planned.size_bytes > MOST_BYTES:
        raise _refused("run.folder-too-large", folder)
    return planned


def _refuse_by_mistake(folder: Path) -> None:
    here = folder.resolve()
    home = Path.home().resolve()
    # The home folder itself and everything above it, up to the root.
    if here == home or here in home.parents:
        raise _refused("run.folder-is-home", folder)


def _refused(key: str, folder: Path) -> FactoryError:
    return FactoryError(
        "code-folder-refused",
        say(key, folder=folder),
        say("run.folder-refused-out", file=IGNORE_FILE),
    )


def _patterns(folder: Path) -> list[str]:
    """The lines of `.fabriekignore`: names, with * and ?, that are left out at any depth."""
    try:
        lines = (folder / IGNORE_FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    patterns = [line.strip().rstrip("/") for line in lines]
    patterns = [line for line in patterns if line and not line.startswith("#")]
    wrong = next((line for line in patterns if "/" in line or line.startswith("!")), None)
    if wrong is not None:
        raise WrongUsage(
            say("run.bad-ignore", file=IGNORE_FILE, line=wrong), say("run.bad-ignore-out")
        )
    return patterns


def _names_matching(folder: Path, patterns: list[str], ignored: frozenset[str]) -> frozenset[str]:
    """The names in the folder that a pattern matches: the vault leaves out names, not patterns."""
    if not patterns:
        return frozenset()
    found: set[str] = set()
    for _, folders, names in os.walk(folder):
        matching = {
            name
            for name in (*folders, *names)
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
        }
        found |= matching
        folders[:] = [name for name in folders if name not in matching and name not in ignored]
    return frozenset(found)
