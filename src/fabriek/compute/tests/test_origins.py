"""The facts that a model version keeps go back to what made its inputs."""

from pathlib import Path
from typing import Any

import kit
import pytest

from fabriek.compute import closing
from fabriek.compute.models import Job, JobInput
from fabriek.data.models import DatasetVersion

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def chain(place: Any, tmp_path: Path, steps: int) -> Job:
    """Jobs of which each works on what the one before it left."""
    reference = kit.push(place.api, place.project.slug, "d0", kit.folder(tmp_path, {"a": b"1"}))
    job = None
    for step in range(1, steps + 1):
        job = place.submit(inputs=[{"dataset": reference}])
        reference = kit.push(
            place.api, place.project.slug, f"d{step}", kit.folder(tmp_path, {"a": b"%d" % step})
        )
        Job.objects.filter(pk=job.pk).update(
            output=DatasetVersion.objects.get(dataset__slug=f"d{step}")
        )
    assert job is not None
    return Job.objects.get(pk=job.pk)


def test_the_jobs_behind_the_inputs_are_kept_nearest_first(
    place: Any, engine: Any, tmp_path: Path
) -> None:
    found = closing.lineage(chain(place, tmp_path, 3))["origins"]
    assert [one["output"]["reference"] for one in found] == ["d2@1", "d1@1"]
    assert [one["inputs"][0]["reference"] for one in found] == ["d1@1", "d0@1"]
    assert found[0]["code"] is None


def test_a_long_chain_is_followed_only_so_far(place: Any, engine: Any, tmp_path: Path) -> None:
    found = closing.lineage(chain(place, tmp_path, 9))["origins"]
    assert len(found) == closing.ORIGIN_STEPS


def test_a_circle_ends(place: Any, engine: Any, tmp_path: Path) -> None:
    job = chain(place, tmp_path, 2)
    first = Job.objects.order_by("pk").first()
    JobInput.objects.create(job=first, name="back", version=job.output)
    assert len(closing.lineage(job)["origins"]) == 2
