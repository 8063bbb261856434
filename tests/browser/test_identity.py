"""Signing in with a provider in a real browser: our policy lets the form lead to it."""

from collections.abc import Iterator

import identity
import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[identity.Both]:
    yield from identity.running(tmp_path_factory.mktemp("oidc"))


def test_from_our_page_to_theirs_and_back(chromium: Browser, both: identity.Both) -> None:
    context = chromium.new_context(base_url=both.address)
    page = context.new_page()
    page.goto("/en/login/")
    page.get_by_role("button", name="Sign in with the University").click()
    page.locator('input[name="login"]').fill("s-chromium")
    page.locator('input[name="password"]').fill("x")
    page.locator('button[type="submit"]').click()
    page.locator('button[type="submit"]').click()
    page.wait_for_url("**/en/home/")
    page.goto("/en/account/")
    assert "c@uni.example" in page.content()
    context.close()
