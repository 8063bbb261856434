"""Listing and reading: pages, files in ranges, the browser's way in, and who may."""

from typing import Any

import kit
import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from fabriek.core.problems import Problem
from fabriek.data import actions, queries
from fabriek.data.bodies import asked_range
from fabriek_vault.hub import push_path

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def test_datasets_are_made_listed_and_shown(place: Any) -> None:
    path = f"/projects/{place.project.slug}/datasets"
    wanted = {
        "slug": "scans",
        "kind": "data",
        "title": "Scans 🩻",
        "classification": "confidential",
        "personal_data": True,
        "licence": "CC-BY-4.0",
        "description": "Two\nlines",
    }
    status, made = place.api.post(path, wanted)
    assert status == 201
    assert {key: made[key] for key in wanted} == wanted
    assert place.api.get(f"/datasets/{made['id']}") == (200, made)
    assert place.api.get(f"{path}/scans") == (200, made)
    _, page = place.api.get(path)
    assert [row["slug"] for row in page["items"]] == ["scans", "measurements"]
    _, page = place.api.get(f"{path}?limit=1")
    _, rest = place.api.get(f"{path}?limit=1&before={page['next_before']}")
    assert [row["slug"] for row in rest["items"]] == ["measurements"]
    assert rest["next_before"] is None
    assert place.api.get(f"{path}?kind=model")[1]["items"] == []


def test_a_dataset_that_is_there_is_refused(place: Any) -> None:
    path = f"/projects/{place.project.slug}/datasets"
    status, answer = place.api.post(path, {"slug": "measurements"})
    assert (status, answer["code"]) == (409, "dataset-exists")


