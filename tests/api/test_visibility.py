"""The walk: every endpoint of the OpenAPI document, as a stranger, a viewer and with dead tokens.

Whoever adds an endpoint must say here what it is about, or the walk fails.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import kit
import pytest
from world import World, build

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])

# Endpoints that belong to no project: they answer for the caller, or for everybody.
OWN = {
    ("GET", "/tokens"),
    ("GET", "/me"),
    ("POST", "/organisations"),
    ("GET", "/organisations"),
    ("GET", "/organisations/{slug}"),
    ("POST", "/organisations/{slug}/join"),
    ("POST", "/applications/check"),
    ("POST", "/applications"),
    ("GET", "/applications"),
    ("GET", "/drafts"),
    ("POST", "/drafts"),
    ("GET", "/extensions"),
    ("GET", "/reviews"),
    ("GET", "/projects"),
    ("GET", "/engines"),
    ("GET", "/blueprints"),
}
PUBLIC = {
    ("POST", "/people"),
    ("POST", "/people/confirm"),
    ("POST", "/people/confirm/again"),
    ("POST", "/tokens"),
    ("GET", "/modes"),
    ("GET", "/purposes"),
    ("POST", "/agent/claim"),
}
AGENT = {("POST", "/agent/beat"), ("POST", "/agent/finish")}
# Changes that a viewer may not make; everything else that is not a GET a viewer may.
VIEWER_MAY = {("POST", "/datasets/{dataset_id}/versions/{number}/key")}

BODIES: dict[str, Any] = {
    "/projects/{slug}/jobs": {"command": ["true"]},
    "/projects/{slug}/blueprints/{blueprint_id}/jobs": {},
    "/projects/{slug}/members": {"email": "x@example.org", "role": "viewer"},
    "/projects/{slug}/datasets": {"slug": "fresh", "kind": "data"},
    "/datasets/{dataset_id}/uploads": {"size_bytes": 1},
    "/uploads/{upload_id}/missing": {"names": []},
    "/uploads/{upload_id}/commit-plain": {"files": []},
    "/projects/{slug}/models/{name}/versions": {"job_id": 1},
    "/projects/{slug}/models/{name}/versions/{number}/card": {"summary": "x"},
    "/organisations/{slug}/members/{person_id}": {"state": "active"},
    "/organisations/{slug}/profile": {},
    "/applications/{application_id}/assign": {"reviewer": "x@example.org"},
    "/applications/{application_id}/decide": {"decision": "grant", "reason": "because"},
    "/applications/{application_id}/appeal": {"text": "because"},
    "/applications/{application_id}/appeal/decide": {"decision": "uphold", "reason": "because"},
    "/drafts/{draft_id}": {"fields": {}},
    "/projects/{slug}/extensions": {"months": 1, "reason": "because"},
    "/extensions/{extension_id}/decide": {"decision": "grant", "reason": "because"},
    "/reviews/{review_id}": {"recommendation": "grant", "reason": "because"},
    "/reviews/{review_id}/conflict": {"reason": "because"},
}


def operations() -> list[tuple[str, str]]:
    from fabriek.api.app import api

    paths = api.get_openapi_schema()["paths"]
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, found in paths.items()
        for method in found
    ]


def address(path: str, world: World) -> str:
    """The path with the real numbers and names of the world's project in it."""

    def real(match: re.Match[str]) -> str:
        name = match.group(1)
        if name == "slug":
            return world.ids["organisation"] if path.startswith("/organisations") else world.slug
        if name == "name" and "/chunks/" in path:
            return str(world.ids["chunk"])
        return str(world.ids[name])

    return re.sub(r"\{(\w+)\}", real, path)


def in_project() -> list[tuple[str, str]]:
    return [found for found in operations() if found not in OWN | PUBLIC | AGENT]


def call(who: kit.Api, method: str, path: str, world: World) -> tuple[int, Any]:
    return who.call(method, address(path, world), BODIES.get(path), **{"X-Digest": "0" * 64})


