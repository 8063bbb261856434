"""What an operator does about people: appointing reviewers, closing accounts."""

from typing import Any

import kit
import pytest
from django.apps import apps

from fabriek.people import operator_actions
from fabriek.people.models import Person, Token
from fabriek.portal.tests.operating import Office, office

__all__ = ["office"]
pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def audited(action: str) -> list[Any]:
    entries = apps.get_model("core", "AuditEntry").objects.filter(action=action)
    return list(entries.order_by("pk"))


def appoint(office: Office, reviewer: str) -> Any:
    path = f"/en/operator/people/{office.ada.pk}/reviewer/"
    return office.browser.post(path, {"reviewer": reviewer}, follow=True)


def test_a_reviewer_is_appointed_and_no_longer(office: Office) -> None:
    answer = appoint(office, "true")
    assert "Ada is a reviewer now." in answer.content.decode()
    assert Person.objects.get(pk=office.ada.pk).is_reviewer
    appoint(office, "true")
    answer = appoint(office, "false")
    assert "Ada is no reviewer any more." in answer.content.decode()
    made = audited("person.appoint")
    assert [entry.facts for entry in made] == [{"reviewer": True}, {"reviewer": False}]
    assert made[0].actor == office.olga.email and made[0].via == "portal"


def test_no_closed_account_becomes_a_reviewer(office: Office) -> None:
    operator_actions.close_account(office.olga, office.ada.pk)
    text = office.main(f"people/{office.ada.pk}/")
    assert "Make this person a reviewer" not in text and "Close the account" not in text
    assert appoint(office, "true").status_code == 404
    assert not Person.objects.get(pk=office.ada.pk).is_reviewer


def test_nobody_becomes_an_operator_here(office: Office) -> None:
    path = f"/en/operator/people/{office.ada.pk}/reviewer/"
    office.browser.post(path, {"reviewer": "true", "operator": "true", "is_operator": "true"})
    assert not Person.objects.get(pk=office.ada.pk).is_operator


def test_closing_asks_first_and_ends_everything_at_once(office: Office) -> None:
    token = kit.api(office.ada)
    session = kit.browser(office.ada)
    path = f"/en/operator/people/{office.ada.pk}/close/"
    assert "There is no way back" in office.main(f"people/{office.ada.pk}/close/")
    assert Person.objects.get(pk=office.ada.pk).is_active
    answer = office.browser.post(path, follow=True)
    assert "The account of Ada is closed." in answer.content.decode()
    assert not Person.objects.get(pk=office.ada.pk).is_active
    assert not Token.objects.filter(person=office.ada, revoked_at=None).exists()
    assert token.get("/me")[0] in (401, 403)
    assert session.get("/en/home/").status_code == 302
    closed = audited("person.close")
    assert [entry.actor for entry in closed] == [office.olga.email]
    office.browser.post(path)
    assert len(audited("person.close")) == 1
