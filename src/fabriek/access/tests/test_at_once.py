"""The same thing by many at the same moment, on a database of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from fabriek.access.models import Allocation, Application, Project
from fabriek.core.problems import Problem
from fabriek.people import throttle

pytestmark = pytest.mark.django_db(transaction=True)


def together(calls: list[Callable[[], Any]]) -> list[Any]:
    """What the calls give, started at once, each in a thread with its own connection."""
    start, found = Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        start.wait()
        try:
            found.append(call())
        finally:
            connection.close()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(calls)
    return found


def test_one_of_many_playground_applications_wins(scene) -> None:
    form = scene.form(mode="playground")
    answers = together([lambda: scene.ada.post("/applications", form)] * 6)
    assert sorted(status for status, _ in answers) == [201] + [422] * 5
    for status, answer in answers:
        if status == 422:
            assert [p["code"] for p in answer["facts"]["problems"]] == ["playground-taken"]
    assert Application.objects.count() == Project.objects.count() == Allocation.objects.count() == 1


def test_one_of_many_decisions_wins(scene) -> None:
    made = scene.apply()
    path = f"/applications/{made['id']}/decide"
    bodies = [{"decision": d, "reason": "x"} for d in ("grant", "reject") * 3]
    answers = together([lambda b=body: scene.op.post(path, b) for body in bodies])
    assert sorted(status for status, _ in answers) == [200] + [409] * 5
    granted = Application.objects.get().state == "granted"
    assert Project.objects.count() == Allocation.objects.count() == int(granted)


def test_grants_with_the_same_title_get_different_slugs(scene) -> None:
    slugs = [
        scene.make(scene.ada, kind) for kind in ("sme", "research", "education", "public-body")
    ]
    forms = [scene.form(mode="playground", organisation=slug) for slug in slugs]
    answers = together([lambda f=form: scene.ada.post("/applications", f) for form in forms])
    assert [status for status, _ in answers] == [201] * 4
    assert len({answer["project"] for _, answer in answers}) == 4


def test_two_admins_who_leave_at_once_leave_one(scene) -> None:
    bob = scene.newcomer("bob")
    scene.join(bob, scene.organisation)
    base = f"/organisations/{scene.organisation}/members"
    scene.ada.post(f"{base}/{bob.person.pk}", {"state": "active", "role": "admin"})
    answers = together(
        [
            lambda who=who: who.post(f"{base}/{who.person.pk}", {"state": "ended"})
            for who in (scene.ada, bob)
        ]
    )
    assert sorted(status for status, _ in answers) == [200, 409]
    admins = apps.get_model("people", "Membership").objects.filter(role="admin", state="active")
    assert admins.count() == 1


def test_of_many_guesses_at_once_ten_are_let_through(db, moving) -> None:
    throttle.SIGN_IN.take("x")

    def guess() -> str:
        try:
            throttle.SIGN_IN.take("x")
        except Problem as problem:
            return problem.code
        return "taken"

    assert sorted(together([guess] * 12)) == ["taken"] * 9 + ["too-many-requests"] * 3
