"""Where one is signed in, and ending that."""

import kit
import pytest
from django.test import Client

from fabriek.people import sessions, ticks
from fabriek.people.tests.entering import PASSWORD, enter, is_in, told

pytestmark = pytest.mark.django_db


def test_one_is_ended(inside, ada, audited) -> None:
    phone = Client(headers={"User-Agent": "Ada's phone"})
    enter(phone, ada)
    page = told(inside.get("/en/account/sessions/"))
    assert "Ada&#x27;s phone" in page and "Ada&#x27;s browser" in page
    assert inside.cookies["sessionid"].value not in page
    (other,) = [row for row in sessions.of(ada, None) if "phone" in row.browser]
    assert inside.post(f"/en/account/sessions/{other.id}/end/").status_code == 302
    assert not is_in(phone) and is_in(inside)
    assert audited()[-1] == "session.end"
    assert inside.post(f"/en/account/sessions/{other.id}/end/").status_code == 404


def test_all_others_are_ended(inside, ada, audited) -> None:
    others = [Client(), Client()]
    for client in others:
        enter(client, ada)
    inside.post("/en/account/sessions/others/end/")
    assert is_in(inside) and not any(is_in(client) for client in others)
    assert audited()[-1] == "session.end-others"
    assert len(sessions.of(ada, None)) == 1


def test_those_of_others_are_not_there(inside) -> None:
    eve = kit.person("eve")
    eve.set_password(PASSWORD)
    eve.save()
    hers = Client()
    enter(hers, eve)
    (row,) = sessions.of(eve, None)
    assert inside.post(f"/en/account/sessions/{row.id}/end/").status_code == 404
    assert is_in(hers)


def test_looking_ends_nothing(inside, ada) -> None:
    (row,) = sessions.of(ada, None)
    for path in (f"{row.id}/end/", "others/end/"):
        assert inside.get(f"/en/account/sessions/{path}").status_code == 405
    assert is_in(inside)


def test_what_is_shown_of_a_browser_is_only_text(ada) -> None:
    client = Client(headers={"User-Agent": "<script>alert(1)</script>"})
    enter(client, ada)
    assert "<script>alert" not in client.get("/en/account/sessions/").content.decode()


def test_what_has_run_out_is_cleaned_up(inside, ada, moving) -> None:
    assert not ticks.tick()
    moving.on(days=15)
    assert sessions.of(ada, None) == []
    assert ticks.tick()
    assert not is_in(inside) and not ticks.tick()
