"""Passkeys in a real browser, with an authenticator that Chromium plays."""

from collections.abc import Iterator
from typing import Any

import httpx
import live
import pytest
from axe import findings
from playwright.sync_api import Browser, BrowserContext, Page

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Factory]:
    """At localhost: an address of numbers cannot have passkeys."""
    made = live.Factory(tmp_path_factory.mktemp("passkeys") / "state")
    made.environment["FABRIEK_ADDRESS"] = f"http://localhost:{made.port}"
    try:
        yield made.start()
    finally:
        made.stop()


class Someone:
    """A browser with an authenticator in it, and what its console said."""

    def __init__(self, context: BrowserContext, axe: str) -> None:
        self.page: Page = context.new_page()
        self.axe = axe
        self.faults: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.cdp = context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.key = self._plug_in()

    def _said(self, message: Any) -> None:
        if message.type == "error" and "status of 422" not in message.text:
            self.faults.append(message.text)

    def _plug_in(self) -> str:
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return str(made["authenticatorId"])

    def unplug(self) -> None:
        self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.key})

    def refuse(self) -> None:
        """The finger is not recognised."""
        verified = {"authenticatorId": self.key, "isUserVerified": False}
        self.cdp.send("WebAuthn.setUserVerified", verified)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def look(self, path: str = "") -> None:
        """What the walk over all pages does not come by: steps of signing in.

        With a path, in a page beside this one: looking takes the authenticator out of a page.
        """
        page = self.page.context.new_page() if path else self.page
        if path:
            page.goto(path)
        self.faults += [f"{page.url}: {found}" for found in findings(page, self.axe)]
        if path:
            page.close()

    def sign_up(self, factory: live.Factory, email: str) -> None:
        self.page.goto("/en/signup/")
        self.page.get_by_label("Your name").fill("Pat")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Make an account")
        self.page.wait_for_url("**/en/signup/confirm/")
        self.look("/en/signup/confirm/")
        self.page.get_by_label("Code from the mail").fill(factory.mailed_code(email))
        self.press("Confirm")
        self.page.wait_for_url("**/en/organisations/")

    def add_passkey(self) -> None:
        self.look("/en/account/2fa/passkey/")
        self.page.goto("/en/account/2fa/passkey/")
        self.page.get_by_label("A name for it").fill("my laptop")
        self.press("Make a passkey")

    def sign_in(self, email: str) -> None:
        self.page.goto("/en/login/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")


@pytest.fixture
def someone(chromium: Browser, factory: live.Factory, axe: str) -> Iterator[Someone]:
    context = chromium.new_context(base_url=f"http://localhost:{factory.port}")
    made = Someone(context, axe)
    yield made
    context.close()
    assert not made.faults


def test_with_a_passkey_and_nothing_else(factory: live.Factory, someone: Someone) -> None:
    page = someone.page
    someone.sign_up(factory, "pat@example.org")
    someone.add_passkey()  # right after signing in: no password asked again
    page.wait_for_url("**/en/account/2fa/codes/")
    assert len(page.locator("pre").inner_text().split()) == 10
    someone.look("/en/account/2fa/codes/")
    page.goto("/en/account/2fa/")
    assert "my laptop" in page.content()
    someone.page.context.clear_cookies()
    page.goto("/en/login/?next=/en/account/tokens/")
    someone.press("Sign in with a passkey")
    page.wait_for_url("**/en/account/tokens/")

    # A password alone opens neither door any more.
    body = {"email": "pat@example.org", "password": PASSWORD, "name": "x"}
    answer = httpx.post(f"{factory.address}/api/v1/tokens", json=body)
    assert answer.status_code == 403 and answer.json()["code"] == "second-factor-needed"
    someone.page.context.clear_cookies()
    someone.sign_in("pat@example.org")
    page.wait_for_url("**/en/login/code/")
    page.goto("/en/account/")
    assert "/en/login/" in page.url
    someone.look("/en/login/code/")
    page.goto("/en/login/code/")
    someone.press("Use a passkey")
    page.wait_for_url("**/en/home/")


def test_removed_it_opens_nothing(factory: live.Factory, someone: Someone) -> None:
    page = someone.page
    someone.sign_up(factory, "remover@example.org")
    someone.add_passkey()
    page.wait_for_url("**/en/account/2fa/codes/")
    page.goto("/en/account/2fa/")
    someone.look("/en/account/2fa/")
    page.get_by_role("link", name="Remove my laptop").click()
    page.wait_for_url("**/remove/")
    someone.look(page.url)
    someone.press("Remove")
    page.wait_for_url("**/en/account/2fa/")
    someone.page.context.clear_cookies()
    page.goto("/en/login/")
    someone.press("Sign in with a passkey")
    page.get_by_text("This passkey does not work here.").wait_for()
    page.goto("/en/account/")
    assert "/en/login/" in page.url


def test_a_finger_that_is_not_recognised(factory: live.Factory, someone: Someone) -> None:
    someone.sign_up(factory, "finger@example.org")
    someone.refuse()
    someone.add_passkey()
    someone.page.get_by_text("No passkey was made.").wait_for()
    button = someone.page.get_by_role("button", name="Make a passkey")
    assert button.is_enabled()


def test_without_scripts_the_page_says_what_is_needed(
    chromium: Browser, factory: live.Factory
) -> None:
    address = f"http://localhost:{factory.port}"
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/en/login/")
    assert page.get_by_text("A passkey needs JavaScript").is_visible()
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    context.close()


def test_other_steps(factory: live.Factory, someone: Someone) -> None:
    page = someone.page
    someone.sign_up(factory, "steps@example.org")
    page.goto("/en/account/2fa/app/")
    box = page.locator("svg.fab-qr").bounding_box()
    assert box and box["width"] > 150  # a camera must be able to read it
    someone.press("Go on")
    page.get_by_role("alert").wait_for()
    someone.look()
    page.goto("/en/account/tokens/new/")
    page.get_by_label("What is it for?").fill("laptop")
    someone.press("Make the token")
    page.get_by_text("Copy it now").wait_for()
    someone.look()
    page.goto("/en/account/again/?next=/en/account/close/")
    someone.look()
    page.get_by_label("Password").fill(PASSWORD)
    someone.press("Go on")
    page.wait_for_url("**/en/account/close/")
