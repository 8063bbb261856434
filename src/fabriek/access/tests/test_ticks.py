"""The end of an allocation, and the notices before it."""

from datetime import timedelta

import pytest

from fabriek.access import queries, ticks
from fabriek.access.models import Allocation, Project
from fabriek.core.problems import Problem

pytestmark = pytest.mark.django_db


def test_notices_30_7_and_1_days_before_and_at_the_end(scene, moving, mails, audited) -> None:
    scene.project(months=2)
    project = Project.objects.get()
    ends = Allocation.objects.get().ends_at
    assert not ticks.tick()
    already = len(mails(scene.ada))
    for days in (31, 30, 29, 7, 6, 1, 0.5):
        moving.at = ends - timedelta(days=days)
        first = ticks.tick()
        assert first == (days in {30, 7, 1}) and not ticks.tick()
    assert queries.is_running(project.pk)
    moving.at = ends
    assert not queries.is_running(project.pk)  # also before a worker comes by
    assert ticks.tick() and not ticks.tick()
    subjects = [mail.subject for mail in mails(scene.ada)[already:]]
    assert [s.split(":")[0] for s in subjects] == [
        "Uw tegoed loopt af",
        "Uw tegoed loopt af",
        "Uw tegoed loopt af",
        "Uw tegoed is afgelopen",
    ]
    assert Allocation.objects.get().state == "ended"
    assert audited()[-1] == "allocation.end"
    assert queries.accounts(project.pk)  # what is stored is still given back to them
    found = queries.allocation(project.pk)
    assert found is not None and found.state == "ended"


def test_after_a_pause_only_the_nearest_notice_is_sent(scene, moving, mails) -> None:
    scene.project(months=2)
    moving.at = Allocation.objects.get().ends_at - timedelta(hours=3)
    before = len(mails(scene.ada))
    assert ticks.tick() and not ticks.tick()
    assert len(mails(scene.ada)) == before + 1


def test_two_workers_send_one_notice(scene, moving, mails, monkeypatch) -> None:
    scene.project(months=2)
    row = Allocation.objects.select_related("project").get()
    moving.at = row.ends_at - timedelta(days=7)
    before = len(mails(scene.ada))
    assert ticks._notice(row) and not ticks._notice(row)
    assert len(mails(scene.ada)) == before + 1


def test_a_month_of_thirty_days_starts_without_a_notice(scene, moving, mails) -> None:
    scene.project(months=1)  # 23 November to 23 December
    assert Allocation.objects.get().noticed_days == 30
    assert not ticks.tick()


def test_every_manager_with_an_open_account_is_told(scene, moving, mails) -> None:
    slug = scene.project(months=1)
    bob, vera = scene.newcomer("bob"), scene.newcomer("vera")
    for who, role in ((bob, "manager"), (vera, "viewer")):
        scene.ada.post(f"/projects/{slug}/members", {"email": who.person.email, "role": role})
    moving.at = Allocation.objects.get().ends_at
    ticks.tick()
    assert "afgelopen" in mails(bob)[-1].subject and "afgelopen" in mails(scene.ada)[-1].subject
    assert "afgelopen" not in mails(vera)[-1].subject


def test_a_project_without_an_allocation(scene) -> None:
    scene.project()
    Allocation.objects.all().delete()
    number = Project.objects.get().pk
    assert queries.allocation(number) is None and not queries.is_running(number)
    with pytest.raises(Problem) as caught:
        queries.accounts(number)
    assert caught.value.code == "no-allocation"
    shown = scene.ada.get("/projects/reading-old-maps")[1]
    assert shown["allocation"] is None


def test_a_tick_on_an_idle_factory_is_cheap(scene, django_assert_num_queries) -> None:
    scene.project()
    with django_assert_num_queries(5):
        ticks.tick()
