"""The command line's own sentences, in Dutch and English; the factory sends its own.

A sentence stands in the TOML file that its key starts with: `say("data.pushed")` reads
`pushed` in `data.toml`. A file is read when its first sentence is needed.
"""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from fabriek_client.escape import escaped

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")
_chosen: Language | None = None


def choose(language: Language | None) -> None:
    """Use this language from now on; None for the one of the environment."""
    global _chosen  # noqa: PLW0603 - one process speaks one language
    _chosen = language


def language() -> Language:
    """The chosen language, else the environment's, else Dutch."""
    return _chosen or _of_environment()


def say(key: str, **facts: object) -> str:
    """The sentence of a key in the language in use, with the facts in their places.

    Facts are shown with control characters escaped, so that a name cannot steer a terminal.
    """
    text = _sentence(key)[language()]
    if not facts:
        return text
    return text.format_map({name: escaped(str(value)) for name, value in facts.items()})


def known(key: str) -> bool:
    """Whether there is a sentence for this key."""
    file, _, rest = key.partition(".")
    return rest in catalogue(file)


@cache
def catalogue(file: str) -> Mapping[str, Mapping[Language, str]]:
    """The sentences of one file."""
    found: dict[str, Mapping[Language, str]] = tomllib.loads(
        Path(__file__).with_name(f"{file}.toml").read_text("utf-8")
    )
    return found


def _sentence(key: str) -> Mapping[Language, str]:
    file, _, rest = key.partition(".")
    return catalogue(file)[rest]


def _of_environment() -> Language:
    for name in ("LC_ALL", "LANG"):
        # As everywhere, a set LC_ALL decides and LANG counts only without it.
        if value := os.environ.get(name):
            return "en" if value.lower().startswith("en") else "nl"
    return "nl"
