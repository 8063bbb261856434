"""Mail to people, each in their own language. The texts stand in a room's `notices.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from fabriek.core import outbox, wake
from fabriek.core.problems import Language, fill
from fabriek.people.models import Person

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONTHS: Mapping[Language, str] = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}


class Notices:
    """The notices of one room: by key a subject and a body, in both languages."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """Key to `subject_nl`, `subject_en`, `body_nl` and `body_en`."""
        return tomllib.loads(self.path.read_text("utf-8"))

    def post(self, to: Person, key: str, **facts: object) -> None:
        """Write a mail to the person; call it inside the action's transaction.

        A fact that is a moment is shown as Amsterdam time, one that is a mapping of languages in
        the person's.
        """
        language: Language = "en" if to.language == "en" else "nl"
        shown = {name: _shown(fact, language) for name, fact in facts.items()}
        text = self.texts[key]
        outbox.post(
            to.email,
            fill(text[f"subject_{language}"], shown),
            fill(text[f"body_{language}"], shown).strip() + "\n\nFabriek\n",
        )
        wake.worker()


def page(name: str, **parts: object) -> dict[Language, str]:
    """The address of a page in both languages, as a fact of a notice."""
    found: dict[Language, str] = {}
    for language in MONTHS:
        with translation.override(language):
            found[language] = settings.ADDRESS + reverse(name, kwargs=parts)
    return found


NOTICES = Notices(Path(__file__).with_name("notices.toml"))
"""Those of this room."""


def _shown(fact: Any, language: Language) -> object:
    if isinstance(fact, datetime):
        return moment(fact, language)
    if isinstance(fact, Mapping):
        return fact[language]
    return fact


def moment(at: datetime, language: Language) -> str:
    """`3 maart 2026 17:00` or `3 March 2026 17:00`, Amsterdam time."""
    local = at.astimezone(AMSTERDAM)
    return f"{local.day} {MONTHS[language].split()[local.month - 1]} {local.year} {local:%H:%M}"
