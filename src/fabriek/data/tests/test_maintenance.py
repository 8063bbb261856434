"""Verify finds every fault that can be made by hand; erase leaves nothing that can be read."""

import socket
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import kit
import pytest
from django.apps import apps

from fabriek.core import clock, leases
from fabriek.core.problems import Problem
from fabriek.data import blobs, keys, maintenance, queries, sweeping, ticks
from fabriek.data.models import Chunk, Dataset, DatasetVersion, KeyWrap, Upload
from fabriek.data.store import LocalStore

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def objects(state_dir: Path, kind: str) -> list[Path]:
    found = (state_dir / "store" / "datasets").rglob(f"{kind}/*")
    return sorted(path for path in found if path.is_file())


def found(code: str) -> bool:
    return [finding.code for finding in maintenance.verify()] == [code]


@pytest.fixture
def filled(place: Any) -> Any:
    place.version(b"one" * 1000, b"two")
    place.version(b"one" * 1000, b"three")
    assert maintenance.verify() == []
    return place


def test_verify_tells_how_far_it_is(filled: Any) -> None:
    told: list[tuple[int, int]] = []
    maintenance.verify(lambda done, total: told.append((done, total)))
    assert len(told) == 3
    assert told == sorted(told)
    assert told[-1][0] <= told[-1][1]


