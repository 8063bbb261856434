"""Two projects side by side: what is asked of one says nothing about the other."""

from datetime import timedelta

import kit
import pytest

from fabriek.access import queries
from fabriek.access.models import Allocation, Project
from fabriek.access.states import AllocationState
from fabriek.core import clock
from fabriek.core.problems import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(db, moving) -> tuple[Project, Project]:
    """Ada's project, in which Bob only looks, and Bob's own."""
    ada, bob = kit.person("ada"), kit.person("bob")
    hers, his = kit.project(ada), kit.project(bob)
    kit.api(ada).post(f"/projects/{hers.slug}/members", {"email": bob.email, "role": "viewer"})
    return hers, his


def test_roles_are_ones_own_and_of_the_projects_asked_about(pair) -> None:
    hers, his = pair
    ada, bob = (queries.members_of(project.pk).get(role="manager").person for project in pair)
    assert queries.roles_in(bob, [hers.pk, his.pk]) == {hers.pk: "viewer", his.pk: "manager"}
    assert queries.roles_in(bob, [hers.pk]) == {hers.pk: "viewer"}
    assert queries.roles_in(ada, [hers.pk, his.pk]) == {hers.pk: "manager"}


def test_members_are_those_of_one_project(pair) -> None:
    names = [
        set(queries.members_of(project.pk).values_list("person__name", flat=True))
        for project in pair
    ]
    assert names == [{"Ada", "Bob"}, {"Bob"}]


def test_an_allocation_and_its_accounts_are_the_projects_own(pair) -> None:
    hers, _ = pair
    for project in pair:
        found = queries.allocation(project.pk)
        assert found is not None and found.project_id == project.pk
        assert queries.accounts(project.pk) == queries.Accounts(
            found.gpu_hour_id, found.cpu_hour_id, found.storage_gib_id
        )
    Allocation.objects.filter(project=hers).delete()
    assert queries.allocation(hers.pk) is None
    with pytest.raises(Problem) as refused:
        queries.accounts(hers.pk)
    assert refused.value.code == "no-allocation"


def test_the_newest_allocation_counts(pair) -> None:
    hers, _ = pair
    old = Allocation.objects.get(project=hers)
    new = Allocation.objects.get(project=hers)
    new.pk = None
    new.save()
    assert new.pk > old.pk
    assert queries.allocation(hers.pk) == new


@pytest.mark.parametrize(
    "change",
    [
        lambda now: {"state": AllocationState.ENDED},
        lambda now: {"starts_at": now + timedelta(seconds=1)},
        lambda now: {"ends_at": now},
    ],
)
def test_hours_are_drawn_while_ones_own_allocation_runs(pair, change) -> None:
    hers, his = pair
    assert queries.is_running(hers.pk) and queries.is_running(his.pk)
    Allocation.objects.filter(project=hers).update(**change(clock.now()))
    assert not queries.is_running(hers.pk)
    assert queries.is_running(his.pk)


def test_an_allocation_runs_from_its_first_moment(pair) -> None:
    hers, _ = pair
    Allocation.objects.filter(project=hers).update(starts_at=clock.now())
    assert queries.is_running(hers.pk)


def test_a_project_is_found_by_its_name(pair) -> None:
    for project in pair:
        assert queries.project_id(project.slug) == project.pk
    with pytest.raises(Problem) as refused:
        queries.project_id("no-such-project")
    assert refused.value.code == "not-found"


def test_who_applies_sees_it_without_running_the_organisation(scene) -> None:
    bob = scene.newcomer("bob")
    scene.join(bob, scene.organisation)
    number = scene.apply(bob)["id"]
    scene.apply()
    assert queries.application_for(bob.person, number).pk == number
    assert [row["id"] for row in bob.get("/applications")[1]["items"]] == [number]


def test_an_application_costs_the_same_however_many_review_it(
    scene, django_assert_num_queries
) -> None:
    path = f"/applications/{scene.apply()['id']}"
    for count, email in enumerate(["", scene.rob.person.email], start=1):
        if email:
            assert scene.op.post(f"{path}/assign", {"reviewer": email})[0] in {200, 201}
        with django_assert_num_queries(3):  # the token, the application, its reviews
            assert len(scene.op.get(path)[1]["reviews"]) == count
