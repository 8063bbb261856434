"""Organisations: making, joining, deciding who belongs."""

import kit
import pytest
from django.db import IntegrityError, transaction

pytestmark = pytest.mark.django_db


def make(who: kit.Api, **fields):
    body = {"name": "Niemeyer BV", "kind": "sme", "country": "nl", **fields}
    return who.post("/organisations", body)


@pytest.fixture
def ada():
    return kit.api(kit.person("ada"))


@pytest.fixture
def bob():
    return kit.api(kit.person("bob"))


def test_the_maker_is_the_first_admin(ada, audited) -> None:
    numbers = {
        "kvk": "01171986",
        "ror": "012p63287",
        "vat": "NL004495445B01",
        "pic": "999985320",
    }
    status, made = make(ada, **numbers)
    assert status == 201
    assert (made["slug"], made["country"], made["role"]) == ("niemeyer-bv", "NL", "admin")
    assert made["ror"] == "https://ror.org/012p63287"
    assert ada.get("/organisations/niemeyer-bv")[1] == made
    assert ada.get("/organisations")[1]["items"] == [made]
    assert ada.get("/me")[1]["organisations"] == [
        {"slug": "niemeyer-bv", "name": "Niemeyer BV", "kind": "sme", "role": "admin"}
    ]
    assert "organisation.make" in audited()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"country": "UK"}, "unknown-country"),
        ({"kvk": "123"}, "invalid-kvk"),
        ({"ror": "012p63288"}, "invalid-ror"),
        ({"vat": "NL1"}, "invalid-vat"),
        ({"pic": "1"}, "invalid-pic"),
        ({"kind": "club"}, "invalid-input"),
        ({"name": "a/b"}, "invalid-name"),
        ({"name": "x" * 101}, "invalid-name"),
        ({"name": "a\u200fb"}, "invalid-name"),
        ({"slug": "Not A Slug"}, "invalid-name"),
        ({"slug": "../etc"}, "invalid-name"),
    ],
)
def test_what_is_wrong_is_named(ada, fields, code: str) -> None:
    status, refused = make(ada, **fields)
    assert (status, refused["code"]) == (422, code)
    assert ada.get("/organisations")[1]["items"] == []


def test_names_with_emoji_and_accents_pass(ada) -> None:
    assert make(ada, name="Café 🚀")[1]["slug"] == "cafe"
    assert make(ada, name="🚀")[1]["slug"] == "x"
    assert make(ada, name="🚀🚀")[1]["slug"] == "x-2"
    assert make(ada, name="🚀🚀🚀")[1]["slug"] == "x-3"


@pytest.mark.parametrize(
    ("field", "value"),
    [("kvk", "01171986"), ("ror", "012p63287"), ("pic", "999985320"), ("slug", "niemeyer")],
)
def test_a_number_names_one_organisation(ada, bob, field: str, value: str) -> None:
    slug = make(ada, **{field: value})[1]["slug"]
    status, refused = make(bob, name="Copy", **{field: value})
    assert (status, refused["code"]) == (409, "organisation-exists")
    assert refused["facts"] == {"field": field, "slug": slug}


def test_the_database_holds_it_too(ada) -> None:
    from fabriek.people.models import Organisation

    make(ada, kvk="01171986")
    make(ada, name="Without numbers")
    make(ada, name="Without numbers too")
    first = Organisation.objects.get(slug="niemeyer-bv")
    first.pk, first.slug = None, "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save()


def test_two_at_once_get_the_same_answer_as_one_after_the_other(ada, bob, monkeypatch) -> None:
    from fabriek.people import organisation_actions

    make(ada, kvk="01171986")
    real, calls = organisation_actions._must_be_new, []

    def late(wanted) -> None:
        calls.append(1)
        if len(calls) > 1:
            real(wanted)

    monkeypatch.setattr(organisation_actions, "_must_be_new", late)
    assert make(bob, name="Copy", kvk="01171986")[1]["code"] == "organisation-exists"