def test_every_flipped_bit_of_a_chunk_or_manifest_is_found(filled: Any, state_dir: Path) -> None:
    for kind in ("chunks", "manifests"):
        for path in objects(state_dir, kind):
            whole = path.read_bytes()
            places = range(0, len(whole), max(1, len(whole) // 40))
            for place in [*places, len(whole) - 1]:
                flipped = bytearray(whole)
                flipped[place] ^= 1 << place % 8
                path.write_bytes(flipped)
                assert found("chunk-damaged" if kind == "chunks" else "manifest-swapped")
            path.write_bytes(whole)
    assert maintenance.verify() == []


def test_deleted_and_swapped_objects_are_found(filled: Any, state_dir: Path) -> None:
    chunk, other = objects(state_dir, "chunks")[:2]
    first, second = objects(state_dir, "manifests")
    for victim, code in ((chunk, "chunk-missing"), (first, "manifest-missing")):
        whole = victim.read_bytes()
        victim.unlink()
        assert found(code)
        victim.write_bytes(whole)
    for victim, by, code in (
        (first, second, "manifest-swapped"),
        (chunk, other, "chunk-damaged"),
    ):
        whole = victim.read_bytes()
        victim.write_bytes(by.read_bytes())
        assert found(code)
        victim.write_bytes(whole)


def test_changes_in_the_database_are_found(filled: Any) -> None:
    versions = DatasetVersion.objects.order_by("number")
    first, second = versions
    # The owner of the database puts the first manifest in the place of the second.
    versions.filter(number=2).update(digest=first.digest, signature=first.signature)
    assert found("signature-wrong")
    versions.filter(number=2).update(digest=second.digest, signature="zz")
    assert found("signature-wrong")
    versions.filter(number=2).update(signature=second.signature)
    Chunk.objects.filter(name=filled.sealed(b"three")[0]).delete()
    assert found("chunk-unlisted")


@pytest.mark.parametrize("kind", ["dataset", "project"])
def test_a_missing_or_damaged_wrap_is_found_and_not_replaced(filled: Any, kind: str) -> None:
    wrap = KeyWrap.objects.get(kind=kind)
    KeyWrap.objects.filter(pk=wrap.pk).update(wrapped=bytes(61))
    assert found("key-missing")
    KeyWrap.objects.filter(pk=wrap.pk).delete()
    assert found("key-missing")
    status, answer = filled.api.post(f"/datasets/{filled.dataset.pk}/versions/1/key")
    assert (status, answer["code"]) == (500, "key-missing")
    with pytest.raises(Problem):
        keys.dataset_key(filled.project.pk, filled.dataset.pk)
    assert not KeyWrap.objects.filter(kind=kind).exists()


def test_another_root_key_opens_nothing(filled: Any, state_dir: Path) -> None:
    (state_dir / "keys" / "root.key").write_bytes(bytes(32))
    assert found("key-missing")


def test_a_project_whose_wrap_is_lost_gets_no_second_key(filled: Any) -> None:
    KeyWrap.objects.filter(kind="project").delete()
    with pytest.raises(Problem) as caught:
        keys.project_key(filled.project.pk)
    assert caught.value.code == "key-missing"


class TestErase:
    def test_nothing_can_be_read_and_the_versions_stay_listed(
        self, filled: Any, state_dir: Path
    ) -> None:
        sealed = objects(state_dir, "chunks")[0].read_bytes()
        upload = filled.open(10)
        for _ in range(2):
            maintenance.erase(filled.dataset, filled.manager, "asked by the patient")
        assert objects(state_dir, "*") == []
        assert not KeyWrap.objects.filter(kind="dataset").exists()
        assert filled.held_bytes() == 0
        path = f"/datasets/{filled.dataset.pk}"
        _, page = filled.api.get(f"{path}/versions")
        assert all(row["erased_at"] for row in page["items"])
        assert len(page["items"]) == 2
        for refused in (f"{path}/versions/1/manifest", f"{path}/versions/1/files",
                        f"{path}/versions/1/files/f0"):  # fmt: skip
            assert filled.api.get(refused)[0] == 410
        assert filled.api.post(f"{path}/versions/1/key")[1]["code"] == "dataset-erased"
        assert filled.api.post(f"{path}/uploads", {"size_bytes": 1})[0] == 410
        assert filled.api.post(f"/uploads/{upload}/missing", {"names": []})[0] == 410
        assert maintenance.verify() == []
        assert apps.get_model("core.AuditEntry").objects.filter(action="dataset.erase").count() == 1
        assert queries.live_subjects({f"dataset:{filled.dataset.pk}", "job:1"}) == set()
        assert len(sealed) > 0

    @pytest.mark.parametrize("crash", ["key", "objects"])
    def test_a_crash_is_finished_by_the_next_tick(
        self, filled: Any, state_dir: Path, monkeypatch: pytest.MonkeyPatch, crash: str
    ) -> None:
        place = (keys, "destroy_dataset_key") if crash == "key" else (LocalStore, "delete")

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(*place, die)
            with pytest.raises(KeyboardInterrupt):
                maintenance.erase(filled.dataset, None, "test")
        assert filled.api.post(f"/datasets/{filled.dataset.pk}/versions/1/key")[0] == 410
        ticks.tick()
        assert objects(state_dir, "*") == []
        assert not KeyWrap.objects.filter(kind="dataset").exists()
        assert Dataset.objects.get(pk=filled.dataset.pk).emptied_at


class TestSweep:
    def test_an_upload_that_nobody_goes_on_with_expires(
        self, place: Any, state_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place.version(b"kept")
        upload = place.open(1000)
        place.put(upload, b"left")
        ticks.tick()
        assert len(objects(state_dir, "chunks")) == 2
        later = clock.now() + timedelta(hours=25)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert ticks.tick()
        assert not ticks.tick()
        assert Upload.objects.get(pk=upload).state == "expired"
        assert len(objects(state_dir, "chunks")) == 1
        assert place.held_bytes() == pytest.approx(place.stored_bytes(), abs=1100)

    def test_nothing_goes_while_another_upload_is_open(self, place: Any, state_dir: Path) -> None:
        mine, theirs = place.open(10), place.open(10)
        place.put(mine, b"shared")
        place.api.call("DELETE", f"/uploads/{mine}")
        ticks.tick()
        assert place.put(theirs, b"shared")[0] == 204
        assert place.commit(theirs, place.manifest(b"shared"))[0] == 201
        ticks.tick()
        assert maintenance.verify() == []

    def test_no_upload_opens_while_it_is_swept(
        self, place: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers = []
        real = LocalStore.names

        def names(self: LocalStore, folder: str) -> Any:
            path = f"/datasets/{place.dataset.pk}/uploads"
            answers.append(place.api.post(path, {"size_bytes": 1}))
            return real(self, folder)

        place.api.call("DELETE", f"/uploads/{place.open(10)}")
        with monkeypatch.context() as patch:
            patch.setattr(LocalStore, "names", names)
            ticks.tick()
        assert {(status, answer["code"]) for status, answer in answers} == {(503, "being-tidied")}
        place.open(10)

    def test_a_sweep_that_was_killed_is_done_again(
        self, place: Any, state_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload = place.open(1000)
        place.put(upload, b"left")
        place.api.call("DELETE", f"/uploads/{upload}")

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(LocalStore, "delete", die)
            with pytest.raises(KeyboardInterrupt):
                ticks.tick()
        later = clock.now() + sweeping.SWEEP_LASTS + timedelta(seconds=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        ticks.tick()
        assert objects(state_dir, "chunks") == []

    def test_a_sweep_whose_worker_died_holds_nobody_up(
        self, place: Any, state_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The worker was killed in the middle; the next one need not wait its time out."""
        upload = place.open(1000)
        place.put(upload, b"left")
        place.api.call("DELETE", f"/uploads/{upload}")
        gone = subprocess.Popen(["true"])
        gone.wait()

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(leases, "ME", f"{socket.gethostname()}:{gone.pid}:x")
            patch.setattr(LocalStore, "delete", die)
            with pytest.raises(KeyboardInterrupt):
                ticks.tick()
        path = f"/datasets/{place.dataset.pk}/uploads"
        assert place.api.post(path, {"size_bytes": 1})[1]["code"] == "being-tidied"
        ticks.tick()
        assert objects(state_dir, "chunks") == []
        assert place.api.post(path, {"size_bytes": 1})[0] == 201


class TestBlobs:
    def test_blobs_come_back_in_order(self, place: Any) -> None:
        for name in ("logs/1/2/0002", "logs/1/2/0001", "logs/1/20/0001"):
            assert blobs.put(place.project.pk, name, name.encode())
        assert not blobs.put(place.project.pk, "logs/1/2/0001", b"other")
        assert blobs.names(place.project.pk, "logs/1/2") == ["logs/1/2/0001", "logs/1/2/0002"]
        assert blobs.get(place.project.pk, "logs/1/2/0001") == b"logs/1/2/0001"
        blobs.replace(place.project.pk, "logs/1/2/0001", b"new")
        assert blobs.get(place.project.pk, "logs/1/2/0001") == b"new"
        blobs.delete(place.project.pk, "logs/1/2/0001")
        with pytest.raises(KeyError):
            blobs.get(place.project.pk, "logs/1/2/0001")

    def test_a_blob_in_anothers_place_is_found(self, place: Any, state_dir: Path) -> None:
        other = kit.project(kit.person())
        for project in (place.project, other):
            blobs.put(project.pk, "logs/1", b"a secret")
            blobs.put(project.pk, "logs/2", b"another")
        folder = state_dir / "store" / "projects" / str(place.project.pk) / "blobs" / "logs"
        assert b"secret" not in (folder / "1").read_bytes()
        elsewhere = state_dir / "store" / "projects" / str(other.pk) / "blobs" / "logs" / "1"
        for bad in ((folder / "2").read_bytes(), elsewhere.read_bytes(), b"", bytes(40)):
            (folder / "1").write_bytes(bad)
            with pytest.raises(Problem) as caught:
                blobs.get(place.project.pk, "logs/1")
            assert caught.value.code == "data-damaged"
            assert found("blob-damaged")
