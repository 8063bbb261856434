"""Applications, reviews and decisions in a browser: who sees what, what each form does."""

from typing import Any

import pytest

from fabriek.access.models import Appeal, Application, Draft, Review
from fabriek.access.tests.browsing import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(scene) -> dict[str, Browser]:
    eve = scene.newcomer("eve", reviewer=False)
    found = {"ada": scene.ada, "op": scene.op, "rita": scene.rita, "rob": scene.rob, "eve": eve}
    return {name: Browser(who.person) for name, who in found.items()}


def row() -> Application:
    return Application.objects.get()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ["Besluit uiterlijk", "Werkdagen over", "Beoordeeld", "in beoordeling"]),
        ("en", ["Decided by", "Working days left", "Reviewed", "in review"]),
    ],
)
def test_an_application_shows_its_clock_and_steps(scene, language, words) -> None:
    made = scene.apply(summary="<script>alert(1)</script>")
    status, text = Browser(scene.ada.person, language).get(f"/applications/{made['id']}/")
    assert status == 200 and "<script>alert" not in text
    for word in [*words, "27", "Fast Lane", 'aria-current="step"']:
        assert word in text
    assert ("0 of 1 review" if language == "en" else "0 van 1 beoordeling") in text


def test_strangers_find_nothing(scene, people) -> None:
    made = scene.apply()
    number = Review.objects.get().pk
    base = f"/applications/{made['id']}/"
    for path in (base, f"{base}appeal/", f"/reviews/{number}/"):
        status, text = people["eve"].get(path)
        assert status == 404 and "maps" not in text, path
    for path in ("withdraw/", "again/", "appeal/", "assign/", "decide/", "appeal/decide/"):
        assert people["eve"].post(base + path, text="x")[0] == 404, path
    assert people["eve"].post(f"/reviews/{number}/", reason="x")[0] == 404
    for path in ("/extensions/", f"{base}decide/", f"{base}appeal/decide/"):
        assert people["ada"].get(path)[0] == 404  # not for applicants either
    status, text = people["eve"].get("/applications/")
    assert status == 200 and "There are no applications here yet" in text


def test_the_list_is_searched_filtered_and_sorted(scene, people, moving) -> None:
    scene.apply(title="First thing")
    scene.project(title="Second thing")
    text = people["ada"].get("/applications/?q=first")[1]
    assert "First thing" in text and "Second thing" not in text
    text = people["op"].get("/applications/?state=granted&sort=-made")[1]
    assert "Second thing" in text and "First thing" not in text
    assert (
        "past its deadline" in text
        and "past its deadline" not in people["ada"].get("/applications/")[1]
    )
    moving.on(days=5)
    Application.objects.filter(title="First thing").update(escalated_at=moving.at)
    text = people["op"].get("/applications/?late=false")[1]
    assert "First thing" in text and "Second thing" not in text and "<strong>late" in text
    assert "Nothing fits this search" in people["op"].get("/applications/?q=nowhere")[1]


def test_withdrawing_and_applying_again(scene, people) -> None:
    made = scene.apply()
    base = f"/applications/{made['id']}/"
    assert "Withdraw the application" in people["ada"].get(base)[1]
    assert "Withdraw the application" not in people["op"].get(base)[1]
    assert people["ada"].get(f"{base}withdraw/")[0] == 405
    assert people["op"].post(f"{base}withdraw/")[0] == 403
    assert people["ada"].post(f"{base}withdraw/") == (302, f"/en{base}")
    text = people["ada"].get(base)[1]
    assert "Withdrawn" in text and "Apply again" in text
    assert people["ada"].post(f"{base}again/") == (
        302,
        f"/en/applications/draft/{Draft.objects.get().pk}/",
    )
    draft = Draft.objects.get()
    text = people["ada"].get(f"/applications/draft/{draft.pk}/")[1]
    assert "Reading old maps" in text and "Two years on Snellius." in text


def test_reviewing(scene, people) -> None:
    scene.apply()
    number = Review.objects.get().pk
    status, text = people["rita"].get("/reviews/")
    assert status == 200 and f"/reviews/{number}/" in text and "Fri" not in text
    assert "Nothing waits for you" in people["rob"].get("/reviews/")[1]
    status, text = people["rita"].get(f"/reviews/{number}/")
    assert status == 200 and "found no ties" in text and "Two years on Snellius." in text
    assert people["rob"].get(f"/reviews/{number}/")[0] == 404
    status, text = people["rita"].post(f"/reviews/{number}/", recommendation="grant", reason=" ")
    assert status == 422 and 'id="id_reason_error"' in text
    status, where = people["rita"].post(
        f"/reviews/{number}/", recommendation="grant", reason="It is sound."
    )
    assert (status, where) == (302, "/en/reviews/")
    text = people["rita"].get(f"/reviews/{number}/")[1]
    assert "It is sound." in text and "Send the recommendation" not in text
    assert "Earlier reviews" in people["rita"].get("/reviews/?state=done")[1]
    assert "It is sound." not in people["ada"].get(f"/applications/{row().pk}/")[1]
    assert "It is sound." in people["op"].get(f"/applications/{row().pk}/")[1]


def test_declaring_a_conflict(scene, people) -> None:
    scene.apply()
    number = Review.objects.get().pk
    path = f"/reviews/{number}/"
    status, text = people["rita"].post(path, do="conflict", **{"conflict-reason": ""})
    assert status == 422 and 'id="id_conflict-reason_error"' in text
    sent = {"do": "conflict", "conflict-reason": "We studied together."}
    assert people["rita"].post(path, **sent)[0] == 302
    text = people["rita"].get(path)[1]
    assert "We studied together." in text and "old maps" not in text
    assert "old maps" not in people["rita"].get("/reviews/")[1]
    assert "old maps" in people["rob"].get("/reviews/")[1]


