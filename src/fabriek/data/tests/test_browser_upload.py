"""Uploading by a browser: by the book, broken off, refused, and by the wrong person."""

from datetime import timedelta
from typing import Any

import kit
import pytest
from django.apps import apps
from django.test import Client

from fabriek.core import clock
from fabriek.data.models import Chunk, Dataset, Upload
from fabriek.data.rules import CHUNK_BYTES
from fabriek.data.tests.browsing import FINGERPRINT, Browser

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


@pytest.fixture
def browser(place: Any) -> Browser:
    return Browser(place.manager)


def opened(browser: Browser, place: Any, size_bytes: int = 1000, **more: Any) -> dict[str, Any]:
    status, answer = browser.open(place.project.slug, "readings", size_bytes, **more)
    assert status == 200, answer
    return dict(answer)


def test_a_file_of_two_pieces_becomes_a_version(place: Any, browser: Browser) -> None:
    content = b"x" * CHUNK_BYTES + b"tail"
    href = browser.bring(place.project.slug, "readings", {"big.bin": content, "sub/é": b"small"})
    assert href == f"/en/projects/{place.project.slug}/data/readings/1/"
    dataset = Dataset.objects.get(slug="readings")
    assert (dataset.kind, dataset.classification, dataset.last_number) == ("data", "internal", 1)
    path = f"/datasets/{dataset.pk}/versions/1/files"
    assert place.api.get(f"{path}/big.bin")[1] == content
    assert place.api.get(f"{path}/sub/%C3%A9")[1] == b"small"


def test_the_dataset_is_made_as_described(place: Any, browser: Browser) -> None:
    opened(browser, place, classification="confidential", personal_data=True, description="Mine")
    dataset = Dataset.objects.get(slug="readings")
    assert (dataset.classification, dataset.personal_data) == ("confidential", True)
    assert dataset.description == "Mine"


def test_code_comes_in_as_code(place: Any, browser: Browser) -> None:
    href = browser.bring(place.project.slug, "trainer", {"train.py": b"print(1)\n"}, kind="code")
    assert Dataset.objects.get(slug="trainer").kind == "code"
    page = browser.get(href).content.decode()
    assert f"/en/projects/{place.project.slug}/jobs/new/?template=own-command" in page
    form = browser.get(f"/projects/{place.project.slug}/data/new/?kind=code").context["form"]
    assert form["kind"].value() == "code"
    status, _ = browser.open(place.project.slug, "odd", 10, kind="model")
    assert status == 422


def test_opening_again_finds_the_same_upload(place: Any, browser: Browser) -> None:
    first = opened(browser, place)
    assert opened(browser, place) == first
    assert opened(browser, place, is_new=False) == first
    assert opened(browser, place, fingerprint="cd" * 32)["id"] != first["id"]


def test_what_is_there_is_not_asked_for_again(place: Any, browser: Browser) -> None:
    upload = opened(browser, place)
    _, piece = browser.put(f"{upload['chunk']}0/", b"one")
    status, answer = browser.post(upload["missing"], {"names": ["00" * 32, piece["name"]]})
    assert (status, answer) == (200, {"missing": ["00" * 32]})


def test_every_step_can_be_repeated(place: Any, browser: Browser) -> None:
    upload = opened(browser, place)
    pieces = [browser.put(f"{upload['chunk']}0/", b"one") for _ in range(2)]
    assert pieces[0] == pieces[1]
    file = {"path": "a", "size_bytes": 3, "extents": [[pieces[0][1]["name"], 0, 3]]}
    answers = [browser.post(upload["commit"], {"files": [file]}) for _ in range(2)]
    assert answers[0] == answers[1]
    upload = opened(browser, place, is_new=False)
    assert [browser.post(upload["abandon"]) for _ in range(2)] == [(200, {})] * 2


