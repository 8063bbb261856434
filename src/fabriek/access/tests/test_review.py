"""Review: who is asked, conflicts, recommendations, decisions, missed deadlines."""

import pytest

from fabriek.access import review_actions, ticks
from fabriek.access.models import Application, Project, Review
from fabriek.core.problems import Problem
from fabriek.people import actions as people_actions

pytestmark = pytest.mark.django_db
REASON = "It is sound."


def asked(application: dict) -> list[tuple[str, str, str]]:
    rows = Review.objects.filter(application_id=application["id"]).order_by("pk")
    return [(row.reviewer.name, row.kind, row.state) for row in rows]


def review_of(who) -> dict:
    return who.get("/reviews")[1]["items"][0]


def recommend(who, recommendation: str = "grant", reason: str = REASON):
    path = f"/reviews/{review_of(who)['id']}"
    return who.post(path, {"recommendation": recommendation, "reason": reason})


def decide(who, application: dict, decision: str = "grant", reason: str = REASON):
    path = f"/applications/{application['id']}/decide"
    return who.post(path, {"decision": decision, "reason": reason})


def test_from_application_to_project(scene, mails, audited) -> None:
    made = scene.apply()
    mine = review_of(scene.rita)
    assert mine["application"]["title"] == "Reading old maps"
    assert (mine["kind"], mine["state"]) == ("technical", "asked")
    assert "27 november 2026 17:00" in mails(scene.rita)[-1].body
    status, done = recommend(scene.rita)
    assert (status, done["state"], done["recommendation"]) == (200, "done", "grant")
    assert "zijn binnen" in mails(scene.op)[-1].body
    status, granted = decide(scene.op, made)
    assert (status, granted["state"]) == (200, "granted")
    assert granted["decision_reason"] == REASON
    assert [r["reviewer"]["name"] for r in granted["reviews"]] == ["Rita"]
    seen = scene.ada.get(f"/applications/{made['id']}")[1]
    assert (seen["project"], seen["reviews"]) == ("reading-old-maps", None)
    assert scene.ada.get("/projects/reading-old-maps")[1]["role"] == "manager"
    assert scene.op.get("/projects/reading-old-maps")[0] == 404  # deciding is not belonging
    assert audited()[-5:] == [
        "application.submit",
        "review.ask",
        "review.recommend",
        "purpose.clear",
        "application.grant",
    ]


def test_rejecting_gives_the_reason(scene, mails, audited) -> None:
    made = scene.apply()
    assert decide(scene.op, made, "reject", "Too vague.\nSay more.")[1]["state"] == "rejected"
    assert "Too vague.\nSay more." in mails(scene.ada)[-1].body
    assert audited()[-1] == "application.reject"
    assert not Project.objects.exists()
    assert scene.rita.get("/reviews")[1]["items"][0]["state"] == "closed"
    assert scene.apply()["state"] == "reviewing"  # and one may apply again


def test_the_least_busy_reviewer_is_asked(scene) -> None:
    names = [asked(scene.apply())[0][0] for _ in range(4)]
    assert names == ["Rita", "Rob", "Rita", "Rob"]
    recommend(scene.rob)
    assert asked(scene.apply())[0][0] == "Rob"


def test_each_kind_of_review_has_its_own_reviewer(scene, mails) -> None:
    made = scene.apply(mode="large-scale", gpu_hours=60000)
    assert asked(made) == [("Rita", "technical", "asked"), ("Rob", "peer", "asked")]
    recommend(scene.rita)
    assert not mails(scene.op)  # one answer is still awaited
    recommend(scene.rob, "reject")
    assert len(mails(scene.op)) == 1


def test_reviewers_with_a_conflict_are_not_asked(scene, mails) -> None:
    scene.join(scene.rita, scene.organisation)
    project = scene.project()
    body = {"email": scene.rob.person.email, "role": "viewer"}
    scene.ada.post(f"/projects/{project}/members", body)
    people_actions.appoint(scene.ada.person.email, reviewer=True)
    made = scene.apply()
    assert (asked(made), made["state"]) == ([], "submitted")
    assert "geen beoordelaar zonder belangenconflict" in mails(scene.op)[-1].body


def test_a_declared_conflict_brings_the_next_reviewer(scene, mails) -> None:
    made = scene.apply()
    path = f"/reviews/{review_of(scene.rita)['id']}/conflict"
    status, row = scene.rita.post(path, {"reason": "We studied together."})
    assert (status, row["state"], row["application"]) == (200, "conflict", None)
    assert asked(made) == [("Rita", "technical", "conflict"), ("Rob", "technical", "asked")]
    assert scene.rita.get(f"/applications/{made['id']}")[0] == 404
    assert scene.rita.post(path, {"reason": "Again."})[1]["code"] == "illegal-move"
    assert recommend(scene.rita)[1]["code"] == "conflict-of-interest"
    assert asked(scene.apply())[0][0] == "Rob"  # and not for this organisation again


def test_a_conflict_that_arose_later_bars_the_recommendation(scene) -> None:
    scene.apply()
    scene.join(scene.rita, scene.organisation)
    status, refused = recommend(scene.rita)
    assert (status, refused["code"]) == (403, "conflict-of-interest")
    assert refused["facts"]["why"] == "they belong to the same organisation"