def test_the_walk_knows_every_endpoint() -> None:
    listed = set(operations())
    assert listed >= OWN | PUBLIC | AGENT
    assert len(in_project()) > 35
    for _, path in in_project():
        assert "{" in path, f"{path}: say in OWN or PUBLIC what it is about"


def test_a_stranger_gets_404_everywhere(world: World) -> None:
    for method, path in in_project():
        status, answer = call(world.stranger, method, path, world)
        assert status == 404, (method, path, status, answer)
        assert world.slug not in str(answer).replace(path, "")


def test_what_does_not_exist_reads_the_same_as_what_may_not_be_seen(world: World) -> None:
    status, hidden = world.stranger.get(f"/jobs/{world.ids['job_id']}")
    status2, absent = world.stranger.get("/jobs/999999")
    assert (status, status2) == (404, 404)
    for answer in (hidden, absent):
        answer.pop("request_id")
    assert hidden == absent


def test_a_viewer_reads_everything_and_changes_nothing(world: World) -> None:
    """A viewer's own tokens and other people's reviews are not about the project."""
    about_people = ("/tokens/", "/reviews/", "/organisations/", "/applications/", "/uploads/")
    about_people += ("/drafts/",)
    for method, path in in_project():
        if path.startswith(about_people):
            continue
        status, answer = call(world.viewer, method, path, world)
        if method == "GET" or (method, path) in VIEWER_MAY:
            assert status == 200, (method, path, status, answer)
        else:
            assert status == 403, (method, path, status, answer)


def test_uploads_are_their_owners_alone(world: World) -> None:
    for method, path in in_project():
        if path.startswith("/uploads/"):
            for who in (world.viewer, world.member, world.stranger):
                assert call(who, method, path, world)[0] == 404, (method, path)


@pytest.mark.parametrize("fault", ["expired", "revoked", "wrong", "missing", "inactive", "attempt"])
def test_no_endpoint_takes_a_dead_token(world: World, fault: str) -> None:
    from fabriek.core import clock
    from fabriek.people import tokens
    from fabriek.people.models import Person, Token

    who = world.manager
    token = Token.objects.get(hash=tokens.fingerprint(who.token))
    expected = {401}
    if fault == "expired":
        Token.objects.filter(pk=token.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    elif fault == "revoked":
        tokens.revoke(token, who.person)
    elif fault == "wrong":
        who.token = who.token[:-1] + ("A" if who.token[-1] != "A" else "B")
    elif fault == "missing":
        who.token = ""
    elif fault == "inactive":
        Person.objects.filter(pk=who.person.pk).update(is_active=False)
        expected = {403}
    else:
        scope = {"kind": "attempt", "attempt": 1, "read": [], "write": []}
        until = clock.now() + timedelta(hours=1)
        who.token = tokens.issue(who.person, "attempt", until, scope)[1]
        # Data endpoints know attempts, and find nothing in this one's scope.
        expected = {403, 404}
    for method, path in [*in_project(), *OWN]:
        status, answer = call(who, method, path, world)
        assert status in expected, (method, path, status, answer)


def test_leaving_the_project_ends_every_right_at_once(world: World) -> None:
    member = world.member
    assert member.get(f"/projects/{world.slug}")[0] == 200
    status, _ = world.manager.call(
        "DELETE", f"/projects/{world.slug}/members/{world.ids['person_id']}"
    )
    assert status == 204
    for method, path in in_project():
        if not path.startswith(("/tokens/", "/reviews/")):
            assert call(member, method, path, world)[0] == 404, (method, path)


def test_lists_hold_only_ones_own(world: World, tmp_path: Path) -> None:
    other = build(tmp_path / "other")
    for path in ("/projects", "/applications", "/tokens"):
        mine = {str(item) for item in world.manager.get(path)[1]["items"]}
        theirs = {str(item) for item in other.manager.get(path)[1]["items"]}
        assert mine and theirs and not mine & theirs
