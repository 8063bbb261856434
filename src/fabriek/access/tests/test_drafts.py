"""Drafts: kept while written, one's own, gone when sent; applying again from an old application."""

import pytest

from fabriek.access import data_files, draft_actions
from fabriek.access.models import Allocation, Application, Draft
from fabriek.core.problems import Problem

pytestmark = pytest.mark.django_db
FIELDS = {"mode": "playground", "title": "Reading", "gpu_hours": "10", "personal_data": False}


def test_a_draft_is_kept_changed_and_thrown_away(scene, moving, audited) -> None:
    status, made = scene.ada.post("/drafts", {"fields": FIELDS})
    assert (status, made["fields"], made["again_of"]) == (201, FIELDS, None)
    path = f"/drafts/{made['id']}"
    moving.on(minutes=5)
    status, kept = scene.ada.call("PUT", path, {"fields": {"title": " Maps ", "summary": ""}})
    assert (status, kept["fields"]) == (200, {"title": "Maps"})
    assert kept["saved_at"] > made["saved_at"] == kept["made_at"]
    assert scene.ada.get(path)[1] == kept
    assert scene.ada.get("/drafts")[1] == {"items": [kept], "next_before": None}
    assert scene.ada.call("DELETE", path)[0] == 204
    assert scene.ada.get(path)[0] == 404 and not Draft.objects.exists()
    assert audited()[-2:] == ["draft.make", "draft.discard"]


def test_drafts_are_ones_own(scene) -> None:
    number = scene.ada.post("/drafts", {"fields": FIELDS})[1]["id"]
    bob = scene.newcomer("bob")
    scene.join(bob, scene.organisation)
    for who in (bob, scene.op, scene.rita):
        assert who.get("/drafts")[1]["items"] == []
        for method, body in (("GET", None), ("PUT", {"fields": {}}), ("DELETE", None)):
            assert who.call(method, f"/drafts/{number}", body)[1]["code"] == "not-found"
        refused = who.post("/applications", scene.form(draft=number))[1]["code"]
        assert refused in {"draft-gone", "application-not-possible"}
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "granted"},
        {"title": "x" * 101},
        {"summary": "x" * 10_001},
        {"title": "a\x00b"},
        {"title": True},
        {"personal_data": "yes"},
        {"x\x00" * 40: ""},
        {"mode": "m" * 31},
        {f"f{number}": "" for number in range(31)},
    ],
)
def test_what_a_draft_does_not_keep(scene, fields) -> None:
    assert scene.ada.post("/drafts", {"fields": fields})[1]["code"] == "invalid-input"
    assert not Draft.objects.exists()


def test_there_is_an_end_to_how_many(scene) -> None:
    most = data_files.requests().drafts_most
    for _ in range(most):
        assert scene.ada.post("/drafts", {"fields": {}})[0] == 201
    status, refused = scene.ada.post("/drafts", {"fields": {}})
    assert (status, refused["code"]) == (409, "too-many-drafts")
    assert str(most) in refused["sentence"]
    assert scene.op.post("/drafts", {"fields": {}})[0] == 201


def test_submitting_uses_the_draft_up_once(scene) -> None:
    number = scene.ada.post("/drafts", {"fields": FIELDS})[1]["id"]
    refused = scene.ada.post("/applications", scene.form(months=9, draft=number))[1]
    assert refused["code"] == "application-not-possible" and Draft.objects.count() == 1
    assert scene.apply(draft=number)["again_of"] is None
    assert not Draft.objects.exists()
    status, refused = scene.ada.post("/applications", scene.form(draft=number))
    assert (status, refused["code"]) == (409, "draft-gone")
    assert Application.objects.count() == 1


def test_a_draft_that_was_sent_meanwhile_is_not_saved_again(scene, monkeypatch) -> None:
    row = draft_actions.save_draft(scene.ada.person, None, FIELDS)
    monkeypatch.setattr(draft_actions.request_queries, "draft_for", lambda *_: row)
    Draft.objects.all().delete()
    with pytest.raises(Problem) as caught:
        draft_actions.save_draft(scene.ada.person, row.pk, FIELDS)
    assert caught.value.code == "not-found"


def test_applying_again_from_an_old_application(scene, audited) -> None:
    old = scene.apply(title="Maps", gpu_hours=12.5, personal_data=True)
    path = f"/applications/{old['id']}/again"
    assert scene.ada.post(path)[1]["code"] == "application-not-over"
    scene.ada.post(f"/applications/{old['id']}/withdraw")
    status, draft = scene.ada.post(path)
    assert (status, draft["again_of"]) == (201, old["id"])
    assert draft["fields"] == {
        "mode": "fast-lane",
        "organisation": scene.organisation,
        "title": "Maps",
        "summary": "We teach a model to read old maps.",
        "purpose": "product-development",
        "gpu_hours": "12.5",
        "cpu_hours": "1000",
        "storage_gib": "10",
        "months": "3",
        "experience": "Two years on Snellius.",
        "personal_data": True,
    }
    assert audited()[-1] == "draft.make"
    new = scene.apply(draft=draft["id"])
    assert new["again_of"] == old["id"]


def test_who_may_apply_again(scene) -> None:
    old = scene.apply()
    scene.ada.post(f"/applications/{old['id']}/withdraw")
    path = f"/applications/{old['id']}/again"
    assert scene.op.post(path)[1]["code"] == "not-allowed"
    assert scene.newcomer("eve").post(path)[1]["code"] == "not-found"


def test_a_running_project_is_not_over_and_an_ended_one_is(scene, moving) -> None:
    made = scene.apply(mode="playground")
    path = f"/applications/{made['id']}/again"
    assert scene.ada.post(path)[1]["code"] == "application-not-over"
    Allocation.objects.update(ends_at=moving.at)  # over, before a worker has come by
    assert scene.ada.post(path)[0] == 201
    Allocation.objects.all().delete()
    assert scene.ada.post(path)[0] == 201
