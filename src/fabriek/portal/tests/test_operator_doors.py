"""Who may come in: operators. To everybody else none of these pages is there."""

from datetime import timedelta
from typing import Any

import kit
import pytest
from django.test import Client

from fabriek.access import operator_queries as operator_access
from fabriek.compute import operator_queries as operator_compute
from fabriek.core.problems import Problem
from fabriek.people import actions as people
from fabriek.people import operator_actions
from fabriek.people import operator_queries as operator_people
from fabriek.people.models import Person
from fabriek.portal.operator_urls import OPERATOR
from fabriek.portal.tests.operating import SHARP, Office, office, status

__all__ = ["office"]
pytestmark = pytest.mark.django_db(databases=["default", "wraps"])
PREFIXES = ("", "/en")


def test_the_walk_knows_every_address(office: Office) -> None:
    patterns = {
        str(entry.pattern).replace("<int:person_id>", str(office.ada.pk)) for entry in OPERATOR
    }
    patterns = {pattern.replace("<slug:slug>", office.organisation.slug) for pattern in patterns}
    walked = {f"operator/{path}" for path in office.addresses()}
    assert patterns - walked == {f"operator/people/{office.ada.pk}/reviewer/"}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_operator_sees_each_page(
    office: Office, prefix: str, django_assert_max_num_queries
) -> None:
    for path in office.addresses():
        with django_assert_max_num_queries(25):
            answer = office.browser.get(f"{prefix}/operator/{path}")
        assert answer.status_code == 200, path
        if answer.headers["Content-Type"].startswith("text/html"):
            text = answer.content.decode()
            assert text.count("<h1") == 1, path
            assert f'lang="{prefix[1:] or "nl"}"' in text
            assert " style=" not in text and "<script>" not in text, path


def test_to_everybody_else_they_are_not_there(office: Office) -> None:
    for someone in (office.ada, office.rita, kit.person("stranger")):
        client = kit.browser(someone)
        for path in office.addresses():
            assert status(client, f"/operator/{path}") == 404, path
        form = client.post(f"/en/operator/people/{office.rita.pk}/reviewer/", {"reviewer": "true"})
        assert form.status_code == 404
        assert client.post(f"/en/operator/people/{office.rita.pk}/close/").status_code == 404
    assert Person.objects.get(pk=office.rita.pk).is_active


def test_what_the_pages_ask_refuses_by_itself(office: Office) -> None:
    """A page that forgot to look at who asks would still show nothing."""
    asked: list[Any] = [
        operator_people.people,
        lambda who: operator_people.person(who, office.ada.pk),
        lambda who: operator_people.person_id(who, office.ada.email),
        lambda who: operator_people.last_seen(who, office.ada),
        operator_people.organisations,
        lambda who: operator_people.organisation(who, office.organisation.slug),
        lambda who: operator_people.memberships(who, person_id=office.ada.pk),
        operator_access.projects,
        lambda who: operator_access.budgets(who, [office.project.pk]),
        lambda who: operator_access.allocations_ending(who, timedelta(days=7)),
        operator_access.due,
        operator_access.applications,
        lambda who: operator_access.memberships_in_projects(who, office.ada.pk),
        operator_compute.engines,
        operator_compute.jobs,
        operator_compute.queue,
        operator_compute.expected_starts,
        operator_compute.silent_attempts,
        lambda who: operator_actions.appoint_reviewer(who, office.ada.pk, reviewer=True),
        lambda who: operator_actions.close_account(who, office.ada.pk),
    ]
    closed = kit.person("closed", operator=True)
    closed.is_active = False
    for ask in asked:
        for someone in (office.ada, office.rita, closed):
            with pytest.raises(Problem) as refused:
                ask(someone)
            assert refused.value.code == "not-found"
    assert Person.objects.get(pk=office.ada.pk).is_active


def test_who_is_not_signed_in_is_sent_to_the_login(office: Office) -> None:
    for path in office.addresses():
        answer = Client().get(f"/en/operator/{path}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/en/login/?next=/en/operator/")


def test_an_operator_whose_account_is_closed_sees_nothing(office: Office) -> None:
    people.close_account(office.olga, by=office.olga)
    assert status(office.browser, "/operator/people/") in (302, 404)


def test_looking_changes_nothing_and_changing_needs_a_form(office: Office) -> None:
    reviewer = f"/en/operator/people/{office.ada.pk}/reviewer/"
    assert status(office.browser, reviewer) == 405
    assert office.browser.post("/en/operator/people/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(office.olga)
    assert strict.post(reviewer, {"reviewer": "true"}).status_code == 403
    assert not Person.objects.get(pk=office.ada.pk).is_reviewer


def test_what_people_wrote_is_text(office: Office) -> None:
    Person.objects.filter(pk=office.ada.pk).update(name=SHARP)
    type(office.project).objects.filter(pk=office.project.pk).update(title=SHARP)
    type(office.organisation).objects.filter(pk=office.organisation.pk).update(name=SHARP)
    type(office.application).objects.filter(pk=office.application.pk).update(title=SHARP)
    type(office.job).objects.filter(pk=office.job.pk).update(name=SHARP)
    seen = 0
    for path in (*office.addresses(), f"people/?q={SHARP}", f"audit/?text={SHARP}"):
        text = office.browser.get(f"/en/operator/{path}").content.decode()
        assert "<img" not in text.split("<main")[-1], path
        seen += "&lt;img" in text
    assert seen >= 10


def test_a_proxy_learns_one_word(office: Office, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        answer = Client().get("/health/")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_proxy_learns_that_the_database_does_not_answer(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from fabriek.core import queries

    def broken() -> bool:
        raise OperationalError("disk I/O error at /srv/fabriek")

    monkeypatch.setattr(queries, "is_answering", broken)
    answer = Client().get("/health/")
    assert (answer.status_code, answer.content) == (503, b"not ok\n")


def test_a_proxy_may_ask_over_plain_http(db: None, settings) -> None:  # type: ignore[no-untyped-def]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/health/").status_code == 200
    assert Client().get("/").status_code == 301
