"""Signing up and confirming an address."""

import re

import kit
import pytest

pytestmark = pytest.mark.django_db
PASSWORD = "four loose words here"


def sign_up(nobody: kit.Api, email: str = "ada@example.org", **fields: str):
    return nobody.post(
        "/people", {"email": email, "password": PASSWORD, "name": "Ada", "language": "en", **fields}
    )


def code_in(mail) -> str:
    return re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.body)[0]


def test_from_sign_up_to_a_token(nobody, mails, audited) -> None:
    status, made = sign_up(nobody, email="Ada@Example.org")
    assert (status, made) == (201, {"id": None, "email": "ada@example.org", "confirmed": False})
    body = {"email": "ada@example.org", "password": PASSWORD, "name": "laptop"}
    assert nobody.post("/tokens", body)[1]["code"] == "email-not-confirmed"
    code = code_in(mails("ada@example.org")[0]).replace("-", " ").lower()
    status, confirmed = nobody.post("/people/confirm", {"email": "ada@example.org", "code": code})
    assert status == 200 and confirmed["confirmed"]
    status, token = nobody.post("/tokens", body)
    assert status == 201
    me = kit.Api(None, token["token"]).get("/me")[1]
    assert me["id"] == confirmed["id"]
    assert (me["email"], me["name"], me["language"]) == ("ada@example.org", "Ada", "en")
    assert me["organisations"] == [] and not me["is_operator"] and not me["is_reviewer"]
    assert audited() == ["person.sign-up", "person.confirm", "token.issue"]


def test_the_code_is_kept_as_a_keyed_hash_only(nobody, mails) -> None:
    from fabriek.people.models import EmailConfirmation

    sign_up(nobody)
    code = code_in(mails("ada@example.org")[0])
    kept = EmailConfirmation.objects.get().code_hash
    assert len(kept) == 64 and code.replace("-", "").lower() not in kept


@pytest.mark.parametrize(("language", "word"), [("nl", "Uw code is"), ("en", "Your code is")])
def test_the_mail_is_in_the_persons_language(nobody, mails, language: str, word: str) -> None:
    sign_up(nobody, language=language, name="Win at spam.example")
    mail = mails("ada@example.org")[0]
    assert word in mail.body and "spam" not in mail.body + mail.subject


def test_an_address_that_exists_is_not_revealed(nobody, mails, audited) -> None:
    someone = kit.person("grace")
    fresh, known = sign_up(nobody), sign_up(nobody, email=someone.email)
    assert fresh[0] == known[0]
    assert {**fresh[1], "email": ""} == {**known[1], "email": ""}
    assert "u hebt er al een" in mails(someone.email)[0].body  # Grace reads Dutch
    someone.refresh_from_db()
    assert someone.name == "Grace" and not someone.check_password(PASSWORD)
    assert "person.sign-up-again" in audited()
    wrong = nobody.post("/people/confirm", {"email": someone.email, "code": "AAAA-AAAA"})
    unknown = nobody.post("/people/confirm", {"email": "no@example.org", "code": "AAAA-AAAA"})
    assert wrong[0] == unknown[0] == 422
    assert wrong[1]["code"] == unknown[1]["code"] == "confirmation-failed"
    assert nobody.post("/people/confirm/again", {"email": "no@example.org"})[0] == 202
    assert nobody.post("/people/confirm/again", {"email": someone.email})[0] == 202
    assert len(mails(someone.email)) == 1 and not mails("no@example.org")


def test_a_second_sign_up_takes_the_place_of_the_first(nobody, mails) -> None:
    sign_up(nobody, password="the words of a stranger")
    sign_up(nobody)
    first, second = (code_in(mail) for mail in mails("ada@example.org"))
    confirm = {"email": "ada@example.org", "code": first}
    assert nobody.post("/people/confirm", confirm)[0] == 422
    assert nobody.post("/people/confirm", confirm | {"code": second})[0] == 200
    body = {"email": "ada@example.org", "name": "x"}
    stranger = nobody.post("/tokens", body | {"password": "the words of a stranger"})
    assert stranger[1]["code"] == "sign-in-failed"
    assert nobody.post("/tokens", body | {"password": PASSWORD})[0] == 201


def test_a_sign_up_between_the_code_and_its_use_wins_nothing(nobody, mails, monkeypatch) -> None:
    from fabriek.people import actions

    sign_up(nobody)
    code = code_in(mails("ada@example.org")[0])
    real = actions.constant_time_compare

    def late(*values: str) -> bool:
        sign_up(nobody, password="the words of a stranger")
        return real(*values)

    monkeypatch.setattr(actions, "constant_time_compare", late)
    refused = nobody.post("/people/confirm", {"email": "ada@example.org", "code": code})[1]
    assert refused["code"] == "confirmation-failed"


