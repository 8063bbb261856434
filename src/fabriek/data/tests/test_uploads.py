"""The upload protocol at the API: by the book, repeated, broken off, and wrong in every way."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import kit
import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabriek.access import member_actions
from fabriek.core import clock
from fabriek.data.models import Chunk, Upload
from fabriek.data.store import LocalStore
from fabriek_vault import IntegrityError, VaultError
from fabriek_vault.hub import pull_version, push_path

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def test_a_folder_is_pushed_and_pulled(place: Any) -> None:
    source = kit.folder(
        place.folder / "in", {"a.csv": b"1,2\n" * 1000, "sub/b": b"", "sub/c": bytes(5_000_000)}
    )
    (source / "a.csv").chmod(0o755)
    version = push_path(place.api, place.dataset.pk, source, threads=1)
    assert (version.number, version.size_bytes, version.file_count) == (1, 5_004_000, 3)
    pull_version(place.api, place.dataset.pk, 1, place.folder / "out", threads=1)
    for name in ("a.csv", "sub/b", "sub/c"):
        assert (place.folder / "out" / name).read_bytes() == (source / name).read_bytes()
    assert (place.folder / "out" / "a.csv").stat().st_mode & 0o100


def test_the_same_files_again_are_the_same_version(place: Any) -> None:
    source = kit.folder(place.folder / "in", {"a": b"same"})
    first = push_path(place.api, place.dataset.pk, source)
    assert push_path(place.api, place.dataset.pk, source) == first
    (source / "b").write_bytes(b"more")
    assert push_path(place.api, place.dataset.pk, source).number == 2


def test_every_step_can_be_repeated(place: Any) -> None:
    upload = place.open(3, fingerprint="ab" * 32)
    assert place.open(3, fingerprint="ab" * 32) == upload
    assert place.open(3, fingerprint="cd" * 32) != upload
    for _ in range(2):
        assert place.put(upload, b"one") == (204, None)
    sealed = place.manifest(b"one")
    answers = [place.commit(upload, sealed) for _ in range(3)]
    assert [status for status, _ in answers] == [201] * 3
    assert answers[0] == answers[1] == answers[2]
    assert Chunk.objects.get().version_count == 1


def test_missing_names_what_is_not_there(place: Any) -> None:
    place.version(b"one")
    upload = place.open(10)
    there, absent = place.sealed(b"one")[0], place.sealed(b"two")[0]
    _, answer = place.api.post(f"/uploads/{upload}/missing", {"names": [absent, there, absent]})
    assert answer["missing"] == [absent, absent]


class TestRefusals:
    """Each has a code, and leaves the upload as it was."""

    @pytest.fixture
    def upload(self, place: Any) -> int:
        return int(place.open(1000))

    @pytest.fixture(autouse=True)
    def nothing_is_lost(self, place: Any, upload: int) -> Any:
        yield
        assert place.put(upload, b"good")[0] == 204
        assert place.commit(upload, place.manifest(b"good"))[0] == 201

    def test_a_wrong_digest(self, place: Any, upload: int) -> None:
        name, sealed = place.sealed(b"one")
        path = f"/uploads/{upload}/chunks/{name}"
        for digest in ("00" * 32, "x", "é"):
            status, answer = place.send("PUT", path, sealed, digest=digest)
            assert (status, answer["code"]) == (422, "wrong-digest")
        assert not Chunk.objects.exists()

    def test_a_chunk_under_another_name_or_key(self, place: Any, upload: int) -> None:
        name, sealed = place.sealed(b"one")
        other, _ = place.sealed(b"two")
        for body, under in ((sealed, other), (b"", name), (sealed[:-1], name), (b"x" * 99, name)):
            status, answer = place.send("PUT", f"/uploads/{upload}/chunks/{under}", body)
            assert (status, answer["code"]) == (422, "wrong-chunk")
        assert not Chunk.objects.exists()

    @pytest.mark.parametrize("name", ["x", "..", "AB" * 32, "g" * 64, "ab" * 33, "%00" * 10])
    def test_a_name_that_is_none(self, place: Any, upload: int, name: str) -> None:
        status, _ = place.send("PUT", f"/uploads/{upload}/chunks/{name}", b"x")
        assert status in {404, 422}

    def test_a_body_that_is_too_large(self, place: Any, upload: int) -> None:
        name, _ = place.sealed(b"one")
        status, answer = place.send("PUT", f"/uploads/{upload}/chunks/{name}", bytes(16777233))
        assert (status, answer["code"]) == (413, "body-too-large")

    def test_more_than_was_announced(self, place: Any, upload: int) -> None:
        assert place.put(upload, bytes(60_000))[0] == 204
        status, answer = place.put(upload, b"x" * 60_000)
        assert (status, answer["code"]) == (413, "upload-too-large")
        assert Chunk.objects.count() == 1

    def test_a_missing_chunk(self, place: Any, upload: int) -> None:
        status, answer = place.commit(upload, place.manifest(b"one", b"two"))
        assert (status, answer["code"], answer["facts"]["count"]) == (422, "chunks-missing", 2)

    def test_an_extra_chunk_is_left_to_the_sweep(self, place: Any, upload: int) -> None:
        assert place.put(upload, b"extra")[0] == 204

    def test_a_manifest_of_another_dataset(self, place: Any, upload: int) -> None:
        status, answer = place.commit(upload, place.manifest(b"x", dataset_id=999))
        assert (status, answer["code"]) == (422, "wrong-dataset")

    @pytest.mark.parametrize("body", [b"", b"rubbish", b"fabriek-manifest-1\naes-256-gcm\n"])
    def test_what_is_no_manifest(self, place: Any, upload: int, body: bytes) -> None:
        status, answer = place.commit(upload, body)
        assert (status, answer["code"]) == (422, "bad-manifest")

    @pytest.mark.parametrize("size", [-1, 1e308, "x", None, 2**80, 1.5, True, float("nan")])
    def test_an_impossible_size(self, place: Any, upload: int, size: Any) -> None:
        path = f"/datasets/{place.dataset.pk}/uploads"
        status, answer = place.api.post(path, {"size_bytes": size})
        assert status == 422 or (size is True and status == 201), answer

    def test_a_manifest_that_was_swapped_on_the_way(self, place: Any, upload: int) -> None:
        path = f"/uploads/{upload}/commit"
        status, answer = place.send("POST", path, place.manifest(b"x"), digest="00" * 32)
        assert (status, answer["code"]) == (422, "wrong-digest")

    def test_a_full_disk(self, place: Any, upload: int, monkeypatch: pytest.MonkeyPatch) -> None:
        from fabriek.core.problems import Problem

        def full(*_: object) -> bool:
            raise Problem("store-full")

        with monkeypatch.context() as patch:
            patch.setattr(LocalStore, "put", full)
            status, answer = place.put(upload, b"one")
            assert (status, answer["code"], answer["retry"]) == (507, "store-full", True)
        assert not Chunk.objects.exists()


def test_quota_is_refused_before_a_byte_is_sent(place: Any) -> None:
    path = f"/datasets/{place.dataset.pk}/uploads"
    status, answer = place.api.post(path, {"size_bytes": 5 * 2**30})
    assert (status, answer["code"]) == (409, "allocation-exhausted")
    assert not Upload.objects.exists()
    assert place.held_bytes() == 0


def test_what_is_held_follows_what_is_stored(place: Any) -> None:
    upload = place.open(1_000_000)
    assert place.held_bytes() == pytest.approx(1_000_000 * 1025 / 1024 + 65536, abs=2000)
    place.put(upload, b"x" * 1000)
    assert place.held_bytes() == pytest.approx(1_000_000 * 1025 / 1024 + 65536, abs=2000)
    place.commit(upload, place.manifest(b"x" * 1000))
    assert place.held_bytes() == pytest.approx(place.stored_bytes(), abs=2000)
    assert 1016 < place.stored_bytes() < 2000
    place.version(b"x" * 1000, b"y" * 1000)
    assert 2032 < place.stored_bytes() < 4000


def test_two_clients_at_once_each_make_their_version(place: Any) -> None:
    other = kit.api(kit.member(place.project, "member"))
    mine, theirs = place.open(10), place.open(10, who=other)
    assert place.put(mine, b"shared")[0] == 204
    name, sealed = place.sealed(b"shared")
    assert place.send("PUT", f"/uploads/{theirs}/chunks/{name}", sealed, who=other)[0] == 204
    path = f"/uploads/{theirs}/commit"
    status, first = place.send("POST", path, place.manifest(b"shared"), who=other)
    assert (status, first["number"]) == (201, 1)
    place.put(mine, b"own")
    status, second = place.commit(mine, place.manifest(b"shared", b"own"))
    assert (status, second["number"]) == (201, 2)
    assert Chunk.objects.count() == 2


def test_an_upload_is_its_openers_alone(place: Any) -> None:
    other = kit.api(kit.member(place.project, "member"))
    viewer = kit.api(kit.member(place.project, "viewer"))
    stranger = kit.api(kit.person())
    upload = place.open(10)
    for who in (other, viewer, stranger):
        assert who.post(f"/uploads/{upload}/missing", {"names": []})[0] == 404
        assert who.call("DELETE", f"/uploads/{upload}")[0] == 404
    path = f"/datasets/{place.dataset.pk}/uploads"
    assert viewer.post(path, {"size_bytes": 1})[0] == 403
    assert stranger.post(path, {"size_bytes": 1})[0] == 404


def test_a_right_that_ends_ends_in_the_middle_of_an_upload(place: Any) -> None:
    member = kit.member(place.project, "member")
    api = kit.api(member)
    upload = place.open(10, who=api)
    member_actions.remove_member(place.manager, place.project.slug, member.pk)
    name, sealed = place.sealed(b"one")
    assert place.send("PUT", f"/uploads/{upload}/chunks/{name}", sealed, who=api)[0] == 404


def test_an_abandoned_upload_takes_nothing_more(place: Any) -> None:
    upload = place.open(10)
    for _ in range(2):
        assert place.api.call("DELETE", f"/uploads/{upload}")[0] == 204
    assert place.held_bytes() == 0
    status, answer = place.put(upload, b"late")
    assert (status, answer["code"]) == (409, "upload-closed")
    status, answer = place.commit(upload, place.manifest(b"late"))
    assert (status, answer["code"]) == (409, "upload-closed")
    assert place.api.post(f"/uploads/{upload}/missing", {"names": []})[0] == 409


def test_a_committed_upload_takes_no_other_manifest(place: Any) -> None:
    upload = place.open(10)
    place.put(upload, b"one")
    place.put(upload, b"two")
    assert place.commit(upload, place.manifest(b"one"))[0] == 201
    status, answer = place.commit(upload, place.manifest(b"one", b"two"))
    assert (status, answer["code"]) == (409, "upload-closed")


def test_an_ended_allocation_takes_no_new_data_but_gives_what_it_has(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = place.version(b"one")
    later = clock.now() + timedelta(days=100)
    api = kit.api(place.manager)
    apps.get_model("people.Token").objects.update(expires_at=later + timedelta(days=1))
    monkeypatch.setattr(clock, "now", lambda: later)
    path = f"/datasets/{place.dataset.pk}"
    status, answer = api.post(f"{path}/uploads", {"size_bytes": 1})
    assert (status, answer["code"]) == (409, "allocation-not-valid")
    assert api.post(f"{path}/versions/{number}/key")[0] == 200


def test_a_hub_that_hands_out_other_bytes_is_found(place: Any, state_dir: Path) -> None:
    source = kit.folder(place.folder / "in", {"a": b"one"})
    push_path(place.api, place.dataset.pk, source)
    chunk = next((state_dir / "store" / "datasets").rglob("chunks/*"))
    chunk.write_bytes(bytes(len(chunk.read_bytes())))
    with pytest.raises(IntegrityError):
        pull_version(place.api, place.dataset.pk, 1, place.folder / "out")
    assert not (place.folder / "out").exists()
    chunk.unlink()
    with pytest.raises(VaultError) as caught:
        pull_version(place.api, place.dataset.pk, 1, place.folder / "out")
    assert caught.value.code == "data-damaged"


steps = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(0, 2)),
        st.tuples(st.just("put"), st.integers(0, 3)),
        st.tuples(st.just("commit"), st.integers(1, 15)),
        st.tuples(st.just("abandon"), st.integers(0, 2)),
        st.tuples(st.just("tick"), st.just(0)),
    ),
    max_size=14,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_in_any_order_the_books_and_the_data_agree(place: Any, todo: list[Any]) -> None:
    """Whatever happens in which order: every version reads back, and what is held is right."""
    from fabriek.data import maintenance, ticks

    data = [bytes([65 + n]) * (1000 * n + 1) for n in range(4)]
    uploads: list[int] = []
    for action, number in todo:
        if action == "open":
            uploads.append(place.open(10_000))
        elif action == "tick":
            ticks.tick()
        elif uploads:
            upload = uploads[number % len(uploads)]
            if action == "put":
                place.put(upload, data[number])
            elif action == "abandon":
                place.api.call("DELETE", f"/uploads/{upload}")
            else:
                chosen = [data[n] for n in range(4) if number >> n & 1]
                place.commit(upload, place.manifest(*chosen))
    for upload in uploads:
        place.api.call("DELETE", f"/uploads/{upload}")
    ticks.tick()
    assert maintenance.verify() == []
    assert not Chunk.objects.filter(dataset=place.dataset, version_count=0).exists()
    assert place.held_bytes() == pytest.approx(place.stored_bytes(), abs=1100)
