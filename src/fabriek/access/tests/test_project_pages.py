"""People and extensions of a project in a browser."""

import pytest

from fabriek.access import ticks
from fabriek.access.models import Allocation, Extension, ProjectMember
from fabriek.access.tests.browsing import Browser

pytestmark = pytest.mark.django_db
SLUG = "reading-old-maps"
MEMBERS = f"/projects/{SLUG}/members/"
EXTENSIONS = f"/projects/{SLUG}/extensions/"
WISH = {"months": "1", "gpu_hours": "1,000.5", "reason": "Not done."}


@pytest.fixture
def ada(scene) -> Browser:
    scene.project()
    return Browser(scene.ada.person)


def someone(scene, role: str) -> Browser:
    who = scene.newcomer(role)
    body = {"email": who.person.email, "role": role}
    assert scene.ada.post(f"/projects/{SLUG}/members", body)[0] == 201
    return Browser(who.person)


@pytest.mark.parametrize(("language", "word"), [("nl", "Beheerder"), ("en", "Manager")])
def test_members_with_their_roles(scene, ada, language: str, word: str) -> None:
    viewer = someone(scene, "viewer")
    status, text = Browser(scene.ada.person, language).get(MEMBERS)
    assert status == 200 and word in text and scene.ada.person.email in text
    assert 'name="email"' in text
    text = viewer.get(MEMBERS)[1]
    assert "A manager of the project adds people" in text and 'name="email"' not in text
    assert "Leave the project" in text and "Take out" not in text
    assert "Viewer" in ada.get(f"{MEMBERS}?role=viewer")[1]


def test_adding_changing_and_taking_out(scene, ada) -> None:
    bob = scene.newcomer("bob")
    status, text = ada.post(MEMBERS, email="nobody@example.org", role="viewer")
    assert status == 422 and "has a confirmed account" in text
    assert ada.post(MEMBERS, email="x", role="chief")[0] == 422
    assert ada.post(MEMBERS, email=bob.person.email, role="viewer") == (302, f"/en{MEMBERS}")
    assert ada.post(MEMBERS, email=bob.person.email, role="member")[0] == 302
    assert ProjectMember.objects.get(person=bob.person).role == "member"
    status, text = ada.post(MEMBERS, email=scene.ada.person.email, role="viewer")
    assert status == 422 and "at least one manager" in text
    path = f"{MEMBERS}{bob.person.pk}/remove/"
    assert ada.get(path)[0] == 405
    assert ada.post(path)[0] == 302
    assert Browser(bob.person).get(MEMBERS)[0] == 404
    assert ada.post(f"{MEMBERS}{scene.ada.person.pk}/remove/")[0] == 409  # the last manager


def test_only_managers_change_and_strangers_find_nothing(scene, ada) -> None:
    member, eve = someone(scene, "member"), Browser(scene.newcomer("eve").person)
    sent = {"email": "x@example.org", "role": "viewer"}
    assert member.post(MEMBERS, **sent)[0] == 422
    assert member.post(f"{MEMBERS}{scene.ada.person.pk}/remove/")[0] == 403
    for path in (MEMBERS, EXTENSIONS):
        assert eve.get(path)[0] == 404 and eve.post(path, **sent, **WISH)[0] in {404, 422}
    assert eve.post(EXTENSIONS, **WISH)[0] == 404
    leaver = ProjectMember.objects.get(role="member").person_id
    assert member.post(f"{MEMBERS}{leaver}/remove/") == (302, "/en/projects/")