class TestRefusals:
    """Each is told in a sentence, and the upload can go on."""

    def test_a_wrong_digest(self, place: Any, browser: Browser) -> None:
        upload = opened(browser, place)
        for digest in ("00" * 32, "x", "é"):
            status, answer = browser.put(f"{upload['chunk']}0/", b"one", sha256=digest)
            assert (status, answer["code"], answer["retry"]) == (422, "piece-damaged", True)
        assert not Chunk.objects.filter(dataset__slug="readings").exists()

    def test_too_large_a_piece(self, place: Any, browser: Browser) -> None:
        upload = opened(browser, place, CHUNK_BYTES * 2)
        status, answer = browser.put(f"{upload['chunk']}0/", bytes(CHUNK_BYTES + 1))
        assert (status, answer["code"]) == (413, "body-too-large")

    def test_an_empty_piece(self, place: Any, browser: Browser) -> None:
        assert browser.put(f"{opened(browser, place)['chunk']}0/", b"")[0] == 422

    def test_more_than_was_announced(self, place: Any, browser: Browser) -> None:
        upload = opened(browser, place)
        status, answer = browser.put(f"{upload['chunk']}0/", bytes(100_000))
        assert (status, answer["code"]) == (413, "upload-too-large")

    def test_a_closed_upload(self, place: Any, browser: Browser) -> None:
        upload = opened(browser, place)
        browser.post(upload["abandon"])
        status, answer = browser.put(f"{upload['chunk']}0/", b"one")
        assert (status, answer["code"]) == (409, "upload-closed")
        assert browser.post(upload["missing"], {"names": []})[1]["code"] == "upload-closed"
        status, answer = browser.post(upload["commit"], {"files": []})
        assert status in {409, 422}

    def test_no_room_leaves_nothing_behind(self, place: Any, browser: Browser) -> None:
        status, answer = browser.open(place.project.slug, "readings", 5 * 2**30)
        assert (status, answer["code"]) == (409, "allocation-exhausted")
        assert answer["sentence"] and answer["way_out"]
        assert not Dataset.objects.filter(slug="readings").exists()
        status, answer = browser.open(place.project.slug, "measurements", 5 * 2**30, is_new=False)
        assert (status, answer["code"]) == (409, "allocation-exhausted")
        assert not Upload.objects.exists()

    def test_a_name_that_is_taken(self, place: Any, browser: Browser) -> None:
        place.version(b"one")
        status, answer = browser.open(place.project.slug, "measurements", 10)
        assert (status, answer["code"]) == (409, "dataset-exists")

    def test_what_nobody_filled_counts_as_new_for_who_made_it(
        self, place: Any, browser: Browser
    ) -> None:
        other = Browser(kit.member(place.project, "member"))
        assert other.open(place.project.slug, "measurements", 10)[1]["code"] == "dataset-exists"
        upload = browser.open(place.project.slug, "measurements", 10)[1]
        again = {"classification": "confidential"}
        status, answer = browser.open(place.project.slug, "measurements", 10, **again)
        assert (status, answer["code"]) == (409, "dataset-exists")
        browser.post(upload["abandon"])
        assert browser.open(place.project.slug, "measurements", 10, **again)[0] == 200
        place.dataset.refresh_from_db()
        assert place.dataset.classification == "confidential"
        entries = apps.get_model("core.AuditEntry").objects.filter(action="dataset.describe")
        assert entries.get().facts["classification"] == "confidential"

    @pytest.mark.parametrize("name", ["", "A", "a b", "../x", "x" * 64, "new", "é", "a\0b"])
    def test_bad_names(self, place: Any, browser: Browser, name: str) -> None:
        status, answer = browser.open(place.project.slug, name, 10)
        assert status == 422 and answer["code"] in {"invalid-name", "invalid-input"}

    @pytest.mark.parametrize(
        "body", [b"", b"x", b"[]", b"null", b"\xff", b"[" * 10_000, b'{"dataset": 1}']
    )
    def test_what_is_no_question(self, place: Any, browser: Browser, body: bytes) -> None:
        for path in (
            f"/projects/{place.project.slug}/uploads/",
            opened(browser, place)["missing"],
            opened(browser, place)["commit"],
        ):
            status, answer = browser.post(path, body)
            assert (status, answer["code"]) == (422, "invalid-input"), path

    def test_an_erased_dataset(self, place: Any, browser: Browser) -> None:
        Dataset.objects.update(erased_at=clock.now(), last_number=1)
        status, answer = browser.open(place.project.slug, "measurements", 10, is_new=False)
        assert (status, answer["code"]) == (410, "dataset-erased")

    def test_the_sentence_is_in_the_language_of_the_page(self, place: Any) -> None:
        said = {
            language: Browser(place.manager, language).open(place.project.slug, "a b", 10)[1]
            for language in ("nl", "en")
        }
        assert said["nl"]["code"] == said["en"]["code"]
        assert said["nl"]["sentence"] != said["en"]["sentence"]