def test_a_conflict_that_the_system_finds_is_said_before_one_starts(scene, people) -> None:
    made = scene.apply()
    scene.join(scene.rita, scene.organisation)
    path = f"/reviews/{Review.objects.get().pk}/"
    text = people["rita"].get(path)[1]
    assert "they belong to the same organisation" in text and "Send the recommend" not in text
    assert people["rita"].post(path, recommendation="grant", reason="x")[0] == 422
    colleague = scene.newcomer("colleague", operator=True)
    scene.join(colleague, scene.organisation)
    browser = Browser(colleague.person)
    for path in (f"/applications/{made['id']}/", f"/applications/{made['id']}/decide/"):
        text = browser.get(path)[1]
        assert "they belong to the same organisation" in text and "Make the decision" not in text
    sent = {"decision": "grant", "reason": "x"}
    status, text = browser.post(f"/applications/{made['id']}/decide/", **sent)
    assert status == 422 and row().state == "reviewing"


def test_deciding(scene, people) -> None:
    made = scene.apply()
    base = f"/applications/{made['id']}/"
    assert f"{base}decide/" in people["op"].get(base)[1]
    assert f"{base}decide/" not in people["ada"].get(base)[1]
    status, text = people["op"].post(f"{base}decide/", decision="grant", reason="")
    assert status == 422 and 'id="id_reason_error"' in text
    sent = {"decision": "grant", "reason": "Good\nplan."}
    assert people["op"].post(f"{base}decide/", **sent) == (302, f"/en{base}")
    text = people["ada"].get(base)[1]
    assert "Good<br>plan." in text and "/projects/reading-old-maps/" in text
    assert "/projects/reading-old-maps/" not in people["op"].get(base)[1]
    assert "nothing to decide" in people["op"].get(f"{base}decide/")[1]
    assert people["op"].post(f"{base}decide/", **sent)[0] == 422


def test_asking_a_reviewer_by_hand(scene, people) -> None:
    made = scene.apply()
    base = f"/applications/{made['id']}/"
    friend = scene.newcomer("friend", reviewer=True)
    scene.join(friend, scene.organisation)
    text = people["op"].get(base)[1]
    assert scene.rob.person.email in text and friend.person.email not in text
    wrong = people["op"].post(f"{base}assign/", reviewer=friend.person.email)
    assert wrong[0] == 422
    assert people["op"].post(f"{base}assign/", reviewer=scene.rob.person.email)[0] == 302
    assert Review.objects.count() == 2
    assert "no other reviewer without" in people["op"].get(base)[1]


def test_appealing_and_the_decision_on_it(scene, people) -> None:
    made = scene.apply()
    base = f"/applications/{made['id']}/"
    assert "not possible here" in people["ada"].get(f"{base}appeal/")[1]
    people["op"].post(f"{base}decide/", decision="reject", reason="Too vague.")
    text = people["ada"].get(base)[1]
    assert "Too vague." in text and f"{base}appeal/" in text and "Apply again" in text
    text = people["ada"].get(f"{base}appeal/")[1]
    assert "within 10 working days" in text and "Too vague." in text
    assert people["ada"].post(f"{base}appeal/", text="")[0] == 422
    assert people["ada"].post(f"{base}appeal/", text="Not so.") == (302, f"/en{base}")
    assert people["ada"].post(f"{base}appeal/", text="Again.")[0] == 422
    assert "no other operator" in people["op"].get(f"{base}appeal/decide/")[1]
    other = Browser(scene.newcomer("other", operator=True).person)
    assert "Somebody else decides" in people["op"].get(f"{base}appeal/decide/")[1]
    assert "old maps" in other.get("/applications/?appeal=asked")[1]
    text = other.get(f"{base}appeal/decide/")[1]
    assert "Not so." in text and "Too vague." in text and "Make the decision" in text
    sent = {"decision": "uphold", "reason": "True."}
    assert people["op"].post(f"{base}appeal/decide/", **sent)[0] == 422
    assert other.post(f"{base}appeal/decide/", **sent)[0] == 302
    text = people["ada"].get(base)[1]
    for words in ("Too vague.", "Not so.", "True.", "/projects/reading-old-maps/"):
        assert words in text
    assert Appeal.objects.get().state == "upheld"
    assert "nothing to decide" in other.get(f"{base}appeal/decide/")[1]


def test_pages_about_an_application_without_an_appeal(scene, people) -> None:
    made = scene.apply()
    status, text = people["op"].get(f"/applications/{made['id']}/appeal/decide/")
    assert status == 200 and "There is no appeal" in text and "Make the decision" not in text


@pytest.mark.parametrize("rows", [2, 12])
def test_pages_cost_the_same_however_long(scene, rows, django_assert_max_num_queries) -> None:
    for number in range(rows):
        scene.apply()
        slug = scene.make(scene.ada, "sme") if number else scene.organisation
        scene.project(organisation=slug)
    browsers: list[tuple[Any, str, int]] = [
        (Browser(scene.ada.person), "/applications/", 8),
        (Browser(scene.op.person), "/applications/", 8),
        (Browser(scene.rita.person), "/reviews/", 8),
        (Browser(scene.op.person), f"/applications/{Application.objects.first().pk}/", 14),
        (Browser(scene.ada.person), "/applications/new/", 10),
    ]
    for browser, path, cost in browsers:
        with django_assert_max_num_queries(cost):
            assert browser.get(path)[0] == 200