@pytest.mark.parametrize(
    "slug", ["", "a/b", "..", "a\0b", "\u202egnp", "x" * 64, "🦆", "A", "-a", "a b", "new", 5, None]
)
def test_bad_names_of_datasets_are_refused(place: Any, slug: Any) -> None:
    status, answer = place.api.post(f"/projects/{place.project.slug}/datasets", {"slug": slug})
    assert status == 422
    assert answer["code"] in {"invalid-name", "invalid-input"}


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\x1b[31m", "x" * 10_001])
def test_bad_texts_are_refused(place: Any, text: str) -> None:
    path = f"/projects/{place.project.slug}/datasets"
    for field in ("description", "licence", "title"):
        status, answer = place.api.post(path, {"slug": "texts", field: text})
        assert status == 422, answer


def test_versions_are_listed_newest_first(place: Any) -> None:
    place.version(b"one")
    place.version(b"two")
    _, page = place.api.get(f"/datasets/{place.dataset.pk}/versions")
    assert [row["reference"] for row in page["items"]] == ["measurements@2", "measurements@1"]
    status, one = place.api.get(f"/datasets/{place.dataset.pk}/versions/1")
    assert (status, one) == (200, page["items"][1])
    assert one["size_bytes"] == 3


def test_files_are_listed_in_pages(place: Any) -> None:
    place.version(*[bytes([n]) for n in range(1, 8)])
    seen: list[str] = []
    before = ""
    while True:
        path = f"/datasets/{place.dataset.pk}/versions/1/files?limit=3{before}"
        status, page = place.api.get(path)
        assert status == 200
        seen += [file["path"] for file in page["items"]]
        if page["next_before"] is None:
            break
        before = f"&before={page['next_before']}"
    assert seen == [f"f{n}" for n in range(7)]


class TestFiles:
    @pytest.fixture
    def path(self, place: Any) -> str:
        content = bytes(range(256)) * 100_000
        source = kit.folder(place.folder / "in", {"sub/één <b>.html": content, "empty": b""})
        push_path(place.api, place.dataset.pk, source, threads=1)
        return f"/datasets/{place.dataset.pk}/versions/1/files"

    def test_a_file_is_sent_as_a_download(self, place: Any, path: str) -> None:
        answer = place.api.request("GET", f"/api/v1{path}/sub/%C3%A9%C3%A9n%20%3Cb%3E.html")
        assert answer.status_code == 200
        assert answer.content == bytes(range(256)) * 100_000
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename")
        assert answer.headers["Content-Length"] == "25600000"

    @pytest.mark.parametrize(
        ("asked", "start", "stop"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=16777200-16777300", 16777200, 16777301),
            ("bytes=25599999-", 25599999, 25600000),
            ("bytes=-5", 25599995, 25600000),
            ("bytes=25599990-99999999999", 25599990, 25600000),
        ],
    )
    def test_a_range_is_sent(
        self, place: Any, path: str, asked: str, start: int, stop: int
    ) -> None:
        answer = place.api.request(
            "GET", f"/api/v1{path}/sub/%C3%A9%C3%A9n%20%3Cb%3E.html", headers={"Range": asked}
        )
        assert answer.status_code == 206
        assert answer.content == (bytes(range(256)) * 100_000)[start:stop]
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/25600000"

    def test_an_empty_file(self, place: Any, path: str) -> None:
        assert place.api.request("GET", f"/api/v1{path}/empty").content == b""
        answer = place.api.request("GET", f"/api/v1{path}/empty", headers={"Range": "bytes=0-"})
        assert (answer.status_code, answer.json()["code"]) == (416, "range-not-satisfiable")

    @pytest.mark.parametrize("name", ["nope", "sub", "sub/", "..%2f..%2fetc", "%00", "x" * 5000])
    def test_no_such_file(self, place: Any, path: str, name: str) -> None:
        status, answer = place.api.get(f"{path}/{name}")
        assert (status, answer["code"]) == (404, "no-such-file")


@given(st.text(max_size=30), st.integers(0, 100))
def test_any_range_header_is_understood_or_left_alone(text: str, size: int) -> None:
    for header in (text, f"bytes={text}"):
        try:
            span = asked_range(header, size)
        except Problem as problem:
            assert problem.code == "range-not-satisfiable"
        else:
            assert span is None or 0 <= span.start < span.stop <= size


@given(st.integers(0, 120), st.integers(0, 120), st.integers(0, 100))
def test_ranges_are_pythons_slices(first: int, last: int, size: int) -> None:
    whole = bytes(range(size))
    expected = whole[first : last + 1]
    try:
        span = asked_range(f"bytes={first}-{last}", size)
    except Problem:
        assert not expected
    else:
        assert (whole[span.start : span.stop] == expected) if span else last < first


class TestBrowsers:
    def test_a_browser_lets_the_hub_seal(self, place: Any) -> None:
        upload = place.open(20_000_000)
        names = []
        for index, data in enumerate((b"x" * 16_777_216, b"tail")):
            for _ in range(2):
                status, answer = place.send("PUT", f"/uploads/{upload}/plain/{index}", data)
                assert (status, answer["index"]) == (200, index)
            names.append(answer["name"])
        big = {"path": "b/big.bin", "size_bytes": 16_777_220, "executable": True,
               "extents": [[names[0], 0, 16_777_216], [names[1], 0, 4]]}  # fmt: skip
        part = {"path": "a", "size_bytes": 2, "extents": [[names[1], 1, 2]]}
        for _ in range(2):
            status, answer = place.api.post(
                f"/uploads/{upload}/commit-plain", {"files": [big, part]}
            )
            assert (status, answer["number"], answer["file_count"]) == (201, 1, 2)
        path = f"/datasets/{place.dataset.pk}/versions/1/files"
        assert place.api.get(f"{path}/b/big.bin")[1] == b"x" * 16_777_216 + b"tail"
        assert place.api.get(f"{path}/a")[1] == b"ai"

    def test_a_browsers_chunk_is_the_same_object_as_a_clients(self, place: Any) -> None:
        upload = place.open(10)
        _, answer = place.send("PUT", f"/uploads/{upload}/plain/0", b"same")
        assert answer["name"] == place.sealed(b"same")[0]
        assert place.put(upload, b"same")[0] == 204
        assert place.commit(upload, place.manifest(b"same"))[0] == 201

    @pytest.mark.parametrize(
        "files",
        [
            [],
            [{"path": "../x", "size_bytes": 0, "extents": []}],
            [{"path": "x\\y", "size_bytes": 0, "extents": []}],
            [{"path": "x\u202e", "size_bytes": 0, "extents": []}],
            [{"path": "x" * 300, "size_bytes": 0, "extents": []}],
            [{"path": "\ud800", "size_bytes": 0, "extents": []}],
            [{"path": "a", "size_bytes": 0, "extents": []}] * 2,
            [{"path": "a", "size_bytes": 1, "extents": []}],
            [{"path": "a", "size_bytes": 9, "extents": [["NAME", 0, 9]]}],
            [{"path": "a", "size_bytes": 1, "extents": [["NAME", -1, 1]]}],
            [{"path": "a", "size_bytes": 1, "extents": [["ab" * 32, 0, 1]]}],
            [{"path": "a", "size_bytes": -1, "extents": []}],
            [{"path": "a", "size_bytes": 1, "extents": [["x", 0, 1]]}],
            [{"path": "a", "size_bytes": 1, "extents": [["NAME", 10**30, 1]]}],
        ],
    )
    def test_files_that_do_not_hold_together(self, place: Any, files: Any) -> None:
        upload = place.open(10)
        _, answer = place.send("PUT", f"/uploads/{upload}/plain/0", b"data")
        for file in files:
            for extent in file["extents"]:
                extent[0] = answer["name"] if extent[0] == "NAME" else extent[0]
        status, refused = place.api.post(f"/uploads/{upload}/commit-plain", {"files": files})
        assert status == 422, refused
        assert refused["code"] in {"bad-manifest", "chunks-missing", "invalid-input"}
        whole = {"path": "a", "size_bytes": 4, "extents": [[answer["name"], 0, 4]]}
        assert place.api.post(f"/uploads/{upload}/commit-plain", {"files": [whole]})[0] == 201

    @pytest.mark.parametrize("index", ["-1", "x", "99999999999999"])
    def test_an_impossible_index(self, place: Any, index: str) -> None:
        assert place.send("PUT", f"/uploads/{place.open(9)}/plain/{index}", b"x")[0] == 422

    def test_no_bytes_are_no_chunk(self, place: Any) -> None:
        assert place.send("PUT", f"/uploads/{place.open(9)}/plain/0", b"")[0] == 422


def test_a_stranger_sees_nothing(place: Any) -> None:
    place.version(b"one")
    stranger = kit.api(kit.person())
    name = place.sealed(b"one")[0]
    dataset, project = f"/datasets/{place.dataset.pk}", f"/projects/{place.project.slug}/datasets"
    version = f"{dataset}/versions/1"
    for path in (project, f"{project}/measurements", dataset, f"{dataset}/versions", version,
                 f"{version}/files", f"{version}/files/f0", f"{version}/manifest",
                 f"{version}/chunks/{name}"):  # fmt: skip
        assert place.api.get(path)[0] == 200, path
        status, answer = stranger.get(path)
        assert (status, answer["code"]) == (404, "not-found"), path
    assert place.api.post(f"{version}/key")[0] == 200
    assert stranger.post(f"{version}/key")[0] == 404
    assert stranger.post(project, {"slug": "x"})[0] == 404


def test_a_viewer_reads_and_writes_nothing(place: Any) -> None:
    place.version(b"one")
    viewer = kit.api(kit.member(place.project, "viewer"))
    dataset = f"/datasets/{place.dataset.pk}"
    assert viewer.get(f"{dataset}/versions/1/files/f0") == (200, b"one")
    assert viewer.post(f"{dataset}/versions/1/key")[0] == 200
    assert viewer.post(f"{dataset}/uploads", {"size_bytes": 1})[0] == 403
    path = f"/projects/{place.project.slug}/datasets"
    assert viewer.post(path, {"slug": "x"})[0] == 403


def test_a_chunk_of_another_version_is_not_read_through_this_one(place: Any) -> None:
    place.version(b"one")
    place.version(b"two")
    name = place.sealed(b"two")[0]
    path = f"/datasets/{place.dataset.pk}/versions"
    assert place.api.get(f"{path}/2/chunks/{name}")[0] == 200
    assert place.api.get(f"{path}/1/chunks/{name}")[0] == 404


def test_every_release_of_a_key_is_in_the_audit_log(place: Any) -> None:
    place.version(b"one")
    place.api.post(f"/datasets/{place.dataset.pk}/versions/1/key")
    entry = apps.get_model("core.AuditEntry").objects.filter(action="key.release").get()
    assert (entry.actor, entry.facts) == (place.manager.email, {"number": 1})


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("measurements@2", "no-such-version"),
        ("nothing@1", "no-such-version"),
        ("measurements", "bad-reference"),
        ("@1", "bad-reference"),
        ("measurements@", "bad-reference"),
        ("measurements@-1", "bad-reference"),
        ("measurements@1e9", "bad-reference"),
        ("measurements@١", "bad-reference"),
        ("measurements@9999999999999999999", "bad-reference"),
        ((0, 0), "no-such-version"),
    ],
)
def test_references(place: Any, reference: Any, code: str) -> None:
    place.version(b"one")
    found = queries.version_for(place.manager, place.project.pk, "measurements@1")
    assert queries.version_for(place.manager, place.project.pk, (found.dataset_id, 1)) == found
    with pytest.raises(Problem) as caught:
        queries.version_for(place.manager, place.project.pk, reference)
    assert caught.value.code == code


def test_a_version_of_another_project_is_none(place: Any) -> None:
    place.version(b"one")
    other = kit.project(kit.person())
    with pytest.raises(Problem) as caught:
        queries.version_for(place.manager, other.pk, "measurements@1")
    assert caught.value.code == "no-such-version"


def test_ensure_dataset_finds_or_makes(place: Any) -> None:
    def ensure(slug: str, kind: str, **more: Any) -> Any:
        return actions.ensure_dataset(place.project.pk, slug, kind, place.manager, **more)

    made = ensure("out", "output")
    assert ensure("out", "output") == made
    for more, code in (
        ({"kind": "model"}, "dataset-other-kind"),
        ({"kind": "output", "classification": "confidential"}, "dataset-less-protected"),
        ({"kind": "output", "personal_data": True}, "dataset-less-protected"),
    ):
        with pytest.raises(Problem) as caught:
            ensure("out", **more)
        assert caught.value.code == code
    secret = ensure("secret", "output", classification="confidential", personal_data=True)
    assert ensure("secret", "output") == secret
