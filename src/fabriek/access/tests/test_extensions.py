"""Extensions: asked by a manager, decided by an operator without a conflict."""

from datetime import datetime, timedelta

import kit
import pytest

from fabriek.access import extension_actions, extension_checking, ticks
from fabriek.access.extension_rules import Amounts
from fabriek.access.models import Allocation, Extension, Project
from fabriek.access.tests.asking import SLUG, ask, decide, granted, problems
from fabriek.core.problems import Problem
from fabriek.governance import actions as governance_actions
from fabriek.governance import queries as governance
from fabriek.ledger import queries as ledger
from fabriek.people import actions as people_actions

pytestmark = pytest.mark.django_db


def test_from_asking_to_more_time_and_hours(scene, mails, audited) -> None:
    scene.project(months=1, personal_data=True)
    before = Allocation.objects.get()
    row = ask(scene.ada)
    assert (row["state"], row["working_days_left"], row["project"]) == ("asked", 5, SLUG)
    assert row["decision_by"] == "2026-11-30T16:00:00Z"
    assert f"verzoek {row['id']}" in mails(scene.op)[-1].body
    assert "30 november 2026 17:00" in mails(scene.op)[-1].body
    status, done = decide(scene.op, row)
    assert (status, done["state"], done["decision_reason"]) == (200, "granted", "It goes well.")
    assert done["until"] == "2027-01-23T09:00:00Z"
    after = Allocation.objects.get()
    until = datetime.fromisoformat(done["until"])
    assert after.ends_at == Project.objects.get().ends_at == until
    assert (after.state, before.noticed_days, after.noticed_days) == ("running", 30, None)
    assert granted() == [110.5, 1020, 15]
    found = ledger.balances([after.gpu_hour_id])[after.gpu_hour_id]
    assert found.valid_until == until and found.valid_from == after.starts_at
    assert governance.cleared_purposes("project", after.project_id) == {
        "product-development",
        "personal-data",
    }
    clearances = governance.Clearance.objects.filter(subject_id=str(after.project_id))
    assert {row.until for row in clearances} == {until}
    assert "23 januari 2027 10:00" in mails(scene.ada)[-1].body
    assert audited()[-3:] == ["extension.ask", "purpose.prolong", "extension.grant"]
    assert scene.ada.get(f"/projects/{SLUG}/extensions")[1]["items"] == [done]
    assert scene.op.get("/extensions")[1]["items"] == [done]
    assert scene.ada.get(f"/extensions/{row['id']}")[1] == done


def test_what_was_revoked_stays_revoked(scene) -> None:
    scene.project()
    number = Project.objects.get().pk
    governance_actions.revoke("project", number, "product-development", scene.op.person)
    decide(scene.op, ask(scene.ada))
    assert not governance.cleared_purposes("project", number)


def test_more_hours_alone_leave_the_end(scene) -> None:
    scene.project()
    end = Allocation.objects.get().ends_at
    done = decide(scene.op, ask(scene.ada, months=0))[1]
    assert datetime.fromisoformat(done["until"]) == Allocation.objects.get().ends_at == end
    assert granted() == [110.5, 1020, 15]


def test_refusing_changes_nothing_and_one_may_ask_again(scene, mails, audited) -> None:
    scene.project()
    row = ask(scene.ada)
    status, done = decide(scene.op, row, "refuse", "Use\nwhat you have.")
    assert (status, done["state"], done["until"]) == (200, "refused", None)
    assert "Use\nwhat you have." in mails(scene.ada)[-1].body
    assert audited()[-1] == "extension.refuse" and granted() == [100, 1000, 10]
    assert ask(scene.ada)["state"] == "asked"


def test_withdrawing(scene, audited) -> None:
    scene.project()
    row = ask(scene.ada)
    path = f"/extensions/{row['id']}/withdraw"
    assert scene.op.post(path)[1]["code"] == "not-found"  # an operator is not in the project
    assert scene.ada.post(path)[1]["state"] == "withdrawn"
    assert scene.ada.post(path)[1]["code"] == "illegal-move"
    assert decide(scene.op, row)[1]["code"] == "illegal-move"
    assert audited()[-1] == "extension.withdraw"


def test_everything_in_the_way_at_once(scene) -> None:
    scene.project(gpu_hours=4999)
    assert problems(ask(scene.ada, 422, months=3, storage_gib=1e9)) == [
        "extension-months-too-many",
        "extension-too-much",
        "extension-too-much",
    ]
    assert problems(ask(scene.ada, 422, months=0, gpu_hours=0, cpu_hours=0, storage_gib=0)) == [
        "extension-nothing-asked"
    ]
    scene.ada.language = "nl"
    refused = ask(scene.ada, 422)["facts"]["problems"][0]
    assert refused["sentence"].startswith("10.5 GPU-uren erbij is te veel voor Playground")
    assert ask(scene.ada, 422, reason=" ")["code"] == "invalid-input"