def test_a_confirmation_beside_a_sign_up_keeps_its_password(nobody, monkeypatch) -> None:
    from fabriek.core import clock
    from fabriek.people import actions
    from fabriek.people.models import Person

    sign_up(nobody)
    real = actions._unconfirmed

    def late(person, address, **columns):
        Person.objects.update(email_confirmed_at=clock.now())
        return real(person, address, **columns)

    monkeypatch.setattr(actions, "_unconfirmed", late)
    assert sign_up(nobody, password="the words of a stranger")[1]["code"] == "busy"
    assert Person.objects.get().check_password(PASSWORD)


def test_two_first_sign_ups_at_once(nobody, monkeypatch) -> None:
    from fabriek.people import actions

    sign_up(nobody)
    real = actions._unconfirmed
    monkeypatch.setattr(actions, "_unconfirmed", lambda _, *a, **kw: real(None, *a, **kw))
    assert sign_up(nobody)[1]["code"] == "busy"


def test_a_code_works_once_for_a_day_and_five_tries(nobody, mails, moving) -> None:
    sign_up(nobody)
    right = {"email": "ada@example.org", "code": code_in(mails("ada@example.org")[0])}
    for _ in range(5):
        assert nobody.post("/people/confirm", right | {"code": "AAAA-AAAA"})[0] == 422
    assert nobody.post("/people/confirm", right)[0] == 422  # spent
    assert nobody.post("/people/confirm/again", {"email": "ada@example.org"})[0] == 202
    right["code"] = code_in(mails("ada@example.org")[1])
    moving.on(hours=24, seconds=1)
    assert nobody.post("/people/confirm", right)[0] == 422  # expired
    nobody.post("/people/confirm/again", {"email": "ada@example.org"})
    right["code"] = code_in(mails("ada@example.org")[2])
    assert nobody.post("/people/confirm", right)[0] == 200
    assert nobody.post("/people/confirm", right)[0] == 422  # used


def test_codes_are_mailed_five_times_an_hour(nobody, mails, moving) -> None:
    sign_up(nobody)
    for _ in range(4):
        assert nobody.post("/people/confirm/again", {"email": "ada@example.org"})[0] == 202
    status, refused = nobody.post("/people/confirm/again", {"email": "ada@example.org"})
    assert (status, refused["code"], refused["facts"]["seconds"]) == (
        429,
        "too-many-requests",
        3600,
    )
    assert sign_up(nobody)[0] == 429
    moving.on(hours=1, seconds=1)
    assert sign_up(nobody)[0] == 201
    assert len(mails("ada@example.org")) == 6


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "password_too_short"),
        ("password123", "password_too_common"),
        ("948271650382", "password_entirely_numeric"),
        ("ada@example", "password_too_similar"),
    ],
)
def test_weak_passwords_are_refused_with_reasons(nobody, password: str, reason: str) -> None:
    status, refused = sign_up(nobody, password=password)
    assert (status, refused["code"]) == (422, "weak-password")
    assert reason in refused["facts"]["codes"]
    assert refused["sentence"] == f"This password is too weak: {refused['facts']['reasons']}."
    nobody.language = "nl"
    dutch = sign_up(nobody, password=password)[1]
    assert dutch["facts"]["reasons"] != refused["facts"]["reasons"]
    assert "?" not in dutch["sentence"] + refused["sentence"]


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "a b@example.org", "ada@example.org\nBcc: x@y.z"]
)
def test_what_is_no_address_is_refused(nobody, email: str) -> None:
    status, refused = sign_up(nobody, email=email)
    assert (status, refused["code"]) == (422, "invalid-email")


@pytest.mark.parametrize("name", ["", "a/b", "..", "a\x00b", "a\u202eb", "x" * 300])
def test_names_that_cannot_be(nobody, mails, name: str) -> None:
    status, refused = sign_up(nobody, name=name)
    assert (status, refused["code"]) == (422, "invalid-name")
    assert not mails("ada@example.org")


@pytest.mark.parametrize("field", ["email", "password", "name", "language"])
@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": 1}])
def test_fields_of_the_wrong_kind(nobody, field: str, value) -> None:
    status, refused = sign_up(nobody, **{field: value})
    assert (status, refused["code"]) == (422, "invalid-input")


def test_addresses_with_nul_are_unknown_everywhere(nobody) -> None:
    body = {"email": "a\x00@example.org", "password": PASSWORD, "name": "x", "code": "x"}
    assert nobody.post("/tokens", body)[1]["code"] == "sign-in-failed"
    assert nobody.post("/people/confirm", body)[1]["code"] == "confirmation-failed"
    assert nobody.post("/people/confirm/again", body)[0] == 202


def test_old_codes_and_counts_are_cleaned_up(nobody, moving) -> None:
    from fabriek.people import ticks
    from fabriek.people.models import Attempts, EmailConfirmation

    sign_up(nobody)
    assert not ticks.tick()
    moving.on(days=3)
    assert ticks.tick() and not ticks.tick()
    assert not Attempts.objects.exists() and not EmailConfirmation.objects.exists()
