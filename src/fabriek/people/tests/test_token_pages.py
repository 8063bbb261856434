"""Access tokens, made and revoked in the browser."""

import re

import kit
import pytest

from fabriek.people import queries
from fabriek.people.tests.entering import told

pytestmark = pytest.mark.django_db


def make(client, name: str = "laptop", days: int = 30):
    return client.post("/en/account/tokens/new/", {"name": name, "days": days})


def test_shown_once_and_it_works(inside, ada, audited) -> None:
    answer = make(inside)
    assert answer.status_code == 201 and "no-store" in answer["Cache-Control"]
    plain = re.search(r"fbp_[\w-]+", told(answer))[0]
    assert kit.Api(ada, plain).get("/me")[1]["email"] == ada.email
    assert audited()[-1] == "token.issue"
    for path in ("/en/account/tokens/", "/en/account/tokens/new/", "/en/account/"):
        assert plain not in told(inside.get(path))
    assert plain[:10] in told(inside.get("/en/account/tokens/"))


def test_revoked(inside, ada, audited) -> None:
    plain = re.search(r"fbp_[\w-]+", told(make(inside)))[0]
    row = queries.tokens_of(ada).get()
    assert inside.post(f"/en/account/tokens/{row.pk}/revoke/").status_code == 302
    assert kit.Api(ada, plain).get("/me")[1]["code"] == "token-revoked"
    assert audited()[-1] == "token.revoke"
    assert "Revoked on" in told(inside.get("/en/account/tokens/?ended=false"))
    assert "Nothing fits" in told(inside.get("/en/account/tokens/?ended=true"))


def test_those_of_others_are_not_there(inside) -> None:
    eve = kit.person("eve")
    kit.api(eve)
    row = queries.tokens_of(eve).get()
    assert inside.post(f"/en/account/tokens/{row.pk}/revoke/").status_code == 404
    assert row.name not in told(inside.get("/en/account/tokens/"))


@pytest.mark.parametrize(("name", "days"), [("", 30), ("a/b", 30), ("x", 9999), ("x", 0)])
def test_refused(inside, ada, name: str, days: int) -> None:
    assert make(inside, name, days).status_code == 422
    assert not queries.tokens_of(ada).exists()


def test_an_empty_list_says_so(inside, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(10):
        page = told(inside.get("/en/account/tokens/"))
    assert "You have no tokens yet" in page and "/en/account/tokens/new/" in page
