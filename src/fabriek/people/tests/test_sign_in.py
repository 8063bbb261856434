"""Signing in, tokens, closed accounts, appointments."""

import kit
import pytest

from fabriek.core.problems import Problem
from fabriek.people import actions

pytestmark = pytest.mark.django_db
PASSWORD = "four loose words here"


@pytest.fixture
def ada():
    someone = kit.person("ada")
    someone.set_password(PASSWORD)
    someone.save()
    return someone


def sign_in(nobody: kit.Api, someone, password: str = PASSWORD, **fields):
    body = {"email": someone.email, "password": password, "name": "laptop", **fields}
    return nobody.post("/tokens", body)


def test_wrong_says_not_which(nobody, ada) -> None:
    wrong = sign_in(nobody, ada, password="wrong")
    unknown = nobody.post("/tokens", {"email": "no@example.org", "password": "x", "name": "x"})
    assert wrong[0] == unknown[0] == 401
    drop = {"request_id": ""}
    assert wrong[1] | drop == unknown[1] | drop
    assert wrong[1]["code"] == "sign-in-failed"


def test_ten_failures_in_a_quarter_of_an_hour(nobody, ada, moving) -> None:
    for _ in range(10):
        assert sign_in(nobody, ada, password="wrong")[0] == 401
    status, refused = sign_in(nobody, ada)  # right, but too late
    assert (status, refused["code"], refused["retry"]) == (429, "too-many-requests", True)
    assert refused["facts"]["seconds"] == 900
    other = kit.person("grace")
    assert sign_in(nobody, other)[0] == 401  # somebody else is not held up
    moving.on(minutes=15, seconds=1)
    assert sign_in(nobody, ada)[0] == 201


def test_a_success_forgets_the_failures(nobody, ada) -> None:
    for _ in range(9):
        sign_in(nobody, ada, password="wrong")
    assert sign_in(nobody, ada)[0] == 201
    assert sign_in(nobody, ada, password="wrong")[0] == 401
    assert sign_in(nobody, ada)[0] == 201


def test_a_token_lives_for_the_days_asked(nobody, ada, moving) -> None:
    token = kit.Api(ada, sign_in(nobody, ada, days=2)[1]["token"])
    moving.on(days=1, hours=23)
    assert token.get("/me")[0] == 200
    moving.on(hours=2)
    status, refused = token.get("/me")
    assert (status, refused["code"]) == (401, "token-expired")


@pytest.mark.parametrize("days", [0, -1, 367, "x", 1e308, None])
def test_days_out_of_bounds(nobody, ada, days) -> None:
    assert sign_in(nobody, ada, days=days)[1]["code"] == "invalid-input"


def test_tokens_are_listed_and_revoked(nobody, ada, audited) -> None:
    first = kit.Api(ada, sign_in(nobody, ada, name="one")[1]["token"])
    second = sign_in(nobody, ada, name="two")[1]
    rows = first.get("/tokens")[1]["items"]
    assert [row["name"] for row in rows] == ["two", "one"]
    assert rows[1]["last_used_at"] and not rows[0]["last_used_at"]
    assert not any("token" in row or "hash" in row for row in rows)
    assert first.call("DELETE", f"/tokens/{second['id']}")[0] == 204
    assert first.call("DELETE", f"/tokens/{second['id']}")[0] == 204  # again changes nothing
    assert audited().count("token.revoke") == 1
    status, refused = kit.Api(ada, second["token"]).get("/me")
    assert (status, refused["code"]) == (401, "token-revoked")
    assert first.get("/tokens")[1]["items"][0]["revoked_at"]


def test_tokens_of_others_and_of_attempts_are_not_there(ada, moving) -> None:
    from fabriek.people import tokens

    mine, stranger = kit.api(ada), kit.api(kit.person("eve"))
    number = mine.get("/tokens")[1]["items"][0]["id"]
    assert stranger.call("DELETE", f"/tokens/{number}")[1]["code"] == "not-found"
    moving.on(days=0)
    scope = {"kind": "attempt", "attempt": 1, "read": [], "write": []}
    token, plain = tokens.issue(ada, "attempt", moving.at.replace(year=2099), scope)
    assert mine.call("DELETE", f"/tokens/{token.pk}")[0] == 404
    assert len(mine.get("/tokens")[1]["items"]) == 1
    status, refused = kit.Api(ada, plain).get("/me")
    assert (status, refused["code"]) == (403, "token-wrong-kind")


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "9223372036854775808"])
def test_numbers_of_no_token(ada, number: str) -> None:
    assert kit.api(ada).call("DELETE", f"/tokens/{number}")[1]["code"] == "not-found"


def test_pages_of_tokens(ada, django_assert_num_queries) -> None:
    me = kit.api(ada)
    for _ in range(7):
        kit.api(ada)
    seen, before = [], ""
    me.get("/me")  # the token's last use is written once a minute
    for _ in range(3):
        with django_assert_num_queries(2):  # the token with its person, and the page
            page = me.get(f"/tokens?limit=3{before}")[1]
        seen += [row["id"] for row in page["items"]]
        before = f"&before={page['next_before']}"
    assert page["next_before"] is None
    assert len(seen) == len(set(seen)) == 8 and seen == sorted(seen, reverse=True)
    for wrong in ("limit=0", "limit=201", "before=0", "before=x"):
        assert me.get(f"/tokens?{wrong}")[1]["code"] == "invalid-input"


def test_without_with_unknown_and_with_odd_tokens(nobody) -> None:
    assert nobody.get("/me")[1]["code"] == "token-unknown"
    status, refused = nobody.call("GET", "/me", None, Authorization="Basic x")
    assert (status, refused["code"]) == (401, "token-missing")


def test_a_closed_account_ends_everywhere_at_once(nobody, ada, audited) -> None:
    me, operator = kit.api(ada), kit.person("op", operator=True)
    with pytest.raises(Problem, match="role does not reach"):
        actions.close_account(ada, by=kit.person("eve"))
    actions.close_account(ada, by=operator)
    actions.close_account(ada, by=operator)
    assert audited().count("person.close") == 1
    assert me.get("/me")[1]["code"] == "token-revoked"
    assert sign_in(nobody, ada)[1]["code"] == "person-inactive"
    with pytest.raises(Problem) as caught:
        actions.appoint(ada.email, operator=True)
    assert caught.value.code == "person-unknown"


def test_appointing(ada) -> None:
    assert actions.appoint(ada.email.upper(), reviewer=True).is_reviewer
    person = actions.appoint(ada.email, operator=True)
    assert person.is_operator and person.is_reviewer
    assert not actions.appoint(ada.email, operator=False).is_operator
    me = kit.api(ada).get("/me")[1]
    assert me["is_reviewer"] and not me["is_operator"]
