"""What an attempt of a job may reach, and what becomes of what it leaves."""

from datetime import timedelta
from typing import Any

import kit
import pytest

from fabriek.core import clock
from fabriek.data import actions, maintenance, ticks
from fabriek.data.models import Chunk, DatasetVersion
from fabriek.people import tokens

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def attempt_api(place: Any, attempt: int, read: list[Any], write: list[int]) -> kit.Api:
    scope = {"kind": "attempt", "attempt": attempt, "read": read, "write": write}
    until = clock.now() + timedelta(hours=1)
    _, plain = tokens.issue(place.manager, f"attempt {attempt}", until, scope)
    return kit.Api(place.manager, plain)


def leave(place: Any, attempt: int, *chunks: bytes) -> int:
    """The attempt commits a version; its number."""
    api = attempt_api(place, attempt, [], [place.dataset.pk])
    upload = place.open(1000, who=api)
    for chunk in chunks:
        name, sealed = place.sealed(chunk)
        path = f"/uploads/{upload}/chunks/{name}"
        assert place.send("PUT", path, sealed, who=api)[0] == 204
    path = f"/uploads/{upload}/commit"
    status, answer = place.send("POST", path, place.manifest(*chunks), who=api)
    assert status == 201
    return int(answer["number"])


def listed(place: Any) -> list[int]:
    _, page = place.api.get(f"/datasets/{place.dataset.pk}/versions")
    return [row["number"] for row in page["items"]]


def test_an_attempt_reads_its_inputs_only(place: Any) -> None:
    place.version(b"one")
    place.version(b"two")
    api = attempt_api(place, 7, [[place.dataset.pk, 1]], [])
    path = f"/datasets/{place.dataset.pk}/versions"
    assert api.post(f"{path}/1/key")[0] == 200
    assert api.get(f"{path}/1/manifest")[0] == 200
    assert api.get(f"{path}/1/chunks/{place.sealed(b'one')[0]}")[0] == 200
    for refused in (f"{path}/2/manifest", f"{path}/2/chunks/{place.sealed(b'two')[0]}",
                    f"{path}/1/chunks/{place.sealed(b'two')[0]}"):  # fmt: skip
        assert api.get(refused)[0] == 404
    assert api.post(f"{path}/2/key")[0] == 404
    for refused in (path, f"{path}/1", f"{path}/1/files", f"{path}/1/files/f0"):
        assert api.get(refused)[1]["code"] == "token-wrong-kind"


def test_an_attempt_writes_its_output_only(place: Any) -> None:
    own, others = attempt_api(place, 7, [], [place.dataset.pk]), attempt_api(place, 8, [], [0])
    upload = place.open(10, who=own)
    for who in (others, place.api, attempt_api(place, 8, [], [place.dataset.pk])):
        assert who.post(f"/uploads/{upload}/missing", {"names": []})[0] == 404
    path = f"/datasets/{place.dataset.pk}/uploads"
    assert others.post(path, {"size_bytes": 1})[0] == 404


def test_what_an_attempt_leaves_is_seen_once_it_is_kept(place: Any) -> None:
    number = leave(place, 7, b"result")
    assert listed(place) == []
    path = f"/datasets/{place.dataset.pk}/versions/{number}"
    assert place.api.get(path)[0] == 404
    assert actions.keep_of_attempt(8, place.dataset.pk, number) is None
    for _ in range(2):
        kept = actions.keep_of_attempt(7, place.dataset.pk, number)
        assert kept is not None
    actions.discard_of_attempt(7)
    ticks.tick()
    assert listed(place) == [number]
    assert place.api.get(f"{path}/files/f0") == (200, b"result")


def test_what_a_lost_attempt_left_goes_and_its_number_is_not_given_again(place: Any) -> None:
    place.version(b"shared")
    number = leave(place, 7, b"shared", b"lost")
    api = attempt_api(place, 7, [], [place.dataset.pk])
    open_still = place.open(500, who=api)
    for _ in range(2):
        actions.discard_of_attempt(7)
        ticks.tick()
    assert not DatasetVersion.objects.filter(attempt=7).exists()
    assert list(Chunk.objects.values_list("version_count", flat=True)) == [1]
    assert actions.keep_of_attempt(7, place.dataset.pk, number) is None
    assert api.post(f"/uploads/{open_still}/missing", {"names": []})[0] == 409
    assert leave(place, 8, b"again") == number + 1
    assert place.held_bytes() == pytest.approx(place.stored_bytes(), abs=1100)
    assert maintenance.verify() == []


def test_two_attempts_with_the_same_result_keep_it_once(place: Any) -> None:
    first, second = leave(place, 7, b"result"), leave(place, 8, b"result")
    assert first != second
    actions.discard_of_attempt(7)
    kept = actions.keep_of_attempt(8, place.dataset.pk, second)
    assert kept is not None
    ticks.tick()
    assert listed(place) == [second]
    assert maintenance.verify() == []


def test_the_same_result_as_a_kept_version_is_that_version(place: Any) -> None:
    kept = place.version(b"result")
    assert leave(place, 7, b"result") == kept
    assert actions.keep_of_attempt(7, place.dataset.pk, kept) is not None
    actions.discard_of_attempt(7)
    ticks.tick()
    assert listed(place) == [kept]


def test_the_reading_pack_opens_the_version(place: Any) -> None:
    import base64

    from fabriek.data import queries
    from fabriek_vault import open_manifest, verify_version

    place.version(b"one")
    version = queries.version_for(place.manager, place.project.pk, "measurements@1")
    pack = actions.reading_pack(place.manager, version)
    key, sealed = base64.b64decode(pack["key"]), base64.b64decode(pack["manifest"])
    assert open_manifest(key, pack["dataset_id"], sealed).size_bytes == 3
    public_key, signature = bytes.fromhex(pack["public_key"]), bytes.fromhex(pack["signature"])
    verify_version(public_key, signature, pack["dataset_id"], pack["version"], pack["digest"])
