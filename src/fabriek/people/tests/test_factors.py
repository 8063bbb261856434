"""Second factors: apps with codes and recovery codes, in the browser and over the API."""

import re
import time

import kit
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from fabriek.core.problems import Problem
from fabriek.people import crypt, factors
from fabriek.people.tests.entering import PASSWORD, enter, is_in, told

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def protected(ada):
    factors.add_app(ada, SECRET)
    return ada


def test_setting_up_an_app(inside, ada, audited, mails) -> None:
    page = told(inside.get("/en/account/2fa/app/"))
    assert "<svg" in page and "style" not in page.split("<svg")[1].split("</svg>")[0]
    secret = re.search(r'fab-code">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    wrong = inside.post("/en/account/2fa/app/", {"code": "000000"})
    assert wrong.status_code == 422 and "This code is wrong" in told(wrong)
    answer = inside.post("/en/account/2fa/app/", {"code": code(secret)})
    assert answer["Location"] == "/en/account/2fa/codes/"
    codes = re.findall(r"\b\d{8}\b", told(inside.get(answer["Location"])))
    assert len(codes) == 10
    assert audited()[-1] == "factor.add" and len(mails(ada.email)) == 1
    assert factors.has_second(ada)
    assert inside.get("/en/account/2fa/app/")["Location"] == "/en/account/2fa/"


def test_secrets_lie_encrypted(protected) -> None:
    rows = apps.get_model("mfa", "Authenticator").objects.values_list("data", flat=True)
    assert SECRET not in str(list(rows))
    assert crypt.decrypt(crypt.encrypt("å")) == "å"
    with pytest.raises(ValueError, match="another key"):
        crypt.decrypt("A" * 64)


def test_the_code_is_asked_for_after_the_password(browser, protected, audited) -> None:
    assert enter(browser, protected, after="/en/access/")["Location"] == "/en/login/code/"
    assert not is_in(browser)
    wrong = browser.post("/en/login/code/", {"code": "000000"})
    assert wrong.status_code == 422 and not is_in(browser)
    assert audited()[-1] == "factor.fail"
    answer = browser.post("/en/login/code/", {"code": code()})
    assert answer["Location"] == "/en/access/" and is_in(browser)


def test_the_way_in_cannot_be_walked_around(browser, protected) -> None:
    assert browser.get("/en/login/code/")["Location"] == "/en/login/"
    enter(browser, protected)
    for path in ("/en/home/", "/en/account/", "/en/account/tokens/new/", "/en/account/2fa/codes/"):
        assert browser.get(path)["Location"].startswith("/en/login/")


def test_a_code_works_once(protected) -> None:
    first, second = Client(), Client()
    now = code()
    for client in (first, second):
        enter(client, protected)
        client.post("/en/login/code/", {"code": now})
    assert is_in(first) and not is_in(second)


def test_a_code_works_once_for_as_long_as_it_is_right(protected) -> None:
    """A code is right for three periods; allauth remembers for one that it was used."""
    first, second = Client(), Client()
    now = code()
    enter(first, protected)
    first.post("/en/login/code/", {"code": now})
    cache.delete(f"allauth.mfa.totp.used?user={protected.pk}&code={now}")
    enter(second, protected)
    answer = second.post("/en/login/code/", {"code": f"{now[:3]} {now[3:]}"})
    assert is_in(first) and answer.status_code == 422 and not is_in(second)


def test_recovery_codes_work_once_each(protected) -> None:
    one = factors.unused_codes(protected)[3]
    for expected in (True, False):
        client = Client()
        enter(client, protected)
        client.post("/en/login/code/", {"code": f" {one[:4]} {one[4:]}"})
        assert is_in(client) is expected
    assert len(factors.unused_codes(protected)) == 9


def test_guesses_are_counted_for_the_person(protected) -> None:
    for _ in range(10):
        client = Client()
        enter(client, protected)
        client.post("/en/login/code/", {"code": "000000"})
    client = Client()
    enter(client, protected)
    answer = client.post("/en/login/code/", {"code": code()})
    # Of the fifteen minutes some seconds may have gone.
    assert answer.status_code == 422 and re.search(r"Wait (8\d\d|900) seconds", told(answer))
    assert not is_in(client)


def test_the_api_refuses_a_password_alone(nobody, protected) -> None:
    body = {"email": protected.email, "password": PASSWORD, "name": "laptop"}
    status, refused = nobody.post("/tokens", body)
    assert (status, refused["code"]) == (403, "second-factor-needed")
    assert "fabriek login --token" in refused["way_out"]
    status, refused = nobody.post("/tokens", body | {"password": "wrong"})
    assert refused["code"] == "sign-in-failed"  # says nothing of factors
    (app,) = [row for row in factors.of(protected) if row.type in factors.SECOND]
    factors.remove(protected, app.pk)
    assert nobody.post("/tokens", body)[0] == 201


def test_removing_the_last_takes_the_codes_along(inside, ada, audited) -> None:
    factors.add_app(ada, SECRET)
    (app,) = [row for row in factors.of(ada) if row.type in factors.SECOND]
    path = f"/en/account/2fa/{app.pk}/remove/"
    assert "your last second factor" in told(inside.get(path))
    assert inside.post(path)["Location"] == "/en/account/2fa/"
    assert factors.of(ada) == [] and audited()[-1] == "factor.remove"


def test_those_of_others_are_not_there(inside, ada) -> None:
    eve = kit.person("eve")
    factors.add_app(eve, SECRET)
    for row in factors.of(eve):
        assert inside.post(f"/en/account/2fa/{row.pk}/remove/").status_code == 404
        with pytest.raises(Problem, match="not exist"):
            factors.remove(ada, row.pk)
    assert len(factors.of(eve)) == 2


def test_new_codes_replace_the_old(inside, ada, audited) -> None:
    assert inside.post("/en/account/2fa/codes/new/").status_code == 409
    factors.add_app(ada, SECRET)
    old = factors.unused_codes(ada)
    assert inside.post("/en/account/2fa/codes/new/").status_code == 302
    assert not set(old) & set(factors.unused_codes(ada))
    assert audited()[-1] == "factor.codes"


@pytest.mark.parametrize(
    "path", ["2fa/app/", "2fa/passkey/", "2fa/codes/", "tokens/new/", "close/"]
)
def test_a_session_left_open_must_show_itself_again(inside, ada, path: str, monkeypatch) -> None:
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    address = f"/en/account/{path}"
    answer = inside.get(address)
    assert answer["Location"].startswith("/en/account/again/?next=")
    wrong = inside.post(answer["Location"], {"password": "wrong"})
    assert wrong.status_code == 422
    assert inside.post(answer["Location"], {"password": PASSWORD})["Location"] == address
    assert inside.get(address).status_code == 200


def test_showing_oneself_again_with_a_code(ada, protected, monkeypatch) -> None:
    client = Client()
    enter(client, ada)
    client.post("/en/login/code/", {"code": code()})
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    page = client.get("/en/account/again/code/?next=/en/account/close/")
    assert page.status_code == 200 and "With your password" in told(page)
    answer = client.post("/en/account/again/code/?next=/en/account/close/", {"code": code()})
    assert answer["Location"] == "/en/account/close/"


@pytest.mark.parametrize("credential", ["", "x", "1", "[]", "{}", '{"id": 1}', '{"response": {}}'])
def test_what_is_no_passkey(inside, credential: str) -> None:
    inside.get("/en/account/2fa/passkey/")
    answer = inside.post("/en/account/2fa/passkey/", {"name": "x", "credential": credential})
    assert answer.status_code in {200, 422}
    other = Client()
    assert other.get("/en/login/passkey/", headers={"Accept": "application/json"}).json()
    answer = other.post("/en/login/passkey/", {"credential": credential})
    assert answer["Location"] == "/en/login/" and not is_in(other)


def test_an_operator_takes_lost_factors_away(protected, audited, mails, nobody) -> None:
    with pytest.raises(Problem, match="role does not reach"):
        factors.reset(protected, by=protected)
    operator = kit.person("op", operator=True)
    factors.reset(protected, by=operator)
    factors.reset(protected, by=operator)
    assert factors.of(protected) == [] and audited().count("factor.reset") == 1
    assert "/account/2fa/" in mails(protected.email)[-1].body
    body = {"email": protected.email, "password": PASSWORD, "name": "laptop"}
    assert nobody.post("/tokens", body)[0] == 201


def test_passkeys_need_a_name(inside, browser, settings) -> None:
    settings.PASSKEYS_WORK = False
    assert "by a number" in told(inside.get("/en/account/2fa/"))
    assert "passkey" not in told(browser.get("/en/login/")).lower().split("<main")[1]
    settings.PASSKEYS_WORK = True
    assert "Add a passkey" in told(inside.get("/en/account/2fa/"))
    assert "Sign in with a passkey" in told(browser.get("/en/login/"))
