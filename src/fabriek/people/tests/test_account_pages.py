"""One's own account: profile, language, closing it."""

import pytest
from django.test import Client

from fabriek.people import factors
from fabriek.people.tests.entering import enter, is_in, told

pytestmark = pytest.mark.django_db


def test_at_a_glance(inside, ada, django_assert_max_num_queries) -> None:
    factors.add_app(ada, "JBSWY3DPEHPK3PXP")
    with django_assert_max_num_queries(15):
        page = told(inside.get("/en/account/"))
    assert ada.email in page and "app with codes" in page
    assert "You do not belong to one yet" in page


def test_another_name_and_language(inside, ada, audited) -> None:
    answer = inside.post("/en/account/", {"name": "Ada L.", "language": "nl"})
    assert answer["Location"] == "/account/"
    ada.refresh_from_db()
    assert (ada.name, ada.language) == ("Ada L.", "nl") and audited()[-1] == "person.profile"
    assert "Opgeslagen." in told(inside.get("/account/"))
    assert inside.post("/en/account/", {"name": "a/b", "language": "nl"}).status_code == 422


def test_another_language_where_one_is(inside, ada) -> None:
    body = {"language": "nl", "next": "/en/organisations/"}
    assert inside.post("/en/account/language/", body)["Location"] == "/organisations/"
    body = {"language": "en", "next": "//evil.example/"}
    assert inside.post("/account/language/", body)["Location"] == "/en/account/"
    assert inside.post("/en/account/language/", {"language": "de"}).status_code == 422
    ada.refresh_from_db()
    assert ada.language == "en"


def test_closing(inside, ada, audited) -> None:
    other = Client()
    enter(other, ada)
    assert "at once" in told(inside.get("/en/account/close/"))
    ada.refresh_from_db()
    assert ada.is_active  # looking closes nothing
    assert inside.post("/en/account/close/")["Location"] == "/en/"
    assert not is_in(inside) and not is_in(other)
    assert audited()[-1] == "person.close"
    assert enter(Client(), ada).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "account/",
        "account/password/",
        "account/2fa/",
        "account/2fa/app/",
        "account/2fa/passkey/",
        "account/2fa/codes/",
        "account/2fa/1/remove/",
        "account/again/",
        "account/again/code/",
        "account/again/passkey/",
        "account/sessions/",
        "account/tokens/",
        "account/tokens/new/",
        "account/close/",
        "organisations/",
        "organisations/new/",
        "organisations/join/",
        "organisations/acme/",
        "organisations/acme/profile/",
        "organisations/acme/members/1/",
    ],
)
def test_nobody_but_who_is_signed_in(browser, path: str) -> None:
    for prefix in ("/", "/en/"):
        answer = browser.get(prefix + path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith(f"{prefix}login/"), answer["Location"]
