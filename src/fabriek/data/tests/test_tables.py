"""Previews of files in the vault: who may, how much is read, and what is refused."""

from pathlib import Path
from typing import Any

import kit
import pytest

from fabriek.core.problems import Problem
from fabriek.data import queries, tables
from fabriek.data.models import Dataset, DatasetVersion
from fabriek.data.store import LocalStore
from fabriek_vault.hub import push_path

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


@pytest.fixture
def version(place: Any) -> DatasetVersion:
    row = b"0.5,north\n"
    files = {
        "small.csv": b"length,side\n1.5,north\n2.5,south\n",
        "large.csv": b"length,side\n" + row * 500_000,
        "many.csv": b"length,side\n" + row * 2001,
        "photo.jpg": b"\xff\xd8\xff",
        "broken.csv": b"\0\1\2",
        "empty.csv": b"",
        "sub/x.jsonl": b'{"a": 1}\n',
    }
    push_path(place.api, place.dataset.pk, kit.folder(place.folder / "in", files), threads=1)
    return queries.version_of(place.manager, place.dataset.pk, 1)


def code_of(who: Any, version: DatasetVersion, path: str) -> str:
    with pytest.raises(Problem) as caught:
        tables.preview(who, version, path)
    return caught.value.code


def test_a_small_table(place: Any, version: DatasetVersion) -> None:
    found = tables.preview(place.manager, version, "small.csv")
    assert (found.read_bytes, found.size_bytes, found.table.is_whole) == (32, 32, True)
    assert [column.name for column in found.table.columns] == ["length", "side"]
    assert tables.columns(place.manager, version, "sub/x.jsonl")[0].name == "a"


def test_of_a_large_table_only_the_first_part_is_read(place: Any, version: DatasetVersion) -> None:
    found = tables.preview(place.manager, version, "large.csv")
    assert found.read_bytes == tables.READ_BYTES < found.size_bytes
    assert (found.table.row_count, found.table.is_whole) == (tables.READ_ROWS, False)
    found = tables.preview(place.manager, version, "many.csv")
    assert (found.table.row_count, found.table.is_whole) == (tables.READ_ROWS, False)


@pytest.mark.parametrize("path", ["photo.jpg", "broken.csv", "empty.csv"])
def test_what_is_no_table_is_told(place: Any, version: DatasetVersion, path: str) -> None:
    assert code_of(place.manager, version, path) == "not-a-table"


@pytest.mark.parametrize("path", ["nothing.csv", "", "../x.csv", "sub", "\ud800.csv"])
def test_no_such_file(place: Any, version: DatasetVersion, path: str) -> None:
    assert code_of(place.manager, version, path) == "no-such-file"


def test_a_viewer_may_and_a_stranger_may_not(place: Any, version: DatasetVersion) -> None:
    viewer = kit.member(place.project, "viewer")
    assert tables.preview(viewer, version, "small.csv").table.row_count == 2
    assert code_of(kit.person(), version, "small.csv") == "not-found"
    with pytest.raises(Problem):
        tables.table_paths(kit.person(), version)


def test_erased_data_have_no_preview(place: Any, version: DatasetVersion) -> None:
    from fabriek.core import clock

    Dataset.objects.update(erased_at=clock.now())
    version = queries.version_of(place.manager, place.dataset.pk, 1)
    assert code_of(place.manager, version, "small.csv") == "dataset-erased"


def test_damaged_data_are_not_shown(
    place: Any, version: DatasetVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.preview(place.manager, version, "small.csv")
    monkeypatch.setattr(LocalStore, "get", lambda *_: b"x" * 100)
    assert code_of(place.manager, version, "small.csv") == "data-damaged"


def test_the_tables_of_a_version(place: Any, version: DatasetVersion) -> None:
    found = tables.table_paths(place.manager, version)
    assert found == ["broken.csv", "empty.csv", "large.csv", "many.csv", "small.csv", "sub/x.jsonl"]
    assert tables.table_paths(place.manager, version, most=2) == found[:2]


def test_a_plain_text_comes_after_the_tables(place: Any, tmp_path: Path) -> None:
    kit.folder(tmp_path / "mixed", {"about.txt": b"Words.\n", "table.csv": b"a,b\n1,2\n"})
    kit.push(place.api, place.project.slug, "mixed", tmp_path / "mixed")
    version = DatasetVersion.objects.get(dataset__slug="mixed")
    assert tables.table_paths(place.manager, version) == ["table.csv", "about.txt"]
