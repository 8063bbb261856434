"""Submitting: what is admitted holds its hours, what is refused leaves no trace."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import kit
import pytest

from fabriek.compute.models import Job
from fabriek.core.models import AuditEntry
from fabriek.ledger.models import Hold

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def test_a_job_holds_what_it_may_use_at_most(engine: Any, place: Any) -> None:
    job = place.submit(cpus=2, time_limit_s=5400, gpus=1, gpu_kind="h100")
    holds = dict(
        Hold.objects.filter(subject=f"job:{job.pk}").values_list("account__unit", "amount")
    )
    assert holds == {"cpu-hour": Decimal(3), "gpu-hour": Decimal("1.5")}
    entry = AuditEntry.objects.get(action="job.submit")
    assert (entry.actor, entry.subject_id) == (place.manager.email, str(job.pk))
    assert entry.via.startswith("api token")


def test_too_little_left_is_refused_and_leaves_nothing(engine: Any, place: Any) -> None:
    code = place.refused(gpus=2, gpu_kind="h100", time_limit_s=172800)
    assert code == "allocation-exhausted"
    assert not Job.objects.exists()
    assert not Hold.objects.filter(subject__startswith="job:").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cpus": 5}, "job-too-large"),
        ({"gpus": 1, "gpu_kind": "b200"}, "gpu-not-here"),
        ({"network": True}, "network-not-offered"),
        ({"purpose": "care-research"}, "purpose-not-cleared"),
        ({"inputs": [{"dataset": "nothing@1"}]}, "no-such-version"),
        ({"code": "nothing@1"}, "no-such-version"),
        ({"command": []}, "invalid-input"),
        ({"command": ["a\x00b"]}, "invalid-input"),
        ({"cpus": -1}, "invalid-input"),
        ({"cpus": 0}, "invalid-input"),
        ({"cpus": 1.5}, "invalid-input"),
        ({"cpus": "many"}, "invalid-input"),
        ({"cpus": 10**400}, "invalid-input"),
        ({"memory_mib": 1e308}, "invalid-input"),
        ({"time_limit_s": None}, "invalid-input"),
        ({"environment": {"A=B": "x"}}, "invalid-input"),
        ({"parameters": {"rate": {"nested": 1}}}, "invalid-input"),
        ({"name": "a/b"}, "invalid-name"),
        ({"name": "a\u202eb"}, "invalid-name"),
        ({"name": "x" * 300}, "invalid-input"),
        ({"output": {"kind": "model", "name": "../up"}}, "invalid-name"),
    ],
)
def test_refused(engine: Any, place: Any, change: dict[str, Any], code: str) -> None:
    assert place.refused(**change) == code
    assert not Job.objects.exists()


def test_a_number_that_json_has_no_word_for_is_refused(engine: Any, place: Any) -> None:
    from django.test import Client

    response = Client().post(
        f"/api/v1/projects/{place.project.slug}/jobs",
        '{"command": ["true"], "cpus": NaN, "parameters": {"x": NaN}}',
        content_type="application/json",
        headers={"Authorization": f"Bearer {place.api.token}"},
    )
    assert response.status_code == 422


def test_inputs_are_named_and_frozen(engine: Any, place: Any, tmp_path: Path) -> None:
    data = kit.folder(tmp_path / "d", {"a.csv": b"1,2\n"})
    reference = kit.push(place.api, place.project.slug, "numbers", data)
    job = place.submit(inputs=[{"dataset": reference}])
    assert list(job.inputs.values_list("name", "version__number")) == [("numbers", 1)]
    twice = [{"dataset": reference}, {"dataset": reference}]
    assert place.refused(inputs=twice) == "invalid-input"


def test_confidential_data_need_a_sandbox(engine: Any, place: Any, tmp_path: Path) -> None:
    data = kit.folder(tmp_path / "d", {"a.csv": b"1,2\n"})
    reference = kit.push(
        place.api, place.project.slug, "secrets", data, classification="confidential"
    )
    assert place.submit(inputs=[{"dataset": reference}]).sandbox_required
    from fabriek.compute import catalogue

    engine.sandbox = "none"
    catalogue.site.cache_clear()
    assert place.refused(inputs=[{"dataset": reference}]) == "confidential-needs-sandbox"


def test_what_comes_of_confidential_data_is_confidential(
    engine: Any, place: Any, tmp_path: Path
) -> None:
    data = kit.folder(tmp_path / "d", {"a.csv": b"1,2\n"})
    reference = kit.push(
        place.api, place.project.slug, "secrets", data, classification="confidential"
    )
    job = place.submit(inputs=[{"dataset": reference}], output={"kind": "output", "name": "out"})
    assert job.output_dataset.classification == "confidential"


def test_another_projects_data_do_not_exist(engine: Any, place: Any, tmp_path: Path) -> None:
    stranger = kit.person("stranger")
    theirs = kit.project(stranger)
    data = kit.folder(tmp_path / "d", {"a.csv": b"1,2\n"})
    reference = kit.push(kit.api(stranger), theirs.slug, "theirs", data)
    assert place.refused(inputs=[{"dataset": reference}]) == "no-such-version"


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 201), ("manager", 201)])
def test_who_may_submit(engine: Any, place: Any, role: str, status: int) -> None:
    someone = kit.api(kit.member(place.project, role))
    path = f"/projects/{place.project.slug}/jobs"
    assert someone.post(path, {"command": ["true"]})[0] == status


def test_an_ended_allocation_admits_nothing(engine: Any, place: Any) -> None:
    from datetime import timedelta

    from fabriek.access.models import Allocation
    from fabriek.core import clock

    Allocation.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert place.refused() == "allocation-not-running"


def test_submission_costs_a_bounded_number_of_queries(
    engine: Any, place: Any, django_assert_max_num_queries: Any
) -> None:
    place.submit()
    with django_assert_max_num_queries(40):
        place.submit()


def test_data_about_people_need_to_have_been_declared(
    engine: Any, place: Any, tmp_path: Path
) -> None:
    data = kit.folder(tmp_path / "d", {"a.csv": b"name\n"})
    reference = kit.push(place.api, place.project.slug, "people", data, personal_data=True)
    assert place.refused(inputs=[{"dataset": reference}]) == "personal-data-not-cleared"


def test_data_about_people_pass_where_they_were_declared(engine: Any, tmp_path: Path) -> None:
    manager = kit.person("declaring")
    project = kit.project(manager, personal_data=True)
    api = kit.api(manager)
    data = kit.folder(tmp_path / "d", {"a.csv": b"name\n"})
    reference = kit.push(api, project.slug, "people", data, personal_data=True)
    body = {"command": ["true"], "inputs": [{"dataset": reference}]}
    status, job = api.post(f"/projects/{project.slug}/jobs", body)
    assert status == 201, job
    assert Job.objects.get().output_dataset.personal_data
