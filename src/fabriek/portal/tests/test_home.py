"""Home: what waits for a newcomer, an applicant, a reviewer, an operator, and whoever works."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import kit
import pytest
from django.test import Client

from fabriek.access import queries as access
from fabriek.access.tests.conftest import Scene, mails, moving, scene  # noqa: F401 - fixtures
from fabriek.core import clock
from fabriek.ledger import actions as ledger
from fabriek.people import organisation_actions

pytestmark = pytest.mark.django_db


def home(who: Any, language: str = "en") -> str:
    client = who if isinstance(who, Client) else signed_in(who)
    answer = client.get("/en/home/" if language == "en" else "/home/")
    assert answer.status_code == 200
    return answer.content.decode()


def step(text: str) -> str:
    """The step that is to be taken now."""
    return text.split('aria-current="step">')[1].split("</li>", maxsplit=1)[0]


def signed_in(who: Any) -> Client:
    client = Client()
    client.force_login(who)
    return client


def test_a_newcomer_sees_the_whole_way_and_the_first_step() -> None:
    someone = kit.person("anna")
    text = home(someone)
    assert "Good to see you, Anna" in text
    assert step(text) == "Your organisation" and 'href="/en/organisations/"' in text
    organisation_actions.make_organisation(someone, name="One", kind="sme", country="NL")
    assert step(home(someone)) == "The way of access"
    assert "Uw weg naar een eerste resultaat" in home(someone, "nl")


def test_after_a_grant_the_next_step_is_data_in_the_project() -> None:
    someone = kit.person()
    project = kit.project(someone)
    text = home(someone)
    assert step(text) == "Your data"
    assert f'href="/en/projects/{project.slug}/data/new/"' in text
    assert f'href="/en/projects/{project.slug}/"' in text
    assert "0 of 100" in text


def test_an_open_application_shows_its_clock(scene: Any) -> None:  # noqa: F811
    scene.apply()
    text = home(scene.ada.person)
    assert "Reading old maps" in text and "in 4 working days" in text


def test_a_late_decision_says_so(scene: Any, moving: Any) -> None:  # noqa: F811
    scene.apply()
    moving.on(days=20)
    assert "the decision was due on" in home(scene.ada.person)


def test_reviewers_and_operators_see_what_waits_for_them(scene: Any, moving: Any) -> None:  # noqa: F811
    scene.apply()
    reviewers = [home(who.person) for who in (scene.rita, scene.rob)]
    assert sum("Review: Reading old maps" in text for text in reviewers) == 1
    assert "Your way to a first result" not in reviewers[0]
    moving.on(days=20)
    assert "1 decision is late" in home(scene.op.person)
    assert "1 decision is late" not in home(scene.rita.person)


def test_an_end_that_comes_near_and_a_budget_that_runs_out_are_told() -> None:
    someone = kit.person()
    project = kit.project(someone)
    assert "Ask for more time or hours" in home(someone)  # one month is within thirty days
    project.ends_at = clock.now() + timedelta(days=90)
    project.save()
    assert "Ask for more time or hours" not in home(someone)
    ledger.hold(access.accounts(project.pk).cpu_hour, "job:1", Decimal(95))
    ledger.settle("job:1", {"cpu-hour": Decimal(95)}, {})
    assert "nearly used up" in home(someone)


def test_nobody_sees_what_is_of_somebody_else() -> None:
    project = kit.project(kit.person())
    assert project.title not in home(kit.person())


def test_many_projects_cost_no_more_questions(django_assert_max_num_queries: Any) -> None:
    someone = kit.person(operator=True, reviewer=True)
    for _ in range(8):
        kit.project(someone)
    client = signed_in(someone)
    with django_assert_max_num_queries(25):
        text = home(client)
    assert "All projects" in text


def test_an_admin_sees_who_asks_to_join() -> None:
    admin, someone = kit.person("anna"), kit.person("bart")
    made = organisation_actions.make_organisation(admin, name="One", kind="sme", country="NL")
    assert "asks to join" not in home(admin)
    organisation_actions.ask_to_join(someone, made.slug)
    assert "Bart asks to join One" in home(admin)
    assert f'href="/en/organisations/{made.slug}/"' in home(admin)
    assert "Bart wil lid worden van One" in home(admin, "nl")
    assert "asks to join" not in home(someone) and "You asked to join One" in home(someone)
    organisation_actions.decide_member(admin, made.slug, someone.pk, state="active")
    assert "asks to join" not in home(admin)
