"""The room that the walk over the pages goes through."""

from pathlib import Path
from typing import Any

import kit
import pytest
from showroom import Showroom, build


@pytest.fixture
def showroom(db: None, tmp_path: Path) -> Showroom:
    return build(tmp_path, as_over(tmp_path))


def as_over(folder: Path) -> Any:
    """Instead of running a job: leaves it as a finished one, with a model if it makes one."""

    def run(job_id: int) -> None:
        from fabriek.compute import actions
        from fabriek.compute.models import Job
        from fabriek.core import clock
        from fabriek.data.models import DatasetVersion

        job = Job.objects.get(pk=job_id)
        now = clock.now()
        Job.objects.filter(pk=job_id).update(
            state="failed" if job.output_kind == "output" else "succeeded",
            reason="command-failed" if job.output_kind == "output" else "",
            reason_facts={"exit_code": 3} if job.output_kind == "output" else {},
            started_at=now,
            ended_at=now,
            metrics={"auc": 0.94},
            energy={"kwh": "0.1", "quality": "estimated", "source": "test", "pue": 1.3},
        )
        if job.output_kind != "model":
            return
        who = kit.api(job.submitted_by)
        kit.folder(folder / "model", {"model.joblib": b"model"})
        kit.push(who, job.project.slug, job.output_name, folder / "model", kind="model")
        made = DatasetVersion.objects.filter(dataset__slug=job.output_name).last()
        Job.objects.filter(pk=job_id).update(output=made)
        actions.register_model(job.submitted_by, job.project.slug, job.output_name, job_id)

    return run
