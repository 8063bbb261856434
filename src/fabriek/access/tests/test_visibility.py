"""Who sees what, and what a list costs."""

import re

import kit
import pytest

from fabriek.access import endpoints, request_endpoints

pytestmark = pytest.mark.django_db

WALK = [
    ("GET", "/applications/{application}", None),
    ("POST", "/applications/{application}/withdraw", {}),
    ("POST", "/applications/{application}/assign", {"reviewer": "x@example.org"}),
    ("POST", "/applications/{application}/decide", {"decision": "grant", "reason": "x"}),
    ("POST", "/reviews/{review}/conflict", {"reason": "x"}),
    ("POST", "/reviews/{review}", {"recommendation": "grant", "reason": "x"}),
    ("GET", "/projects/{slug}", None),
    ("GET", "/projects/{slug}/members", None),
    ("POST", "/projects/{slug}/members", {"email": "x@example.org", "role": "viewer"}),
    ("DELETE", "/projects/{slug}/members/{person}", None),
    ("GET", "/drafts/{draft}", None),
    ("PUT", "/drafts/{draft}", {"fields": {}}),
    ("DELETE", "/drafts/{draft}", None),
    ("POST", "/applications/{application}/again", {}),
    ("POST", "/applications/{application}/appeal", {"text": "x"}),
    ("POST", "/applications/{application}/appeal/decide", {"decision": "uphold", "reason": "x"}),
    ("GET", "/projects/{slug}/extensions", None),
    ("POST", "/projects/{slug}/extensions", {"months": 1, "reason": "x"}),
    ("GET", "/extensions/{extension}", None),
    ("POST", "/extensions/{extension}/withdraw", {}),
    ("POST", "/extensions/{extension}/decide", {"decision": "grant", "reason": "x"}),
]


@pytest.fixture
def places(scene) -> dict[str, object]:
    made = scene.apply()
    review = scene.rita.get("/reviews")[1]["items"][0]["id"]
    slug = scene.project()
    draft = scene.ada.post("/drafts", {"fields": {}})[1]["id"]
    wish = {"months": 1, "reason": "x"}
    return {
        "application": made["id"],
        "review": review,
        "slug": slug,
        "draft": draft,
        "extension": scene.ada.post(f"/projects/{slug}/extensions", wish)[1]["id"],
        "person": scene.ada.person.pk,
    }


def test_the_walk_knows_every_endpoint() -> None:
    operations = {
        (method, path)
        for router in (endpoints.router, request_endpoints.router)
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    mine = {
        ("GET", "/modes"),
        ("GET", "/purposes"),
        ("POST", "/applications/check"),
        ("POST", "/applications"),
        ("GET", "/applications"),
        ("GET", "/reviews"),
        ("GET", "/projects"),
        ("GET", "/drafts"),
        ("POST", "/drafts"),
        ("GET", "/extensions"),
    }  # about oneself, or about nothing that exists
    shape = {(method, re.sub(r"{\w+}", "", path)) for method, path, _ in WALK}
    plain = {(method, re.sub(r"{\w+}", "", path)) for method, path in operations - mine}
    assert mine <= operations and plain == shape


@pytest.mark.parametrize(("method", "path", "body"), WALK)
def test_a_stranger_gets_404(scene, places, method, path, body) -> None:
    stranger = scene.newcomer("eve", reviewer=True)
    status, refused = stranger.call(method, path.format(**places), body)
    assert (status, refused["code"]) == (404, "not-found")


@pytest.mark.parametrize(("method", "path", "body"), WALK)
def test_without_a_token_401(scene, places, method, path, body) -> None:
    status, refused = kit.Api(None, "none").call(method, path.format(**places), body)
    assert (status, refused["code"]) == (401, "token-unknown")


@pytest.mark.parametrize(("method", "path", "body"), WALK)
@pytest.mark.parametrize("odd", ["0", "-1", "9" * 30])
def test_numbers_of_nothing(scene, places, method, path, body, odd) -> None:
    path = path.format(**dict.fromkeys(places, odd))
    status, refused = scene.op.call(method, path, body)
    assert (status, refused["code"]) == (404, "not-found")


def test_lists_show_ones_own_only(scene, places) -> None:
    stranger = scene.newcomer("eve")
    for path in ("/applications", "/reviews", "/projects", "/drafts", "/extensions"):
        assert stranger.get(path)[1] == {"items": [], "next_before": None}


def test_who_sees_an_application(scene, places) -> None:
    path = f"/applications/{places['application']}"
    bob, eve = scene.newcomer("bob"), scene.newcomer("eve")
    scene.join(bob, scene.organisation)
    assert bob.get(path)[0] == 404  # a colleague who is no admin
    people = f"/organisations/{scene.organisation}/members/{bob.person.pk}"
    scene.ada.post(people, {"state": "active", "role": "admin"})
    assert bob.get(path)[0] == 200 and bob.get(path)[1]["reviews"] is None
    assert scene.rita.get(path)[1]["reviews"] is None
    assert len(scene.op.get(path)[1]["reviews"]) == 1
    assert eve.get(path)[0] == 404 and scene.rob.get(path)[0] == 404
    assert bob.get(f"/projects/{places['slug']}")[0] == 404  # an organisation is not a project


@pytest.mark.parametrize("rows", [2, 12])
def test_lists_cost_the_same_however_long(scene, rows, django_assert_num_queries) -> None:
    for _ in range(rows):
        scene.apply()
    for number in range(rows):
        slug = scene.make(scene.ada, "sme") if number else scene.organisation
        scene.project(organisation=slug)
    token = 1  # the token with its person
    for who, path, cost in [
        (scene.ada, "/applications", 1),
        (scene.op, "/applications", 1),
        (scene.rita, "/reviews", 1),
        (scene.ada, "/projects", 2),
        (scene.ada, "/projects/reading-old-maps", 5),
        (scene.ada, "/projects/reading-old-maps/members", 2),
        (scene.op, "/applications/1", 2),
    ]:
        if path == "/applications/1":
            path = f"/applications/{scene.op.get('/applications')[1]['items'][0]['id']}"  # noqa: PLW2901
        with django_assert_num_queries(token + cost):
            assert who.get(path)[0] == 200


def test_pages_by_key(scene) -> None:
    for _ in range(5):
        scene.apply()
    seen, before = [], ""
    while before is not None:
        page = scene.ada.get(f"/applications?limit=2{before}")[1]
        seen += [row["id"] for row in page["items"]]
        last = page["next_before"]
        before = f"&before={last}" if last else None
    assert len(seen) == 5 and seen == sorted(seen, reverse=True)
    for wrong in ("limit=0", "limit=9999", "before=-1", "before=x", "limit=1e9"):
        for path in ("/applications", "/reviews", "/projects"):
            assert scene.ada.get(f"{path}?{wrong}")[1]["code"] == "invalid-input"
