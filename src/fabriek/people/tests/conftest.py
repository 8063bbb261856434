"""A clock that tests can move, the mail that was written, and somebody at the API."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import kit
import pytest
from django.apps import apps
from django.test import Client

from fabriek.core import clock
from fabriek.people.tests.entering import PASSWORD, enter


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = clock.now()

    def now(self) -> datetime:
        return self.at

    def on(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", made.now)
    return made


@pytest.fixture
def mails() -> Callable[[str], list[Any]]:
    """The mails written to an address, oldest first."""
    mail = apps.get_model("core", "Mail")
    return lambda to: list(mail.objects.filter(to=to).order_by("pk"))


@pytest.fixture
def audited() -> Callable[[], list[str]]:
    """The actions in the audit log, oldest first."""
    entry = apps.get_model("core", "AuditEntry")
    return lambda: list(entry.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def nobody() -> kit.Api:
    """Somebody without a token."""
    return kit.Api(None, "none")


@pytest.fixture
def ada() -> Any:
    """Somebody with a password."""
    someone = kit.person("ada")
    someone.set_password(PASSWORD)
    someone.save()
    return someone


@pytest.fixture
def browser() -> Client:
    """A browser in which nobody is signed in."""
    return Client()


@pytest.fixture
def inside(ada: Any) -> Client:
    """A browser in which Ada has just signed in."""
    made = Client(headers={"User-Agent": "Ada's browser"})
    assert enter(made, ada).status_code == 302
    return made
