"""Appeals: once, in time, and decided by somebody else."""

from datetime import datetime, timedelta

import kit
import pytest
from django.db import IntegrityError

from fabriek.access import appeal_actions, ticks
from fabriek.access.models import Appeal, Application, Project
from fabriek.people import actions as people_actions

pytestmark = pytest.mark.django_db


def rejected(scene, **fields):
    made = scene.apply(**fields)
    body = {"decision": "reject", "reason": "Too vague."}
    return scene.op.post(f"/applications/{made['id']}/decide", body)[1]


def appeal(who, application, text: str = "It is not vague."):
    return who.post(f"/applications/{application['id']}/appeal", {"text": text})


def judge(who, application, decision: str = "uphold", reason: str = "True."):
    body = {"decision": decision, "reason": reason}
    return who.post(f"/applications/{application['id']}/appeal/decide", body)


def test_from_a_rejection_to_a_project(scene, mails, audited) -> None:
    other = scene.newcomer("other", operator=True)
    made = rejected(scene)
    assert "binnen 30 dagen" in mails(scene.ada)[-1].body
    status, asked = appeal(scene.ada, made)
    assert (status, asked["state"]) == (200, "rejected")
    found = asked["appeal"]
    assert (found["state"], found["text"]) == ("asked", "It is not vague.")
    assert found["decision_by"] == "2026-12-07T16:00:00Z" and found["working_days_left"] == 10
    assert found["rejected_reason"] == "Too vague."
    assert "7 december 2026 17:00" in mails(scene.ada)[-1].body
    assert "maakt bezwaar" in mails(other)[-1].body and not mails(scene.op)
    status, done = judge(other, made)
    assert (status, done["state"], done["decision_reason"]) == (200, "granted", "True.")
    assert (done["appeal"]["state"], done["appeal"]["decision_reason"]) == ("upheld", "True.")
    assert done["appeal"]["rejected_reason"] == "Too vague."
    assert Project.objects.get().application_id == made["id"]
    assert "is toegekend" in mails(scene.ada)[-1].body
    assert audited()[-4:] == [
        "application.appeal",
        "appeal.uphold",
        "purpose.clear",
        "application.grant",
    ]
    assert judge(other, made, "dismiss")[1]["code"] == "illegal-move"


def test_a_dismissed_appeal_leaves_the_rejection(scene, mails, audited) -> None:
    other = scene.newcomer("other", operator=True)
    made = rejected(scene)
    appeal(scene.ada, made)
    done = judge(other, made, "dismiss", "It is\nvague.")[1]
    assert (done["state"], done["decision_reason"]) == ("rejected", "Too vague.")
    assert done["appeal"]["state"] == "dismissed"
    assert "It is\nvague." in mails(scene.ada)[-1].body
    assert audited()[-1] == "appeal.dismiss" and not Project.objects.exists()
    assert appeal(scene.ada, made)[1]["code"] == "already-appealed"
    assert judge(other, made)[1]["code"] == "illegal-move"


def test_who_rejected_does_not_judge(scene) -> None:
    made = rejected(scene)
    appeal(scene.ada, made)
    status, refused = judge(scene.op, made)
    assert (status, refused["code"]) == (409, "appeal-no-other-operator")
    scene.newcomer("other", operator=True)
    status, refused = judge(scene.op, made)
    assert (status, refused["code"]) == (403, "appeal-other-operator")
    assert Application.objects.get().state == "rejected"


def test_who_may_judge(scene) -> None:
    made = rejected(scene)
    colleague = scene.newcomer("colleague", operator=True)
    scene.join(colleague, scene.organisation)
    assert judge(colleague, made)[1]["code"] == "conflict-of-interest"
    other = scene.newcomer("other", operator=True)
    assert judge(other, made)[1]["code"] == "not-appealed"
    appeal(scene.ada, made)
    assert judge(scene.ada, made)[1]["code"] == "not-allowed"
    assert judge(scene.newcomer("eve"), made)[1]["code"] == "not-found"
    assert judge(other, made, reason=" ")[1]["code"] == "invalid-input"
    people_actions.appoint(scene.ada.person.email, operator=True)
    assert judge(scene.ada, made)[1]["code"] == "conflict-of-interest"


def test_who_may_appeal_and_when(scene, moving) -> None:
    made = scene.apply()
    assert appeal(scene.ada, made)[1]["code"] == "illegal-move"
    scene.op.post(f"/applications/{made['id']}/decide", {"decision": "reject", "reason": "No."})
    assert appeal(scene.op, made)[1]["code"] == "not-allowed"
    assert appeal(scene.newcomer("eve"), made)[1]["code"] == "not-found"
    assert appeal(scene.ada, made, " ")[1]["code"] == "invalid-input"
    moving.on(days=30, seconds=1)
    ada = kit.api(scene.ada.person)
    assert appeal(ada, made)[1]["code"] == "appeal-too-late"
    moving.on(seconds=-1)
    assert appeal(ada, made)[0] == 200


def test_two_appeals_at_once_are_one(scene, monkeypatch) -> None:
    made = rejected(scene)

    def late(**_: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(Appeal.objects, "create", late)
    assert appeal(scene.ada, made)[1]["code"] == "already-appealed"


def test_an_ordinary_decision_never_grants_a_rejected_application(scene) -> None:
    made = rejected(scene)
    appeal(scene.ada, made)
    body = {"decision": "grant", "reason": "Yes."}
    refused = scene.op.post(f"/applications/{made['id']}/decide", body)[1]
    assert refused["code"] == "illegal-move" and not Project.objects.exists()


def test_a_place_taken_meanwhile_stops_the_grant(scene, moving) -> None:
    other = scene.newcomer("other", operator=True)
    made = rejected(scene)
    Application.objects.filter(pk=made["id"]).update(mode="playground", months=1)
    appeal(scene.ada, made)
    scene.project()
    refused = judge(other, made)[1]
    assert refused["code"] == "playground-taken"
    assert Appeal.objects.get().state == "asked"


def test_a_missed_deadline_escalates_once(scene, moving, mails, audited) -> None:
    made = rejected(scene)
    due = datetime.fromisoformat(appeal(scene.ada, made)[1]["appeal"]["decision_by"])
    assert not ticks.escalate()
    moving.at = due + timedelta(seconds=1)
    assert ticks.escalate() == 1 and not ticks.escalate()
    assert "Te laat" in mails(scene.op)[-1].subject
    assert audited()[-1] == "appeal.escalate"
    row = Appeal.objects.select_related("application").get()
    assert row.state == "asked" and not appeal_actions.escalate(row)
