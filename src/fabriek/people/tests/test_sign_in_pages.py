"""Signing in with a password, in the browser."""

import kit
import pytest
from django.test import Client

from fabriek.people import actions
from fabriek.people.tests.entering import PASSWORD, enter, is_in, told

pytestmark = pytest.mark.django_db


def test_in_and_out(browser, ada, audited) -> None:
    answer = enter(browser, ada)
    assert (answer.status_code, answer["Location"]) == (302, "/en/home/")
    assert is_in(browser)
    assert audited()[-1] == "session.start"
    answer = browser.post("/en/logout/")
    assert (answer.status_code, answer["Location"]) == (302, "/en/")
    assert not is_in(browser)


def test_looking_at_the_way_out_does_not_take_it(inside) -> None:
    inside.get("/en/logout/")
    assert is_in(inside)


def test_wrong_says_not_which(browser, ada) -> None:
    wrong = enter(browser, ada, password="wrong")
    unknown = browser.post("/en/login/", {"login": "no@example.org", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert told(wrong).replace(ada.email, "no@example.org") == told(unknown)
    assert "The e-mail address or the password is wrong." in told(wrong)


def test_the_same_work_for_an_unknown_address(browser, ada, monkeypatch) -> None:
    from django.contrib.auth import hashers

    hashed = []
    algorithm = type(hashers.get_hasher())
    encode = algorithm.encode
    monkeypatch.setattr(algorithm, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k))
    enter(browser, ada, password="wrong")
    known = len(hashed)
    browser.post("/en/login/", {"login": "no@example.org", "password": "wrong"})
    assert len(hashed) == 2 * known > 0


def test_a_case_of_the_address_does_not_matter(browser, ada) -> None:
    browser.post("/en/login/", {"login": ada.email.upper(), "password": PASSWORD})
    assert is_in(browser)


def test_guesses_are_counted_with_those_over_the_api(browser, ada, nobody, moving) -> None:
    for _ in range(5):
        assert enter(browser, ada, password="wrong").status_code == 401
        nobody.post("/tokens", {"email": ada.email, "password": "wrong", "name": "x"})
    answer = enter(browser, ada)
    assert answer.status_code == 429 and "900" in told(answer)
    assert not is_in(browser)
    moving.on(minutes=16)
    enter(browser, ada)
    assert is_in(browser)


def test_one_network_address_tries_only_so_often(ada) -> None:
    codes = [
        Client().post("/en/login/", {"login": f"{n}@example.org", "password": "x"}).status_code
        for n in range(31)
    ]
    assert codes == [401] * 30 + [429]
    answer = enter(Client(), ada)
    assert answer.status_code == 429 and answer["Retry-After"] == "60"
    assert "60" in told(answer)


def test_a_closed_account_is_told_so_only_after_the_right_password(browser, ada) -> None:
    actions.close_account(ada, by=ada)
    assert "password is wrong" in told(enter(browser, ada, password="wrong"))
    answer = enter(browser, ada)
    assert answer.status_code == 403 and "This account is closed." in told(answer)
    assert not is_in(browser)


def test_closing_ends_the_session_at_once(inside, ada) -> None:
    actions.close_account(ada, by=kit.person("op", operator=True))
    assert not is_in(inside)


def test_an_unconfirmed_address_is_led_to_confirm(browser, mails) -> None:
    actions.sign_up("new@example.org", PASSWORD, "New", "en")
    wrong = browser.post("/en/login/", {"login": "new@example.org", "password": "wrong"})
    assert wrong.status_code == 401
    answer = browser.post(
        "/en/login/?next=/en/organisations/", {"login": "new@example.org", "password": PASSWORD}
    )
    assert answer["Location"] == "/en/signup/confirm/?next=%2Fen%2Forganisations%2F"
    assert len(mails("new@example.org")) == 2  # a fresh code: the first may be long gone
    assert not is_in(browser)


def test_the_session_gets_another_key(browser, ada) -> None:
    browser.post("/en/login/oidc/")  # anything that makes a session
    browser.session["planted"] = "by somebody else"
    session = browser.session
    session["x"] = 1
    session.save()
    browser.cookies["sessionid"] = before = session.session_key
    enter(browser, ada)
    assert is_in(browser) and browser.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_in(thief)


@pytest.mark.parametrize(
    "after",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
        "http://testserver.evil.example/",
    ],
)
def test_other_hosts_are_never_next(ada, after: str) -> None:
    for path in ("/en/login/", "/en/signup/", "/en/logout/", "/en/organisations/new/"):
        text = Client().get(path, {"next": after}).content.decode()
        assert f'"{after}' not in text
    client = Client()
    assert enter(client, ada, after=after)["Location"] == "/en/home/"
    assert client.post("/en/logout/", {"next": after})["Location"] == "/en/"


def test_next_is_honoured(browser, ada) -> None:
    assert enter(browser, ada, after="/en/account/tokens/")["Location"] == "/en/account/tokens/"
    assert browser.get("/en/login/?next=/en/account/")["Location"] == "/en/account/"


@pytest.mark.parametrize(
    "path", ["/en/login/", "/en/signup/", "/en/signup/confirm/", "/en/password/", "/en/logout/"]
)
def test_forms_of_other_sites_are_refused(path: str, ada) -> None:
    other = Client(enforce_csrf_checks=True)
    answer = other.post(path, {"login": ada.email, "password": PASSWORD, "email": "a@b.nl"})
    assert answer.status_code == 403


def test_in_dutch(browser, ada) -> None:
    answer = browser.post("/login/", {"login": ada.email, "password": "wrong"})
    assert "Het e-mailadres of het wachtwoord klopt niet." in told(answer)
    assert "Inloggen" in told(answer)


def test_what_is_not_an_answer(browser) -> None:
    for body in ({}, {"login": "x"}, {"login": "a\x00b@c.nl", "password": "\x00"}):
        assert browser.post("/en/login/", body).status_code == 422
    assert browser.put("/en/signup/").status_code == 405
