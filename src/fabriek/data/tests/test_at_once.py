"""Several clients at the same moment, on real connections to the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import kit
import pytest
from django.db import connections

from fabriek.data import maintenance, ticks
from fabriek.data.models import Chunk, Dataset
from fabriek_vault import Version
from fabriek_vault.hub import pull_version, push_path

pytestmark = pytest.mark.django_db(databases=["default", "wraps"], transaction=True)


def at_once(*todo: Any) -> list[Any]:
    def run(act: Any) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(todo)) as pool:
        return list(pool.map(run, todo))


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Four folders that share most of their content."""
    shared = bytes(range(256)) * 20_000
    return [
        kit.folder(tmp_path / f"in{n}", {"shared": shared, "own": b"%d" % n, "e/mpty": b""})
        for n in range(4)
    ]


def test_four_people_push_to_one_dataset(
    state_dir: Path, tmp_path: Path, folders: list[Path]
) -> None:
    manager = kit.person("manager")
    project = kit.project(manager)
    apis = [kit.api(manager)] + [kit.api(kit.member(project, "member")) for _ in range(3)]
    _, made = apis[0].post(f"/projects/{project.slug}/datasets", {"slug": "shared"})

    def pushing(n: int) -> Any:
        return lambda: push_path(apis[n], made["id"], folders[n], threads=1)

    versions: list[Version] = at_once(*map(pushing, range(4)), ticks.tick)[:4]
    assert sorted(version.number for version in versions) == [1, 2, 3, 4]
    assert Chunk.objects.count() == 5
    ticks.tick()
    assert maintenance.verify() == []
    for n, version in enumerate(versions):
        out = tmp_path / f"out{n}"
        pull_version(apis[n], made["id"], version.number, out, threads=1)
        assert (out / "own").read_bytes() == b"%d" % n


def test_one_person_pushes_the_same_files_from_two_places(
    state_dir: Path, folders: list[Path]
) -> None:
    manager = kit.person("manager")
    project = kit.project(manager)
    api = kit.api(manager)
    _, made = api.post(f"/projects/{project.slug}/datasets", {"slug": "shared"})

    def push() -> Version:
        return push_path(api, made["id"], folders[0], threads=1)

    versions = at_once(push, push, push)
    assert len(set(versions)) == 1
    assert Dataset.objects.get().last_number == 1
    assert maintenance.verify() == []