def test_one_open_request_at_a_time(scene, monkeypatch) -> None:
    scene.project()
    ask(scene.ada)
    assert problems(ask(scene.ada, 422)) == ["extension-open"]
    # Two at the same moment: the database lets one of them win.
    monkeypatch.setattr(extension_checking.Prospect, "findings", lambda *_: [])
    assert problems(ask(scene.ada, 422)) == ["extension-open"]
    assert Extension.objects.count() == 1


def test_months_count_over_all_extensions(scene) -> None:
    scene.project()
    decide(scene.op, ask(scene.ada))
    assert problems(ask(scene.ada, 422)) == ["extension-months-too-many"]
    assert ask(scene.ada, months=0)["state"] == "asked"


def test_only_managers_ask_and_members_see(scene) -> None:
    scene.project()
    row = ask(scene.ada)
    for role in ("viewer", "member"):
        who = scene.newcomer(role)
        scene.ada.post(f"/projects/{SLUG}/members", {"email": who.person.email, "role": role})
        assert ask(who, 403)["code"] == "not-allowed"
        assert who.get(f"/projects/{SLUG}/extensions")[1]["items"] == [row]
        assert who.post(f"/extensions/{row['id']}/withdraw")[1]["code"] == "not-allowed"
        assert decide(who, row)[1]["code"] == "not-allowed"
    eve = scene.newcomer("eve", reviewer=True)
    assert ask(eve, 404) and decide(eve, row)[0] == 404
    assert eve.get("/extensions")[1]["items"] == []


def test_operators_with_a_conflict_do_not_decide(scene) -> None:
    scene.project()
    row = ask(scene.ada)
    people_actions.appoint(scene.ada.person.email, operator=True)
    colleague = scene.newcomer("colleague", operator=True)
    scene.join(colleague, scene.organisation)
    partner = scene.newcomer("partner", operator=True)
    scene.ada.post(f"/projects/{SLUG}/members", {"email": partner.person.email, "role": "viewer"})
    for who, why in [
        (scene.ada, "own application"),
        (colleague, "same organisation"),
        (partner, "in a project"),
    ]:
        refused = decide(who, row)[1]
        assert refused["code"] == "conflict-of-interest" and why in refused["facts"]["why"]
    assert decide(scene.op, row, reason="")[1]["code"] == "invalid-input"
    assert decide(scene.op, row)[1]["state"] == "granted"
    assert decide(scene.op, row, "refuse")[1]["code"] == "illegal-move"


def test_a_partner_of_the_project_may_not_decide_when_its_applicant_has_left(scene) -> None:
    scene.project()
    bob, partner = scene.newcomer("bob"), scene.newcomer("partner", operator=True)
    for who, role in ((bob, "manager"), (partner, "viewer")):
        scene.ada.post(f"/projects/{SLUG}/members", {"email": who.person.email, "role": role})
    row = ask(scene.ada)
    scene.ada.call("DELETE", f"/projects/{SLUG}/members/{scene.ada.person.pk}")
    assert decide(partner, row)[1]["code"] == "conflict-of-interest"


def test_a_missed_deadline_escalates_once_and_refuses_nothing(
    scene, moving, mails, audited
) -> None:
    scene.project(months=3)
    row = ask(scene.ada)
    told = len(mails(scene.op))
    assert not ticks.escalate()
    moving.at = datetime.fromisoformat(row["decision_by"]) + timedelta(seconds=1)
    assert ticks.escalate() == 1 and not ticks.escalate()
    assert len(mails(scene.op)) == told + 1 and "Te laat" in mails(scene.op)[-1].subject
    assert audited()[-1] == "extension.escalate"
    found = Extension.objects.get()
    assert found.state == "asked" and not extension_actions.escalate(found)
    op = kit.api(scene.op.person)
    assert op.get("/extensions")[1]["items"][0]["escalated"]
    assert decide(op, row)[1]["state"] == "granted"


def test_the_ledger_is_right_after_it(scene) -> None:
    scene.project()
    decide(scene.op, ask(scene.ada))
    assert not ledger.check(lambda subjects: subjects)


def test_an_allocation_that_changed_meanwhile_is_not_extended(scene, monkeypatch) -> None:
    scene.project()
    row = ask(scene.ada)
    real = extension_checking.prospect

    def stale(project):
        found = real(project)
        Allocation.objects.update(ends_at=found.allocation.ends_at + timedelta(days=1))
        return found

    monkeypatch.setattr(extension_actions.extension_checking, "prospect", stale)
    assert decide(scene.op, row)[1]["code"] == "busy"
    assert Extension.objects.get().state == "asked"


def test_a_project_without_an_allocation(scene) -> None:
    scene.project()
    Allocation.objects.all().delete()
    with pytest.raises(Problem) as caught:
        extension_actions.ask(scene.ada.person, SLUG, Amounts(months=1), "More.")
    assert caught.value.code == "no-allocation"
