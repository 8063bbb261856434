"""Clearances: from when, until when, taken back."""

from datetime import timedelta

import kit
import pytest
from django.apps import apps

from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.governance import actions, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(monkeypatch):
    start = clock.now()

    def move(**by: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(**by))

    move()
    return move


def audited() -> list[tuple[str, str]]:
    rows = apps.get_model("core", "AuditEntry").objects.order_by("pk")
    return list(rows.values_list("action", "actor"))


def test_cleared_until_a_moment(later) -> None:
    someone = kit.person("ada")
    until = clock.now() + timedelta(days=30)
    actions.clear("project", 7, ["education", "education", "benchmarking"], until, someone)
    assert queries.cleared_purposes("project", 7) == {"education", "benchmarking"}
    assert queries.cleared_purposes("project", "7") == {"education", "benchmarking"}
    assert queries.cleared_purposes("project", 8) == frozenset()
    assert queries.cleared_purposes("dataset", 7) == frozenset()
    later(days=30, seconds=-1)
    assert queries.cleared_purposes("project", 7)
    later(days=30)
    assert not queries.cleared_purposes("project", 7)
    assert audited() == [("purpose.clear", someone.email)]


def test_taken_back_at_once(later) -> None:
    until = clock.now() + timedelta(days=30)
    actions.clear("project", 7, ["education", "benchmarking"], until, None)
    actions.revoke("project", 7, "education", kit.person("op", operator=True))
    actions.revoke("project", 7, "education", None)  # again changes nothing
    actions.revoke("project", 7, "care-research", None)
    assert queries.cleared_purposes("project", 7) == {"benchmarking"}
    assert [action for action, _ in audited()] == ["purpose.clear", "purpose.revoke"]
    assert audited()[0][1] == "factory"


@pytest.mark.parametrize(
    ("purpose", "code"),
    [("face-scraping", "purpose-prohibited"), ("whatever", "purpose-unknown")],
)
def test_the_prohibited_is_cleared_for_nobody(later, purpose: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        actions.clear("project", 7, ["education", purpose], clock.now(), None)
    assert caught.value.code == code
    assert not queries.cleared_purposes("project", 7) and not audited()
