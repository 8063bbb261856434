"""Signing in with an independent provider of identities, started here: npm's oidc-provider."""

import re
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import httpx
import identity
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from identity import Both

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    yield from identity.running(tmp_path_factory.mktemp("oidc"))


class Browser:
    """Follows redirects and fills in forms, as a browser without scripts does."""

    def __init__(self, both: Both) -> None:
        self.both = both
        self.http = httpx.Client(timeout=30, headers={"Accept": "text/html"}, follow_redirects=True)

    def submit(self, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
        """Send the form whose action contains this, with its hidden fields and these."""
        form = next(
            found
            for found in re.findall(r"<form.*?</form>", page.text, re.S)
            if action in found.partition(">")[0]
        )
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        target = unescape(re.search(r'action="([^"]*)"', form)[1])
        data = {name: unescape(value) for name, value in hidden.items()} | fields
        referer = {"Referer": str(page.url)}
        return self.http.post(urljoin(str(page.url), target), data=data, headers=referer)

    def sign_in(self, subject: str, path: str = "/en/login/") -> httpx.Response:
        """From our page through the provider's two and back."""
        page = self.http.get(f"{self.both.address}{path}")
        page = self.submit(page, "/login/oidc/")
        if "/interaction/" in str(page.url) and 'name="login"' in page.text:
            page = self.submit(page, "/interaction/", login=subject, password="x")
        if "/interaction/" in str(page.url):
            page = self.submit(page, "/interaction/")
        return page

    def is_in(self) -> str:
        """The address that is signed in; nothing when nobody is."""
        page = self.http.get(f"{self.both.address}/en/account/")
        found = re.search(r'<p class="fab-lead">([^<]*@[^<]*)</p>', page.text)
        return found[1] if found else ""


def test_a_newcomer_becomes_a_person(both: Both) -> None:
    browser = Browser(both)
    page = browser.sign_in("s-new", "/en/login/?next=/en/organisations/")
    assert str(page.url) == f"{both.address}/en/organisations/", page.text[-2000:]
    assert browser.is_in() == "new@uni.example"
    account = browser.http.get(f"{both.address}/en/account/").text
    assert "Linked to the University" in account and "Choose a password" in account
    again = Browser(both)
    again.sign_in("s-new")
    assert again.is_in() == "new@uni.example"


def test_somebody_with_a_password_is_found_and_nobody_else_gets_in(both: Both) -> None:
    ada = both.factory.person("ada@uni.example")
    browser = Browser(both)
    browser.sign_in("s-ada")
    assert browser.is_in() == "ada@uni.example"
    assert ada.get("/me")["name"] == "ada"  # her own name stays
    thief = Browser(both)
    page = thief.sign_in("s-other")
    assert page.status_code == 409 and "another identity" in page.text
    assert not thief.is_in()


def test_an_unverified_address_is_refused(both: Both) -> None:
    browser = Browser(both)
    page = browser.sign_in("s-unverified")
    assert page.status_code == 403 and "does not vouch for your e-mail address" in page.text
    assert not browser.is_in()
    page = Browser(both).sign_in("s-unverified", "/login/")
    assert "bevestigt uw e-mailadres niet" in page.text  # in the language one came from


def test_what_the_provider_leaves_out(both: Both) -> None:
    browser = Browser(both)
    browser.sign_in("s-nameless")
    assert browser.is_in() == "noname@uni.example"


def test_the_second_factor_is_asked_for_here(both: Both) -> None:
    browser = Browser(both)
    browser.sign_in("s-new")
    page = browser.http.get(f"{both.address}/en/account/2fa/app/")
    secret = re.search(r'fab-code">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    data = {"code": _totp(secret), "csrfmiddlewaretoken": token}
    page = browser.http.post(str(page.url), data=data, headers={"Referer": str(page.url)})
    assert "Recovery codes" in page.text
    code = re.search(r"\b(\d{8})\b", page.text)[1]
    later = Browser(both)
    page = later.sign_in("s-new", "/en/login/?next=/en/access/")
    assert str(page.url) == f"{both.address}/en/login/code/" and not later.is_in()
    page = later.http.get(f"{both.address}/en/login/code/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    data = {"code": code, "csrfmiddlewaretoken": token}
    page = later.http.post(str(page.url), data=data, headers={"Referer": str(page.url)})
    assert str(page.url) == f"{both.address}/en/access/"
    assert later.is_in() == "new@uni.example"


def test_an_answer_that_was_not_asked_for(both: Both) -> None:
    browser = Browser(both)
    page = browser.http.get(f"{both.address}/login/oidc/callback/?code=stolen&state=guessed")
    assert page.status_code == 503 and not browser.is_in()
    page = browser.http.get(f"{both.address}/login/oidc/callback/")
    assert page.status_code == 503
    assert browser.http.get(f"{both.address}/login/oidc/").status_code == 405  # never by a link


def test_the_answer_of_one_browser_signs_no_other_in(both: Both) -> None:
    mine, theirs = Browser(both), Browser(both)
    mine.http.event_hooks["request"].append(_stop_at_callback)
    with pytest.raises(_Stopped) as stopped:
        mine.sign_in("s-ada")
    page = theirs.http.get(stopped.value.url)
    assert page.status_code == 503 and not theirs.is_in()


class _Stopped(Exception):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


def _stop_at_callback(request: httpx.Request) -> None:
    if "/login/oidc/callback/" in str(request.url):
        raise _Stopped(str(request.url))


def _totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