def test_only_who_may_write_and_only_the_own_upload(place: Any, browser: Browser) -> None:
    upload = opened(browser, place)
    member = Browser(kit.member(place.project, "member"))
    viewer = Browser(kit.member(place.project, "viewer"))
    stranger = Browser(kit.person())
    assert viewer.open(place.project.slug, "other", 10)[0] == 403
    assert viewer.open(place.project.slug, "readings", 10, is_new=False)[0] == 403
    assert stranger.open(place.project.slug, "other", 10)[0] == 404
    for who in (member, viewer, stranger):
        assert who.put(f"{upload['chunk']}0/", b"one")[0] == 404
        assert who.post(upload["missing"], {"names": []})[0] == 404
        assert who.post(upload["commit"], {"files": []})[0] == 404
        assert who.post(upload["abandon"])[0] == 404
    assert member.open(place.project.slug, "other", 10)[0] == 200


def test_a_right_that_was_taken_away_ends_the_upload(place: Any) -> None:
    from fabriek.access.models import ProjectMember

    someone = kit.member(place.project, "member")
    browser = Browser(someone)
    upload = opened(browser, place)
    ProjectMember.objects.filter(person=someone).update(role="viewer")
    assert browser.put(f"{upload['chunk']}0/", b"one")[0] == 403


def test_whoever_is_not_signed_in_is_sent_to_sign_in(place: Any, browser: Browser) -> None:
    upload = opened(browser, place)
    nobody = Browser(None)
    status, answer = nobody.put(f"{upload['chunk']}0/", b"one")
    assert status == 302 and "/login/" in answer.headers["Location"]
    assert not Chunk.objects.filter(dataset__slug="readings").exists()


def test_without_the_token_of_the_page_nothing_happens(place: Any, browser: Browser) -> None:
    upload = opened(browser, place)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(place.manager)
    kind = "application/json"
    for path in (upload["missing"], upload["commit"], upload["abandon"]):
        assert strict.post(path, b"{}", content_type=kind).status_code == 403
    assert strict.put(f"{upload['chunk']}0/", b"one").status_code == 403
    path = f"/en/projects/{place.project.slug}/uploads/"
    assert strict.post(path, b"{}", content_type=kind).status_code == 403
    assert Upload.objects.get(pk=upload["id"]).state == "open"


def test_get_changes_nothing(place: Any, browser: Browser) -> None:
    upload = opened(browser, place)
    for path in (upload["missing"], upload["commit"], upload["abandon"], f"{upload['chunk']}0/"):
        assert browser.get(path).status_code == 405


def test_an_upload_that_expired_can_begin_again(place: Any, browser: Browser) -> None:
    from fabriek.data import sweeping

    upload = opened(browser, place)
    browser.put(f"{upload['chunk']}0/", b"one")
    Upload.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert sweeping.expire_uploads() == 1
    assert browser.put(f"{upload['chunk']}0/", b"one")[1]["code"] == "upload-closed"
    assert opened(browser, place)["id"] != upload["id"]
    assert Upload.objects.latest("pk").fingerprint == FINGERPRINT
