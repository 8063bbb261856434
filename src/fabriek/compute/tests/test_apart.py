"""Jobs of two projects: each person finds their own, and each hold knows whether its job lives."""

from typing import Any

import kit
import pytest

from fabriek.compute import queries
from fabriek.compute.models import Job
from fabriek.compute.rules import OVER, JobState
from fabriek.core.problems import Problem

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def test_each_job_is_found_by_its_number_by_those_in_its_project(engine: Any, place: Any) -> None:
    jobs = [place.submit(), place.submit()]
    stranger = kit.person("stranger")
    project = kit.project(stranger)
    status, theirs = kit.api(stranger).post(f"/projects/{project.slug}/jobs", {"command": ["true"]})
    assert status == 201
    viewer = kit.member(place.project, "viewer")
    for who, seen in (
        (place.manager, {job.pk for job in jobs}),
        (viewer, {job.pk for job in jobs}),
        (stranger, {theirs["id"]}),
        (kit.person("nobody"), set()),
    ):
        assert set(queries.visible_to(who).values_list("pk", flat=True)) == seen
        for number in Job.objects.values_list("pk", flat=True):
            if number in seen:
                assert queries.job_for(who, number).pk == number
            else:
                with pytest.raises(Problem) as refused:
                    queries.job_for(who, number)
                assert refused.value.code == "not-found"
    assert set(queries.of_project(project.pk).values_list("pk", flat=True)) == {theirs["id"]}


def test_a_job_keeps_its_hold_until_it_is_over(engine: Any, place: Any) -> None:
    made = {state: place.submit().pk for state in JobState}
    for state, number in made.items():
        Job.objects.filter(pk=number).update(state=state)
    asked = {f"job:{number}" for number in made.values()} | {"job:999999", "dataset:1"}
    assert queries.live_subjects(asked) == {
        f"job:{number}" for state, number in made.items() if state not in OVER
    }
    queued = f"job:{made[JobState.QUEUED]}"
    assert queries.live_subjects({queued}) == {queued}
