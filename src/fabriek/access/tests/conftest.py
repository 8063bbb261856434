"""A clock that tests can move, mail, audit, and the people of an application."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import kit
import pytest
from django.apps import apps

from fabriek.core import clock
from fabriek.people import organisation_actions

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # no holiday near


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = MONDAY

    def now(self) -> datetime:
        return self.at

    def on(self, **by: float) -> None:
        self.at += timedelta(**by)


class Scene:
    """Ada of a start-up, who applies; and those who judge."""

    def __init__(self) -> None:
        self.ada = self.newcomer("ada")
        self.organisation = self.make(self.ada, "start-up")
        self.op = self.newcomer("op", operator=True)
        self.rita = self.newcomer("rita", reviewer=True)
        self.rob = self.newcomer("rob", reviewer=True)

    def newcomer(self, name: str, **flags: bool) -> kit.Api:
        made = kit.api(kit.person(name, **flags))
        made.call("GET", "/me")  # a token's use is written once a minute
        return made

    def make(self, who: kit.Api, kind: str, country: str = "NL") -> str:
        name = f"{kind} of {who.person.name}"
        made = organisation_actions.make_organisation(
            who.person, name=name, kind=kind, country=country
        )
        return made.slug

    def join(self, who: kit.Api, slug: str) -> None:
        organisation_actions.ask_to_join(who.person, slug)
        organisation_actions.decide_member(self.ada.person, slug, who.person.pk, state="active")

    def form(self, **fields: Any) -> dict[str, Any]:
        return {
            "mode": "fast-lane",
            "organisation": self.organisation,
            "title": "Reading old maps",
            "summary": "We teach a model to read old maps.",
            "purpose": "product-development",
            "gpu_hours": 100,
            "cpu_hours": 1000,
            "storage_gib": 10,
            "months": 3,
            "experience": "Two years on Snellius.",
            **fields,
        }

    def apply(self, who: kit.Api | None = None, **fields: Any) -> Any:
        status, answer = (who or self.ada).post("/applications", self.form(**fields))
        assert status == 201, answer
        return answer

    def project(self, **fields: Any) -> Any:
        return self.apply(mode="playground", **fields)["project"]


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", made.now)
    return made


@pytest.fixture
def scene(db, moving) -> Scene:
    return Scene()


@pytest.fixture
def mails() -> Callable[[kit.Api], list[Any]]:
    """The mails written to somebody, oldest first."""
    mail = apps.get_model("core", "Mail")
    return lambda who: list(mail.objects.filter(to=who.person.email).order_by("pk"))


@pytest.fixture
def audited() -> Callable[[], list[str]]:
    """The actions in the audit log, oldest first."""
    entry = apps.get_model("core", "AuditEntry")
    return lambda: list(entry.objects.order_by("pk").values_list("action", flat=True))
