"""Organisations in the browser."""

import kit
import pytest

from fabriek.people import organisation_actions, queries
from fabriek.people.tests.entering import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(ada):
    return organisation_actions.make_organisation(
        ada, name="Acme", kind="start-up", country="NL", slug="acme"
    )


def test_made_with_its_numbers(inside, ada) -> None:
    body = {"name": "Acme", "kind": "sme", "country": "NL", "kvk": "12345678"}
    answer = inside.post("/en/organisations/new/?next=/en/access/", body)
    assert answer["Location"] == "/en/access/"
    page = told(inside.get("/en/organisations/acme/"))
    assert "12345678" in page and "Small or medium-sized company" in page and "Netherlands" in page
    again = inside.post("/en/organisations/new/", body | {"name": "Acme again"})
    assert again.status_code == 422 and "exists already" in told(again)
    wrong = inside.post("/en/organisations/new/", body | {"kvk": "1"})
    assert wrong.status_code == 422 and "KvK number" in told(wrong)


def test_names_of_pages_are_no_short_names(ada) -> None:
    made = organisation_actions.make_organisation(ada, name="New", kind="sme", country="NL")
    assert made.slug == "new-2"


def test_asking_and_being_let_in(inside, acme, mails) -> None:
    grace = kit.person("grace")
    hers = kit.browser(grace)
    page = told(hers.get("/en/organisations/join/?organisation=acme"))
    assert 'value="acme"' in page
    assert hers.post("/en/organisations/join/", {"organisation": "acme"}).status_code == 302
    assert hers.get("/en/organisations/acme/").status_code == 404  # not yet
    page = told(inside.get("/en/organisations/acme/"))
    assert "They ask to join" in page and grace.email in page
    path = f"/en/organisations/acme/members/{grace.pk}/decide/"
    assert hers.post(path, {"state": "active"}).status_code == 404
    assert inside.post(path, {"state": "active"}).status_code == 302
    page = told(hers.get("/en/organisations/acme/"))
    assert "They ask to join" not in page and "Change the profile" not in page
    assert hers.post(path.replace(str(grace.pk), "1"), {"state": "ended"}).status_code in {403, 404}
    assert inside.post(path, {"state": "owner"}).status_code == 422


def test_one_that_is_not_there(inside) -> None:
    answer = inside.post("/en/organisations/join/", {"organisation": "nowhere"})
    assert answer.status_code == 422 and "short name nowhere" in told(answer)


def test_the_profile_is_for_admins(inside, acme) -> None:
    body = {"about": "We make <b>things</b>.", "sector": "Robots", "website": "acme.example"}
    assert inside.post("/en/organisations/acme/profile/", body).status_code == 302
    page = inside.get("/en/organisations/acme/").content.decode()
    assert "&lt;b&gt;things" in page and "https://acme.example" in page
    wrong = inside.post("/en/organisations/acme/profile/", body | {"website": "javascript:x"})
    assert wrong.status_code == 422
    stranger, member = kit.browser(kit.person("eve")), kit.person("grace")
    assert stranger.get("/en/organisations/acme/profile/").status_code == 404
    organisation_actions.ask_to_join(member, "acme")
    ada = queries.admins_of(acme.pk)[0]
    organisation_actions.decide_member(ada, "acme", member.pk, state="active")
    assert kit.browser(member).get("/en/organisations/acme/profile/").status_code == 403


def test_roles_and_leaving(inside, ada, acme) -> None:
    grace = kit.person("grace")
    organisation_actions.ask_to_join(grace, "acme")
    organisation_actions.decide_member(ada, "acme", grace.pk, state="active")
    path = f"/en/organisations/acme/members/{grace.pk}/"
    assert kit.browser(grace).get(f"/en/organisations/acme/members/{ada.pk}/").status_code == 403
    assert inside.post(path, {"role": "admin"}).status_code == 302
    mine = f"/en/organisations/acme/members/{ada.pk}/decide/"
    assert inside.post(mine, {"state": "ended"})["Location"] == "/en/organisations/"
    last = kit.browser(grace).post(f"{path}decide/", {"state": "ended"})
    assert last.status_code == 409 and "at least one admin" in told(last)


def test_lists_are_searched_and_cost_little(
    inside, ada, acme, django_assert_max_num_queries
) -> None:
    members = [kit.person(f"member{number}") for number in range(30)]
    for person in members:
        organisation_actions.ask_to_join(person, "acme")
        organisation_actions.decide_member(ada, "acme", person.pk, state="active")
    with django_assert_max_num_queries(12):
        page = told(inside.get("/en/organisations/acme/?sort=-name"))
    assert "Page 1" in page
    found = told(inside.get(f"/en/organisations/acme/?q={members[7].email}"))
    assert members[7].email in found and members[8].email not in found
    with django_assert_max_num_queries(10):
        assert "Acme" in told(inside.get("/en/organisations/"))
