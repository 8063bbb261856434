"""A forgotten password: asking for a link, and what the link does."""

from datetime import timedelta

import kit
import pytest
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.test import Client

from fabriek.core import clock
from fabriek.people import actions, factors, passwords
from fabriek.people.tests.entering import PASSWORD, enter, is_in, link_in, told

pytestmark = pytest.mark.django_db
NEW = "entirely different words"


def ask(client: Client, email: str):
    return client.post("/en/password/", {"email": email})


def follow(client: Client, link: str):
    """Open the link as a browser does: the key goes to the session and out of the address."""
    return client.get(link, follow=True)


def test_a_new_password(browser, inside, ada, mails, audited) -> None:
    assert ask(browser, ada.email)["Location"] == "/en/password/sent/"
    mail = mails(ada.email)[-1]
    assert settings.ADDRESS in mail.body
    page = follow(browser, link_in(mail))
    path = page.redirect_chain[-1][0]
    assert "set-password" in path and page.status_code == 200
    answer = browser.post(path, {"password": NEW})
    assert answer["Location"].endswith("/login/")
    assert not is_in(browser)  # the second factor, where there is one, is asked for there
    assert not is_in(inside)  # every other session has ended
    assert "password.reset" in audited()
    assert mails(ada.email)[-1].subject in {
        "Your password for Fabriek was changed",
        "Uw wachtwoord voor Fabriek is veranderd",
    }
    assert enter(browser, ada).status_code == 401
    enter(browser, ada, password=NEW)
    assert is_in(browser)


def test_the_answer_does_not_tell_whether_there_is_an_account(ada, mails) -> None:
    known, unknown = ask(Client(), ada.email), ask(Client(), "no@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert told(known) == told(unknown)
    # Both get one mail, so that both are as much work.
    assert len(mails(ada.email)) == len(mails("no@example.org")) == 1
    assert "http" not in mails("no@example.org")[0].body


def test_closed_and_unconfirmed_accounts_get_no_link(ada, mails) -> None:
    actions.close_account(ada, by=ada)
    actions.sign_up("new@example.org", PASSWORD, "New", "en")
    for email in (ada.email, "new@example.org"):
        ask(Client(), email)
        assert "http" not in mails(email)[-1].body


def test_a_link_works_once_and_for_a_while(browser, ada, mails, monkeypatch) -> None:
    ask(browser, ada.email)
    link = link_in(mails(ada.email)[-1])
    path = follow(browser, link).redirect_chain[-1][0]
    browser.post(path, {"password": NEW})
    for again in (follow(Client(), link), browser.post(path, {"password": "yet other words here"})):
        assert again.status_code == 410
    ask(browser, ada.email)
    link = link_in(mails(ada.email)[-1])
    late = clock.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    late = late.replace(tzinfo=None) + timedelta(hours=2)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: late)
    assert follow(Client(), link).status_code == 410


def test_signing_in_or_closing_ends_a_link(browser, ada, mails) -> None:
    ask(browser, ada.email)
    enter(Client(), ada)
    assert follow(browser, link_in(mails(ada.email)[-1])).status_code == 410
    ask(browser, ada.email)
    actions.close_account(ada, by=ada)
    assert follow(browser, link_in(mails(ada.email)[-1])).status_code == 410


def test_a_link_of_somebody_else_is_not_mine(browser, ada, mails) -> None:
    eve = kit.person("eve")
    ask(browser, ada.email)
    link = link_in(mails(ada.email)[-1])
    number, _, key = link.strip("/").split("/")[-1].partition("-")
    swapped = link.replace(f"/{number}-", f"/{eve.pk:x}-")
    assert follow(browser, swapped).status_code == 410
    assert key not in told(follow(browser, link))


def test_a_weak_one_is_refused(browser, ada, mails) -> None:
    ask(browser, ada.email)
    path = follow(browser, link_in(mails(ada.email)[-1])).redirect_chain[-1][0]
    answer = browser.post(path, {"password": "12345678"})
    assert answer.status_code == 422 and "zwak" in told(answer)


def test_a_second_factor_is_still_asked_for(browser, ada, mails) -> None:
    factors.add_app(ada, "JBSWY3DPEHPK3PXP")
    passwords.reset(ada, NEW, "en")
    assert enter(browser, ada, password=NEW)["Location"] == "/en/login/code/"
    assert not is_in(browser)


def test_only_so_often(browser, ada) -> None:
    for _ in range(5):
        assert ask(browser, ada.email).status_code == 302
    answer = ask(browser, ada.email)
    assert answer.status_code == 422 and "seconds" in told(answer)


@pytest.mark.parametrize("path", ["1-x", "0-0", "zzzzzzzzzzzzz-a-b", "1-set-password"])
def test_links_that_never_were(browser, path: str) -> None:
    assert browser.get(f"/en/password/new/{path}/", follow=True).status_code == 410
