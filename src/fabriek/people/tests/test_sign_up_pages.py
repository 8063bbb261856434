"""Signing up and confirming, in the browser."""

import pytest
from django.apps import apps
from django.test import Client

from fabriek.people import actions, throttle
from fabriek.people.tests.entering import PASSWORD, code_in, is_in, told

pytestmark = pytest.mark.django_db
FORM = {"name": "New Comer", "email": "new@example.org", "password": PASSWORD}


def sign_up(client: Client, after: str = "", **fields: str):
    return client.post(f"/en/signup/?next={after}", FORM | fields)


def confirm(client: Client, code: str, email: str = "new@example.org", after: str = ""):
    return client.post(f"/en/signup/confirm/?next={after}", {"email": email, "code": code})


def test_from_nothing_to_the_first_organisation(browser, mails, audited) -> None:
    answer = sign_up(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/en/signup/confirm/")
    assert "/signup/confirm/" in mails("new@example.org")[0].body
    page = browser.get("/en/signup/confirm/")
    assert 'value="new@example.org"' in told(page) and 'aria-current="step"' in told(page)
    assert not is_in(browser)
    answer = confirm(browser, code_in(mails("new@example.org")[0]).lower())
    assert (answer.status_code, answer["Location"]) == (302, "/en/organisations/")
    assert is_in(browser)
    assert audited() == ["person.sign-up", "person.confirm", "session.start"]
    answer = browser.post(
        "/en/organisations/new/", {"name": "Acme", "kind": "start-up", "country": "NL"}
    )
    assert answer["Location"] == "/en/find-your-way/"


def test_next_goes_along_the_whole_chain(browser, mails) -> None:
    after = "%2Fen%2Faccess%2F"
    assert sign_up(browser, after)["Location"] == f"/en/signup/confirm/?next={after}"
    assert f"again/?next={after}" in told(browser.get(f"/en/signup/confirm/?next={after}"))
    answer = confirm(browser, code_in(mails("new@example.org")[0]), after=after)
    assert answer["Location"] == "/en/access/"


def test_a_known_address_gets_the_same_answer(ada, mails) -> None:
    fresh, known = Client(), Client()
    first, second = sign_up(fresh), sign_up(known, email=ada.email)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    pages = [told(client.get("/en/signup/confirm/")) for client in (fresh, known)]
    assert pages[0].replace("new@example.org", "") == pages[1].replace(ada.email, "")
    wrong = [
        told(confirm(fresh, "AAAA-AAAA")).replace("new@example.org", ""),
        told(confirm(known, "AAAA-AAAA", ada.email)).replace(ada.email, ""),
    ]
    assert wrong[0] == wrong[1] and "This code does not work" in wrong[0]
    assert mails(ada.email)[0].subject.startswith("You already have an account") or mails(
        ada.email
    )[0].subject.startswith("U hebt al een account")


def test_a_weak_password_is_told_in_the_pages_language(browser) -> None:
    answer = browser.post("/signup/", FORM | {"password": "12345"})
    assert answer.status_code == 422 and "Dit wachtwoord is te zwak" in told(answer)
    assert "12345" not in told(answer)


def test_the_mailed_code_of_another_browser_confirms_but_signs_nobody_in(mails) -> None:
    here, there = Client(), Client()
    sign_up(here)
    answer = confirm(there, code_in(mails("new@example.org")[0]))
    assert answer["Location"] == "/en/login/"
    assert not is_in(there) and not is_in(here)


def test_somebody_elses_later_sign_up_is_not_confirmed_by_mine(mails) -> None:
    mine, attacker = Client(), Client()
    sign_up(mine)
    sign_up(attacker, password="the attacker's own words")
    latest = code_in(mails("new@example.org")[-1])
    answer = confirm(mine, latest)
    assert answer.status_code == 422 and "another sign-up" in told(answer)
    assert not is_in(mine)
    person = apps.get_model("people", "Person").objects.get(email="new@example.org")
    assert person.email_confirmed_at is None
    sign_up(mine)  # the way out
    assert confirm(mine, code_in(mails("new@example.org")[-1])).status_code == 302
    assert is_in(mine)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_another_code_keeps_the_browser(browser, mails) -> None:
    sign_up(browser)
    answer = browser.post("/en/signup/confirm/again/", {"email": "new@example.org"})
    assert answer["Location"] == "/en/signup/confirm/"
    unknown = browser.post("/en/signup/confirm/again/", {"email": "no@example.org"})
    assert unknown["Location"] == answer["Location"]
    assert confirm(browser, code_in(mails("new@example.org")[-1])).status_code == 302
    assert is_in(browser)


def test_after_the_right_password_the_code_signs_in(browser, mails) -> None:
    actions.sign_up("new@example.org", PASSWORD, "New", "en")
    browser.post("/en/login/", {"login": "new@example.org", "password": PASSWORD})
    confirm(browser, code_in(mails("new@example.org")[-1]))
    assert is_in(browser)


def test_the_session_that_is_signed_in_has_a_new_key(browser, mails) -> None:
    sign_up(browser)
    before = browser.cookies["sessionid"].value
    confirm(browser, code_in(mails("new@example.org")[0]))
    assert browser.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_in(thief)


def test_a_session_that_was_planted_is_left_behind(browser, mails) -> None:
    session = browser.session
    session["x"] = 1
    session.save()
    browser.cookies["sessionid"] = planted = session.session_key
    sign_up(browser)
    assert browser.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert confirm(thief, code_in(mails("new@example.org")[0])).headers["Location"] == "/en/login/"
    assert not is_in(thief)


def test_codes_and_sign_ups_only_so_often(browser, moving) -> None:
    for _ in range(throttle.CODES.most):
        assert sign_up(browser).status_code == 302
    answer = sign_up(browser)
    assert answer.status_code == 422 and "600 seconds" in told(answer)
    assert browser.post("/en/signup/confirm/again/", {"email": FORM["email"]}).status_code == 429


def test_guesses_at_a_code_run_out(browser, mails) -> None:
    sign_up(browser)
    for _ in range(actions.CODE_TRIES):
        assert confirm(browser, "AAAA-AAAA").status_code == 422
    assert confirm(browser, code_in(mails("new@example.org")[0])).status_code == 422
    assert not is_in(browser)


def test_one_network_address_signs_up_only_so_often() -> None:
    codes = [sign_up(Client(), email=f"{n}@example.org").status_code for n in range(21)]
    assert codes == [302] * 20 + [429]


def test_who_is_signed_in_has_no_business_here(inside) -> None:
    for path in ("/en/signup/", "/en/signup/confirm/", "/en/login/"):
        assert inside.get(path)["Location"] == "/en/home/"
