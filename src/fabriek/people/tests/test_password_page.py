"""Changing one's password."""

import pytest
from django.test import Client

from fabriek.people.tests.entering import PASSWORD, enter, is_in, told

pytestmark = pytest.mark.django_db
NEW = "entirely different words"


def change(client: Client, old: str = PASSWORD, new: str = NEW):
    return client.post("/en/account/password/", {"old": old, "new": new})


def test_other_browsers_are_signed_out_and_this_one_stays(inside, ada, audited, mails) -> None:
    other = Client()
    enter(other, ada)
    before = inside.cookies["sessionid"].value
    assert change(inside)["Location"] == "/en/account/"
    assert is_in(inside) and not is_in(other)
    assert inside.cookies["sessionid"].value != before
    assert audited()[-1] == "password.change" and len(mails(ada.email)) == 1
    assert told(inside.get("/en/account/sessions/")).count("This browser") == 1
    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_the_old_one_is_needed_and_guesses_count(inside, ada) -> None:
    for _ in range(10):
        assert "not your present password" in told(change(inside, old="wrong"))
    assert "seconds" in told(change(inside))
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_weak_one_is_refused(inside, ada) -> None:
    answer = change(inside, new="password")
    assert answer.status_code == 422 and "too weak" in told(answer)
    assert is_in(inside)


def test_a_first_password_needs_no_old_one(inside, ada) -> None:
    ada.set_unusable_password()
    ada.save()
    client = Client()
    client.force_login(ada)
    assert "Present password" not in told(client.get("/en/account/password/"))
    assert client.post("/en/account/password/", {"new": NEW}).status_code == 302
    enter(Client(), ada, password=NEW)