@pytest.mark.parametrize(
    ("language", "amount", "words"),
    [("en", "1,000.5", "1 month, GPU-hours: 1,000.5"), ("nl", "1.000,5", "1 maand, GPU-uren")],
)
def test_asking_for_more(scene, ada, language, amount, words) -> None:
    browser = Browser(scene.ada.person, language)
    text = browser.get(EXTENSIONS)[1]
    assert ("at most 4,900" if language == "en" else "ten hoogste 4.900") in text
    assert browser.post(EXTENSIONS, **{**WISH, "gpu_hours": amount})[0] == 302
    row = Extension.objects.get()
    assert (row.months, float(row.gpu_hours), row.cpu_hours) == (1, 1000.5, 0)
    text = browser.get(EXTENSIONS)[1]
    assert words in text and "Not done." in text
    assert f"/extensions/{row.pk}/withdraw/" in text
    assert 'name="gpu_hours"' not in text  # one at a time: it says so in place of the form
    assert browser.post(f"/extensions/{row.pk}/withdraw/")[0] == 302
    assert 'name="gpu_hours"' in browser.get(EXTENSIONS)[1]


def test_what_stands_in_the_way_is_told_at_the_fields(scene, ada) -> None:
    status, text = ada.post(EXTENSIONS, months="9", gpu_hours="5000", reason="More.")
    assert status == 422 and 'id="id_months_error"' in text and 'id="id_gpu_hours_error"' in text
    status, text = ada.post(EXTENSIONS, months="", gpu_hours="", reason="")
    assert status == 422 and 'id="id_reason_error"' in text
    status, text = ada.post(EXTENSIONS, months="", gpu_hours="", reason="x")
    assert status == 422 and "no time and no hours" in text
    member = someone(scene, "member")
    assert 'name="gpu_hours"' not in member.get(EXTENSIONS)[1]
    assert member.post(EXTENSIONS, **WISH)[0] == 422
    assert not Extension.objects.exists()


def test_an_operator_decides(scene, ada) -> None:
    ada.post(EXTENSIONS, **WISH)
    row = Extension.objects.get()
    path, op = f"/extensions/{row.pk}/decide/", Browser(scene.op.person)
    for browser in (ada, Browser(scene.rita.person)):
        assert browser.get(path)[0] == 404 and browser.post(path)[0] == 404
        assert browser.get("/extensions/")[0] == 404
    assert path in op.get("/extensions/")[1]
    status, text = op.get(path)
    assert status == 200 and "Not done." in text and "Make the decision" in text
    assert op.post(path, decision="grant", reason="")[0] == 422
    assert op.post(path, decision="grant", reason="Fine.") == (302, "/en/extensions/")
    text = ada.get(EXTENSIONS)[1]
    assert "Fine." in text and "runs until" in text
    assert "Fine." in op.get(path)[1] and "Make the decision" not in op.get(path)[1]
    assert op.post(path, decision="refuse", reason="No.")[0] == 422
    assert "No extension waits" in op.get("/extensions/?state=granted")[1]


def test_a_conflict_is_said_before_one_starts(scene, ada) -> None:
    ada.post(EXTENSIONS, **WISH)
    colleague = scene.newcomer("colleague", operator=True)
    scene.join(colleague, scene.organisation)
    path = f"/extensions/{Extension.objects.get().pk}/decide/"
    text = Browser(colleague.person).get(path)[1]
    assert "they belong to the same organisation" in text and "Make the decision" not in text
    status, text = Browser(colleague.person).post(path, decision="grant", reason="x")
    assert status == 422 and Extension.objects.get().state == "asked"


def test_after_the_end_the_page_says_until_when_one_can_ask(scene, ada, moving) -> None:
    moving.at = Allocation.objects.get().ends_at
    ticks.tick()
    text = Browser(scene.ada.person).get(EXTENSIONS)[1]
    assert "The project ended on" in text and "Until 30 days later" in text
    moving.on(days=31)
    text = Browser(scene.ada.person).get(EXTENSIONS)[1]
    assert "ended more than 30 days ago" in text and 'name="gpu_hours"' not in text


def test_pages_cost_little(scene, ada, django_assert_max_num_queries) -> None:
    ada.post(EXTENSIONS, **WISH)
    for path, cost in ((MEMBERS, 10), (EXTENSIONS, 14)):
        with django_assert_max_num_queries(cost):
            assert ada.get(path)[0] == 200
