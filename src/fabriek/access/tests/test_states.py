"""Every move of every state: the allowed ones happen, the others raise."""

import itertools

import pytest

from fabriek.access import granting, review_actions, states
from fabriek.access.models import Allocation, Application, Review
from fabriek.core.problems import Problem

KINDS = {
    "application": states.ApplicationState,
    "appealed-application": states.ApplicationState,
    "appeal": states.AppealState,
    "extension": states.ExtensionState,
    "review": states.ReviewState,
    "allocation": states.AllocationState,
}
PAIRS = [
    (kind, now, after)
    for kind, enum in KINDS.items()
    for now, after in itertools.product(enum, repeat=2)
]


@pytest.mark.parametrize(("kind", "now", "after"), PAIRS)
def test_the_table(kind: str, now: str, after: str) -> None:
    if after in states.MOVES[kind][now]:
        states.check(kind, now, after)
        assert now in states.before(kind, after)
    else:
        with pytest.raises(Problem) as caught:
            states.check(kind, now, after)
        assert (caught.value.code, caught.value.facts) == ("illegal-move", {"state": now})
        assert now not in states.before(kind, after)


def test_the_table_is_whole() -> None:
    for kind, enum in KINDS.items():
        assert set(states.MOVES[kind]) == set(enum)
    assert set(states.OPEN) == {s for s in KINDS["application"] if states.MOVES["application"][s]}


@pytest.mark.django_db
@pytest.mark.parametrize("now", states.ApplicationState)
@pytest.mark.parametrize("after", ["granted", "rejected", "withdrawn"])
def test_applications_move_by_the_table(scene, now: str, after: str) -> None:
    made = scene.apply()
    Application.objects.update(state=now)
    path = f"/applications/{made['id']}"
    if after == "withdrawn":
        status, answer = scene.ada.post(f"{path}/withdraw")
    else:
        decision = {"granted": "grant", "rejected": "reject"}[after]
        status, answer = scene.op.post(f"{path}/decide", {"decision": decision, "reason": "x"})
    if after in states.MOVES["application"][now]:
        assert (status, answer["state"]) == (200, after)
    else:
        assert (status, answer["code"]) == (409, "illegal-move")
        assert Application.objects.get().state == now


@pytest.mark.django_db
@pytest.mark.parametrize("now", states.ReviewState)
@pytest.mark.parametrize("after", [s for s in states.ReviewState if s != "asked"])
def test_reviews_move_by_the_table(scene, now: str, after: str) -> None:
    scene.apply()
    Review.objects.update(state=now)
    row = Review.objects.get()
    if after in states.MOVES["review"][now]:
        assert review_actions._end(row, after).state == after
    else:
        with pytest.raises(Problem):
            review_actions._end(row, after)
        assert Review.objects.get().state == now


@pytest.mark.django_db
def test_allocations_end_once(scene) -> None:
    scene.project()
    row = Allocation.objects.get()
    assert granting.end(row) and not granting.end(row)
    assert Allocation.objects.get().state == "ended"
