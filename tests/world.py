"""A project with one of everything, and the people around it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kit


@dataclass
class World:
    """One project with all that can be in it. `ids` maps names of path parameters to real ones."""

    manager: kit.Api
    member: kit.Api
    viewer: kit.Api
    stranger: kit.Api
    slug: str
    ids: dict[str, Any] = field(default_factory=dict)


def build(folder: Path) -> World:
    """By the real actions, with a job that really stands in the queue."""
    manager = kit.person("manager")
    project = kit.project(manager)
    who = kit.api(manager)
    kit.folder(folder / "d", {"a.csv": b"1,2\n"})
    data = kit.push(who, project.slug, "numbers", folder / "d")
    dataset = who.get(f"/projects/{project.slug}/datasets/numbers")[1]["id"]
    kit.push(who, project.slug, "made", folder / "d")
    upload = who.post(f"/datasets/{dataset}/uploads", {"size_bytes": 10})[1]["id"]
    body = {"command": ["true"], "inputs": [{"dataset": data}]}
    job = who.post(f"/projects/{project.slug}/jobs", body)[1]["id"]
    register(who, project.slug, job)
    application = who.get("/applications")[1]["items"][0]["id"]
    draft = who.post("/drafts", {"fields": {}})[1]["id"]
    wish = {"months": 1, "reason": "To finish."}
    extension = who.post(f"/projects/{project.slug}/extensions", wish)[1]["id"]
    organisation = who.get("/me")[1]["organisations"][0]["slug"]
    chunk = chunk_of(dataset)
    stranger = kit.person("stranger")
    kit.project(stranger)
    member = kit.member(project, "member")
    world = World(
        who,
        kit.api(member),
        kit.api(kit.member(project, "viewer")),
        kit.api(stranger),
        project.slug,
    )
    world.ids = {
        "dataset_id": dataset,
        "dataset_slug": "numbers",
        "upload_id": upload,
        "number": 1,
        "name": "model",
        "chunk": chunk,
        "path": "a.csv",
        "index": 0,
        "job_id": job,
        "blueprint_id": "describe-table",
        "application_id": application,
        "review_id": 1,
        "draft_id": draft,
        "extension_id": extension,
        "person_id": member.pk,
        "token_id": own_token(who),
        "organisation": organisation,
    }
    return world


def register(who: kit.Api, slug: str, job: int) -> None:
    """A model version, as a finished job would have left it."""
    from fabriek.compute.models import Job
    from fabriek.data.models import DatasetVersion

    made = DatasetVersion.objects.get(dataset__slug="made", dataset__project__slug=slug)
    energy = {"kwh": "0.1", "quality": "estimated", "source": "test", "pue": 1.3}
    Job.objects.filter(pk=job).update(state="succeeded", output=made, energy=energy)
    status, answer = who.post(f"/projects/{slug}/models/model/versions", {"job_id": job})
    assert status == 201, answer
    Job.objects.filter(pk=job).update(state="queued", output=None)


def chunk_of(dataset: int) -> str:
    from fabriek.data.models import Chunk

    return str(Chunk.objects.filter(dataset_id=dataset).first().name)


def own_token(who: kit.Api) -> int:
    return int(who.get("/tokens")[1]["items"][0]["id"])
