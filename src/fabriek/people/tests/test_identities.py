"""Who somebody is after a provider of identities."""

import kit
import pytest
from django.apps import apps
from django.test import Client

from fabriek.core.problems import Problem
from fabriek.people import actions, identities
from fabriek.people.tests.entering import PASSWORD, code_in

pytestmark = pytest.mark.django_db


def link(subject: str = "s1", email: str = "new@example.org", verified: bool = True):
    return identities.link(subject, email, verified, "New Comer", "en").user


def refused(code: str, **fields) -> None:
    with pytest.raises(Problem) as caught:
        link(**fields)
    assert caught.value.code == code


def test_a_new_person_is_confirmed_and_has_no_password(audited, mails) -> None:
    person = link(email="New@Example.org")
    assert person.email == "new@example.org" and person.email_confirmed_at
    assert person.name == "New Comer" and not person.has_usable_password()
    assert audited() == ["person.sign-up", "oidc.link"] and len(mails(person.email)) == 1
    assert link().pk == person.pk
    assert audited() == ["person.sign-up", "oidc.link"]


def test_a_known_person_is_found_by_the_proven_address(ada) -> None:
    assert link(email=ada.email.upper()).pk == ada.pk
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_an_unproven_address_finds_nobody(ada) -> None:
    refused("oidc-unverified", email=ada.email, verified=False)
    refused("oidc-unverified", email="")
    refused("invalid-email", email="not an address")


def test_another_subject_cannot_take_over() -> None:
    person = link("s1")
    refused("oidc-other", subject="s2", email=person.email)


def test_the_subject_counts_and_not_the_address(ada) -> None:
    person = link("s1")
    assert link("s1", email=ada.email).pk == person.pk
    assert link("s1", email="", verified=False).pk == person.pk


def test_an_unconfirmed_sign_up_loses_its_password_and_code(mails) -> None:
    actions.sign_up("new@example.org", "somebody else's words", "Mallory", "en")
    person = link()
    assert not person.has_usable_password() and person.email_confirmed_at
    assert person.name == "New Comer"
    with pytest.raises(Problem, match="code does not work"):
        actions.confirm("new@example.org", code_in(mails("new@example.org")[0]))


def test_a_closed_account_stays_closed(ada) -> None:
    actions.close_account(ada, by=ada)
    refused("person-inactive", email=ada.email)


def test_a_name_that_cannot_be_kept() -> None:
    person = identities.link("s1", "a.b@example.org", True, "x/y\u202e", "nl").user
    assert person.name == "a.b" and person.language == "nl"


def test_without_a_provider_there_is_no_such_way(browser) -> None:
    assert browser.post("/en/login/oidc/").status_code == 404
    assert browser.get("/login/oidc/callback/?code=x&state=y").status_code == 404
    assert "oidc" not in browser.get("/en/login/").content.decode()


def test_a_provider_that_is_not_there(settings) -> None:
    settings.OIDC_URL, settings.OIDC_NAME = "http://127.0.0.1:9", "Elsewhere"
    client = Client()
    assert "Sign in with Elsewhere" in client.get("/en/login/").content.decode()
    answer = client.post("/en/login/oidc/")
    assert answer.status_code == 503 and "Elsewhere" in answer.content.decode()
    answer = client.get("/login/oidc/callback/?error=access_denied&state=forged")
    assert answer.status_code == 503
    assert not apps.get_model("people", "Person").objects.exists()


def test_kit_people_are_not_linked() -> None:
    assert identities.of(kit.person()) is None
