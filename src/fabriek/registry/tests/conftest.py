"""A project with a model of two versions, and the people around it."""

from pathlib import Path
from typing import Any

import kit
import pytest
from django.apps import apps

from fabriek.core import clock
from fabriek.registry import actions


def stored(slug: str, number: int = 1) -> dict[str, Any]:
    return {
        "dataset_id": 1,
        "dataset_slug": slug,
        "number": number,
        "reference": f"{slug}@{number}",
        "size_bytes": 64,
        "file_count": 1,
        "digest": "ab" * 32,
        "classification": "internal",
        "personal_data": False,
    }


def facts(job: int = 7, **fields: Any) -> dict[str, Any]:
    return {
        "job": job,
        "job_name": "train",
        "command": ["python", "train.py"],
        "code": stored("code"),
        "inputs": [{"name": "readings", **stored("readings")}],
        "origins": [],
        "parameters": {"rate": 0.5},
        "metrics": {"r2": 0.5 + job / 100, "rows": 6},
        "person": {"id": 1, "name": "Anna"},
        "purpose": "product-development",
        "engine": "embedded",
        "resources": {"cpus": 1, "memory_mib": 100, "gpus": 0},
        "started_at": "2026-11-21T10:00:00+00:00",
        "ended_at": "2026-11-21T10:30:00+00:00",
        "energy": {
            "kwh": "0.00000556",
            "quality": "estimated",
            "source": "node-kind-model",
            "pue": 1.3,
        },
        **fields,
    }


class Shelf:
    """Models of one project."""

    def __init__(self, folder: Path) -> None:
        self.manager = kit.person("manager")
        self.project = kit.project(self.manager)
        self.viewer = kit.member(self.project, "viewer")
        self.stranger = kit.person("stranger")
        self.folder = folder

    def add(self, name: str, number: int, **fields: Any) -> str:
        """One more version of a model, of a stored folder of its own."""
        data = apps.get_model("data", "Dataset")
        dataset, _ = data.objects.get_or_create(
            project_id=self.project.pk,
            slug=name,
            defaults={
                "kind": "model",
                "created_by": self.manager,
                "created_at": clock.now(),
            },
        )
        version = dataset.versions.create(
            number=number,
            digest="ab" * 32,
            signature="",
            size_bytes=64,
            stored_bytes=64,
            file_count=1,
            created_by=self.manager,
            created_at=clock.now(),
        )
        return actions.register(
            project_id=self.project.pk,
            name=name,
            version_id=version.pk,
            by=self.manager,
            facts=facts(**fields),
        )

    def path(self, rest: str = "", language: str = "en") -> str:
        prefix = "/en" if language == "en" else ""
        return f"{prefix}/projects/{self.project.slug}/models/{rest}"

    def page(self, who: Any, rest: str = "", language: str = "en") -> Any:
        return kit.browser(who).get(self.path(rest, language))

    def send(self, who: Any, rest: str, **fields: str) -> Any:
        return kit.browser(who).post(self.path(rest), fields)


@pytest.fixture
def shelf(db: None, tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)