def test_recommending_once_with_a_reason(scene) -> None:
    scene.apply()
    assert recommend(scene.rita, reason="  ")[1]["code"] == "invalid-input"
    assert recommend(scene.rita, recommendation="maybe")[1]["code"] == "invalid-input"
    assert recommend(scene.rita)[0] == 200
    assert recommend(scene.rita)[1]["code"] == "illegal-move"
    number = review_of(scene.rita)["id"]
    for path in (f"/reviews/{number}", f"/reviews/{number}/conflict"):
        body = {"recommendation": "grant", "reason": REASON}
        assert scene.rob.post(path, body)[1]["code"] == "not-found"


def test_an_operator_assigns_by_hand(scene, mails) -> None:
    scene.apply()
    made = scene.apply(mode="large-scale", gpu_hours=60000)
    path = f"/applications/{made['id']}/assign"
    rosa = scene.newcomer("rosa", reviewer=True)
    status, shown = scene.op.post(path, {"reviewer": rosa.person.email.upper()})
    assert status == 200 and len(shown["reviews"]) == 3
    for email, code in [
        (rosa.person.email, "already-reviewing"),
        (scene.newcomer("eve").person.email, "not-a-reviewer"),
        ("nobody@example.org", "person-unknown"),
        ("a\x00b", "person-unknown"),
    ]:
        assert scene.op.post(path, {"reviewer": email})[1]["code"] == code
    friend = scene.newcomer("friend", reviewer=True)
    scene.join(friend, scene.organisation)
    refused = scene.op.post(path, {"reviewer": friend.person.email})[1]
    assert (refused["code"], refused["facts"]["why"]) == (
        "conflict-of-interest",
        "they belong to the same organisation",
    )
    assert scene.ada.post(path, {"reviewer": rosa.person.email})[1]["code"] == "not-allowed"
    decide(scene.op, made)
    assert scene.op.post(path, {"reviewer": rosa.person.email})[1]["code"] == "illegal-move"


def test_assigning_covers_the_kind_that_lacks(scene) -> None:
    people_actions.appoint(scene.rob.person.email, reviewer=False)
    made = scene.apply(mode="large-scale", gpu_hours=60000)
    assert asked(made) == [("Rita", "technical", "asked")]
    people_actions.appoint(scene.rob.person.email, reviewer=True)
    scene.op.post(f"/applications/{made['id']}/assign", {"reviewer": scene.rob.person.email})
    assert asked(made)[1] == ("Rob", "peer", "asked")


def test_only_operators_without_a_conflict_decide(scene) -> None:
    made = scene.apply()
    assert decide(scene.newcomer("eve"), made)[1]["code"] == "not-found"
    assert decide(scene.ada, made)[1]["code"] == "not-allowed"
    assert decide(scene.rita, made)[1]["code"] == "not-allowed"
    colleague = scene.newcomer("colleague", operator=True)
    scene.join(colleague, scene.organisation)
    assert decide(colleague, made)[1]["code"] == "conflict-of-interest"
    people_actions.appoint(scene.ada.person.email, operator=True)
    refused = decide(scene.ada, made)[1]
    assert (refused["code"], refused["facts"]["why"]) == (
        "conflict-of-interest",
        "it is their own application",
    )
    assert decide(scene.op, made, reason="")[1]["code"] == "invalid-input"
    assert Application.objects.get().state == "reviewing"


def test_of_two_decisions_one_wins(scene) -> None:
    made = scene.apply()
    assert decide(scene.op, made)[0] == 200
    for decision in ("reject", "grant"):
        status, refused = decide(scene.op, made, decision)
        assert (status, refused["code"], refused["facts"]["state"]) == (
            409,
            "illegal-move",
            "granted",
        )
    assert Project.objects.count() == 1


def test_a_missed_deadline_escalates_once_and_never_rejects(scene, mails, moving, audited) -> None:
    made = scene.apply()
    assert ticks.escalate() == 0
    moving.on(days=4, hours=8)
    assert ticks.tick() and not ticks.tick()
    assert len(mails(scene.op)) == 1 and "Te laat" in mails(scene.op)[0].subject
    assert audited().count("application.escalate") == 1
    row = Application.objects.get(pk=made["id"])
    assert row.state == "reviewing" and row.escalated_at == moving.at
    assert not review_actions.escalate(row)  # another worker saw the same row
    moving.on(days=-4, hours=-8)  # her token is of that day
    shown = scene.op.get(f"/applications/{made['id']}")[1]
    assert shown["escalated"] and shown["state"] == "reviewing"
    assert decide(scene.op, made)[1]["state"] == "granted"


def test_decided_applications_do_not_escalate(scene, moving) -> None:
    made = scene.apply()
    decide(scene.op, made, "reject")
    moving.on(days=30)
    assert ticks.escalate() == 0


def test_mails_to_english_readers(scene, mails) -> None:
    for someone in (scene.ada, scene.rita, scene.op):
        someone.person.language = "en"
        someone.person.save()
    made = scene.apply()
    recommend(scene.rita)
    decide(scene.op, made)
    assert "27 November 2026 17:00" in mails(scene.ada)[0].body
    assert "is granted" in mails(scene.ada)[1].body
    assert "We ask you to review" in mails(scene.rita)[0].body
    assert "are in" in mails(scene.op)[0].body


def test_operators_actions_need_operators(scene) -> None:
    made = scene.apply()
    with pytest.raises(Problem) as caught:
        review_actions.assign(scene.rita.person, made["id"], scene.rob.person.email)
    assert caught.value.code == "not-allowed"
