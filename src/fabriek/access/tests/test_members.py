"""People in a project, and what each role reaches."""

import kit
import pytest

from fabriek.access import queries
from fabriek.access.queries import Right
from fabriek.core.problems import Problem
from fabriek.people import actions as people_actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(scene) -> str:
    return scene.project()


@pytest.fixture
def path(project) -> str:
    return f"/projects/{project}/members"


def add(scene, path: str, who: kit.Api, role: str):
    return scene.ada.post(path, {"email": who.person.email.upper(), "role": role})


def test_adding_changing_removing(scene, path, mails, audited) -> None:
    bob = scene.newcomer("bob")
    status, row = add(scene, path, bob, "viewer")
    assert (status, row["role"], row["person_id"]) == (201, "viewer", bob.person.pk)
    assert "toegevoegd" in mails(bob)[0].body
    assert add(scene, path, bob, "member")[0] == 200
    assert add(scene, path, bob, "member")[1]["role"] == "member"  # again changes nothing
    assert len(mails(bob)) == 1
    listed = bob.get(path)[1]["items"]
    assert [(row["name"], row["role"]) for row in listed] == [("Bob", "member"), ("Ada", "manager")]
    assert bob.get("/projects")[1]["items"][0]["role"] == "member"
    assert scene.ada.call("DELETE", f"{path}/{bob.person.pk}")[0] == 204
    assert bob.get(path)[0] == 404 and bob.get("/projects")[1]["items"] == []
    assert "gehaald" in mails(bob)[1].body
    assert scene.ada.call("DELETE", f"{path}/{bob.person.pk}")[1]["code"] == "not-found"
    assert audited()[-3:] == ["member.set", "member.set", "member.remove"]


def test_only_managers_decide_and_everybody_may_leave(scene, path) -> None:
    bob, vera = scene.newcomer("bob"), scene.newcomer("vera")
    add(scene, path, bob, "member")
    add(scene, path, vera, "viewer")
    body = {"email": vera.person.email, "role": "manager"}
    assert bob.post(path, body)[1]["code"] == "not-allowed"
    assert bob.call("DELETE", f"{path}/{vera.person.pk}")[1]["code"] == "not-allowed"
    assert vera.call("DELETE", f"{path}/{vera.person.pk}")[0] == 204
    assert vera.get(path)[0] == 404


def test_the_last_manager_stays(scene, path) -> None:
    mine = f"{path}/{scene.ada.person.pk}"
    assert scene.ada.call("DELETE", mine)[1]["code"] == "last-manager"
    assert add(scene, path, scene.ada, "viewer")[1]["code"] == "last-manager"
    bob = scene.newcomer("bob")
    add(scene, path, bob, "manager")
    people_actions.close_account(bob.person, by=bob.person)
    assert scene.ada.call("DELETE", mine)[1]["code"] == "last-manager"  # a closed account is none
    rob = scene.rob
    add(scene, path, rob, "manager")
    assert scene.ada.call("DELETE", mine)[0] == 204
    assert rob.get(path)[0] == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "nobody@example.org", "role": "member"}, "person-unknown"),
        ({"email": "a\x00b", "role": "member"}, "person-unknown"),
        ({"email": "", "role": "viewer"}, "person-unknown"),
        ({"email": "x", "role": "owner"}, "invalid-input"),
        ({"email": 3, "role": "member"}, "invalid-input"),
    ],
)
def test_who_cannot_be_added(scene, path, body, code: str) -> None:
    assert scene.ada.post(path, body)[1]["code"] == code


def test_somebody_unconfirmed_or_closed_cannot_be_added(scene, path) -> None:
    bob = scene.newcomer("bob")
    bob.person.email_confirmed_at = None
    bob.person.save()
    assert add(scene, path, bob, "member")[1]["code"] == "person-unknown"


def test_a_closed_account_reaches_nothing_at_once(scene, project) -> None:
    person = scene.ada.person
    people_actions.close_account(person, by=person)
    with pytest.raises(Problem) as caught:
        queries.project_for(person, project, Right.VIEW)
    assert caught.value.code == "not-found"
    assert not queries.applications_visible_to(person).exists()


@pytest.mark.parametrize(
    ("role", "reaches"), [("viewer", Right.VIEW), ("member", Right.RUN), ("manager", Right.MANAGE)]
)
def test_rights_of_roles(scene, project, path, role: str, reaches: Right) -> None:
    bob = scene.newcomer("bob")
    add(scene, path, bob, role)
    number = queries.project_for(scene.ada.person, project, Right.VIEW).pk
    for right in Right:
        for reference in (project, number):
            if right <= reaches:
                assert queries.project_for(bob.person, reference, right).slug == project
            else:
                with pytest.raises(Problem) as caught:
                    queries.project_for(bob.person, reference, right)
                assert caught.value.code == "not-allowed"


@pytest.mark.parametrize("reference", ["", "no-such", "../x", "a\x00b", 0, -1, 2**63, 10**30])
def test_what_is_no_project(scene, project, reference) -> None:
    with pytest.raises(Problem) as caught:
        queries.project_for(scene.ada.person, reference, Right.VIEW)
    assert caught.value.code == "not-found"
