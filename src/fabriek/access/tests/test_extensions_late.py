"""Extensions of projects that have ended."""

from datetime import timedelta

import kit
import pytest

from fabriek.access import queries, ticks
from fabriek.access.models import Allocation, Application, Extension
from fabriek.access.tests.asking import ask, decide, granted, problems
from fabriek.ledger import actions as ledger_actions

pytestmark = pytest.mark.django_db


def test_an_ended_project_runs_again_and_takes_its_place(scene, moving, mails) -> None:
    scene.project(months=1)
    end = Allocation.objects.get().ends_at
    moving.at = end + timedelta(days=10)
    ticks.tick()
    assert Allocation.objects.get().state == "ended"
    ada, op = kit.api(scene.ada.person), kit.api(scene.op.person)
    assert problems(ask(ada, 422, months=0)) == ["extension-needs-months"]
    done = decide(op, ask(ada))[1]
    row = Allocation.objects.get()
    assert row.state == "running" and queries.is_running(row.project_id)
    assert done["until"] == "2027-02-02T09:00:00Z"  # a month from now, not from the end
    assert row.noticed_days is None or row.noticed_days == 30
    assert Application.objects.get().takes_place
    ledger_actions.hold(row.gpu_hour_id, "job:1", kit.Decimal(1))
    before = len(mails(ada))
    moving.at = row.ends_at - timedelta(days=7)
    assert ticks.tick() and len(mails(ada)) == before + 1  # notices start anew
    moving.at = row.ends_at
    ticks.tick()
    assert Allocation.objects.get().state == "ended"
    assert not Application.objects.get().takes_place


def test_too_late_after_the_end(scene, moving) -> None:
    scene.project(months=1)
    moving.at = Allocation.objects.get().ends_at + timedelta(days=30)
    assert ask(kit.api(scene.ada.person))["state"] == "asked"
    Extension.objects.all().delete()
    moving.on(seconds=1)
    assert problems(ask(kit.api(scene.ada.person), 422)) == ["extension-too-late"]


def test_the_place_was_taken_in_the_meantime(scene, moving) -> None:
    scene.project(months=1)
    row = ask(scene.ada)
    moving.at = Allocation.objects.get().ends_at
    ticks.tick()
    ada, op = kit.api(scene.ada.person), kit.api(scene.op.person)
    assert ada.post("/applications", scene.form(mode="playground"))[0] == 201
    assert problems(decide(op, row)[1]) == ["playground-taken"]
    assert Extension.objects.get().state == "asked" and granted() == [100, 1000, 10]
    assert decide(op, row, "refuse")[1]["state"] == "refused"
    assert problems(ask(ada, 422)) == ["playground-taken"]


def test_hours_asked_before_the_end_and_granted_after_it_need_months(scene, moving) -> None:
    scene.project(months=1)
    row = ask(scene.ada, months=0)
    moving.at = Allocation.objects.get().ends_at
    assert problems(decide(kit.api(scene.op.person), row)[1]) == ["extension-needs-months"]
