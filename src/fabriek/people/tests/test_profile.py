"""What an organisation says about itself."""

import kit
import pytest

from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.people import rules
from fabriek.people.models import Membership

pytestmark = pytest.mark.django_db
PATH = "/organisations/niemeyer-bv/profile"
WORDS = {
    "about": "We roll cigars.\r\nSince 1819.",
    "website": "www.example.org",
    "sector": "Food",
    "experience": "None yet.",
}


@pytest.fixture
def ada():
    made = kit.api(kit.person("ada"))
    made.post("/organisations", {"name": "Niemeyer BV", "kind": "sme", "country": "NL"})
    return made


def test_an_admin_describes_the_organisation(ada, audited) -> None:
    status, made = ada.post(PATH, WORDS)
    assert status == 200
    assert made["about"] == "We roll cigars.\nSince 1819."
    assert (made["website"], made["sector"]) == ("https://www.example.org", "Food")
    assert ada.get("/organisations/niemeyer-bv")[1] == made
    assert audited()[-1] == "organisation.describe"
    emptied = ada.post(PATH, {})[1]
    assert {emptied[name] for name in WORDS} == {""}


def test_members_may_not_and_strangers_find_nothing(ada) -> None:
    bob, eve = kit.api(kit.person("bob")), kit.api(kit.person("eve"))
    bob.post("/organisations/niemeyer-bv/join")
    row = Membership.objects.get(person=bob.person)
    row.state, row.since = "active", clock.now()
    row.save()
    assert bob.post(PATH, WORDS)[1]["code"] == "not-allowed"
    assert eve.post(PATH, WORDS)[1]["code"] == "not-found"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("about", "a\x00b", "invalid-input"),
        ("about", "x" * 10_001, "invalid-input"),
        ("experience", "a\u202eb", "invalid-input"),
        ("sector", "a/b", "invalid-name"),
        ("website", "javascript:alert(1)", "invalid-website"),
    ],
)
def test_words_that_cannot_be(ada, field: str, value: str, code: str) -> None:
    assert ada.post(PATH, WORDS | {field: value})[1]["code"] == code


@pytest.mark.parametrize(
    "wrong",
    [
        "javascript://example.org/%0aalert(1)",
        "ftp://example.org",
        "https://",
        "https://localhost",
        "https://user@example.org",
        "https://exa mple.org",
        'https://example.org/"onclick="x',
        "https://example.org:99999999",
        "http://[::1",
        "https://example.org/" + "x" * 200,
    ],
)
def test_addresses_of_no_website(wrong: str) -> None:
    with pytest.raises(Problem, match="not the address"):
        rules.website(wrong)


def test_addresses_of_websites() -> None:
    assert rules.website(" example.nl/over-ons ") == "https://example.nl/over-ons"
    assert (
        rules.website("http://sub.example.nl:8080/a?b=c#d") == "http://sub.example.nl:8080/a?b=c#d"
    )