def test_joining_is_decided_by_an_admin(ada, bob, mails, audited) -> None:
    make(ada)
    assert bob.post("/organisations/niemeyer-bv/join") == (202, {"state": "asked"})
    assert bob.post("/organisations/niemeyer-bv/join")[0] == 202  # asking twice is asking once
    assert len(mails(ada.person.email)) == 1
    assert bob.person.email in mails(ada.person.email)[0].body
    assert bob.get("/organisations")[1]["items"][0]["state"] == "asked"
    assert bob.get("/organisations/niemeyer-bv")[0] == 404
    assert bob.get("/organisations/niemeyer-bv/members")[0] == 404
    path = f"/organisations/niemeyer-bv/members/{bob.person.pk}"
    assert bob.post(path, {"state": "active"})[0] == 404  # not by oneself
    status, row = ada.post(path, {"state": "active"})
    assert (status, row["state"], row["role"]) == (200, "active", "member")
    assert "toegelaten" in mails(bob.person.email)[0].body
    assert bob.post("/organisations/niemeyer-bv/join")[1]["code"] == "already-member"
    assert [m["name"] for m in bob.get("/organisations/niemeyer-bv/members")[1]["items"]] == [
        "Bob",
        "Ada",
    ]
    assert bob.post(path, {"state": "active", "role": "admin"})[1]["code"] == "not-allowed"
    assert audited()[-2:] == ["membership.ask", "membership.decide"]


def test_ending_and_asking_again(ada, bob, mails) -> None:
    make(ada)
    bob.post("/organisations/niemeyer-bv/join")
    path = f"/organisations/niemeyer-bv/members/{bob.person.pk}"
    ada.post(path, {"state": "active", "role": "admin"})
    assert ada.post(path, {"state": "ended"})[1]["state"] == "ended"
    assert bob.get("/organisations/niemeyer-bv")[0] == 404
    assert "beëindigd" in mails(bob.person.email)[-1].body
    assert ada.post(path, {"state": "active"})[1]["code"] == "illegal-move"
    assert bob.post("/organisations/niemeyer-bv/join")[0] == 202
    status, row = ada.post(path, {"state": "active"})
    assert (status, row["role"]) == (200, "member")  # the old role does not come back
    assert ada.post(path, {"state": "active"})[0] == 200  # nothing changes


def test_somebody_who_never_asked(ada, bob) -> None:
    make(ada)
    path = f"/organisations/niemeyer-bv/members/{bob.person.pk}"
    assert ada.post(path, {"state": "active"})[1]["code"] == "not-found"
    assert bob.post("/organisations/nowhere/join")[1]["code"] == "not-found"
    assert bob.post("/organisations/no%00where/join")[1]["code"] == "not-found"


def test_the_last_admin_stays(ada, bob) -> None:
    make(ada)
    mine = f"/organisations/niemeyer-bv/members/{ada.person.pk}"
    assert ada.post(mine, {"state": "ended"})[1]["code"] == "last-admin"
    assert ada.post(mine, {"state": "active", "role": "member"})[1]["code"] == "last-admin"
    bob.post("/organisations/niemeyer-bv/join")
    his = f"/organisations/niemeyer-bv/members/{bob.person.pk}"
    ada.post(his, {"state": "active", "role": "admin"})
    assert ada.post(mine, {"state": "ended"})[0] == 200  # leaving oneself
    assert ada.get("/organisations/niemeyer-bv")[0] == 404
    assert bob.get("/organisations/niemeyer-bv")[1]["role"] == "admin"


def test_a_stranger_gets_404(ada, bob) -> None:
    make(ada)
    base = "/organisations/niemeyer-bv"
    assert bob.get(base)[0] == 404
    assert bob.get(f"{base}/members")[0] == 404
    assert bob.post(f"{base}/members/{ada.person.pk}", {"state": "ended"})[0] == 404


def test_pages_cost_the_same_however_many(ada, django_assert_num_queries) -> None:
    for number in range(5):
        make(ada, name=f"Company {number}")
    with django_assert_num_queries(2):
        page = ada.get("/organisations?limit=2")[1]
    assert [row["name"] for row in page["items"]] == ["Company 4", "Company 3"]
    with django_assert_num_queries(2):
        last = ada.get(f"/organisations?limit=3&before={page['next_before']}")[1]
    assert len(last["items"]) == 3 and last["next_before"] is None
