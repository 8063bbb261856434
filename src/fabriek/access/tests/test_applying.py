"""Applying: what is granted at once, what goes to review, what is refused and how."""

from datetime import datetime

import kit
import pytest

from fabriek.access import actions, checking, granting, queries
from fabriek.access.models import Allocation, Application, Project
from fabriek.core.problems import Problem
from fabriek.governance import queries as governance
from fabriek.ledger import queries as ledger

pytestmark = pytest.mark.django_db


def test_modes_are_public_in_both_languages(client) -> None:
    dutch = client.get("/api/v1/modes").json()
    english = client.get("/api/v1/modes", headers={"Accept-Language": "en"}).json()
    assert [mode["id"] for mode in dutch] == [
        "playground",
        "fast-lane",
        "large-scale",
        "science",
        "education",
    ]
    assert dutch[0]["text"] != english[0]["text"]
    assert dutch[0]["grant"] == "at-once" and dutch[0]["gpu_hours"]["most"] == 5000
    assert dutch[2]["gpu_hours"] == {"least": 0, "over": 50000, "most": 1000000}
    assert dutch[2]["decision"] == {"working_days": 10, "cutoff_days": [1, 15]}


def test_an_eligible_playground_is_granted_at_once(scene, mails, audited, moving) -> None:
    made = scene.apply(mode="playground", gpu_hours=0.5, cpu_hours=100.123456, storage_gib=2)
    assert (made["state"], made["project"]) == ("granted", "reading-old-maps")
    status, project = scene.ada.get("/projects/reading-old-maps")
    assert status == 200
    assert (project["role"], project["members"]) == ("manager", 1)
    assert project["purpose"] == "product-development"
    allocation = project["allocation"]
    assert allocation["gpu_hours"] == {"granted": 0.5, "held": 0, "settled": 0, "left": 0.5}
    assert allocation["cpu_hours"]["left"] == 100.123456
    assert allocation["storage_gib"]["granted"] == 2
    assert allocation["starts_at"] == "2026-11-23T09:00:00Z"
    assert allocation["ends_at"] == project["ends_at"] == "2027-02-23T09:00:00Z"
    assert queries.is_running(project["id"])
    accounts = queries.accounts(project["id"])
    assert ledger.balances([accounts.cpu_hour])[accounts.cpu_hour].unit == "cpu-hour"
    assert governance.cleared_purposes("project", project["id"]) == {"product-development"}
    assert "toegekend" in mails(scene.ada)[-1].body
    assert audited()[-3:] == ["application.submit", "purpose.clear", "application.grant"]
    row = Application.objects.get(pk=made["id"])
    assert row.decided_by_id is None and "Playground" in row.decision_reason


def test_others_go_to_review(scene, mails) -> None:
    made = scene.apply()
    assert (made["state"], made["project"]) == ("reviewing", None)
    assert made["decision_by"] == "2026-11-27T16:00:00Z" and made["working_days_left"] == 4
    assert not Project.objects.exists()
    assert "27 november 2026 17:00" in mails(scene.ada)[-1].body
    assert scene.ada.get(f"/applications/{made['id']}")[1] == made


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"mode": "lottery"}, {"mode-unknown"}),
        ({"organisation": "nowhere"}, {"organisation-not-yours"}),
        ({"organisation": "a\x00b"}, {"organisation-not-yours"}),
        ({"purpose": "social-scoring"}, {"purpose-prohibited"}),
        ({"purpose": "defence"}, {"purpose-not-civilian"}),
        ({"purpose": ""}, {"purpose-unknown"}),
        ({"experience": ""}, {"experience-missing"}),
        ({"gpu_hours": 50001, "months": 7}, {"gpu-hours-too-many", "months-not-allowed"}),
        ({"gpu_hours": 0, "cpu_hours": 0, "storage_gib": 0}, {"nothing-asked", "storage-too-few"}),
        ({"mode": "large-scale"}, {"gpu-hours-too-few"}),
        ({"mode": "education"}, {"kind-not-eligible"}),
        ({"cpu_hours": 1e9, "storage_gib": 1e9}, {"cpu-hours-too-many", "storage-too-many"}),
    ],
)
def test_every_finding_at_once_with_a_way_out(scene, fields, expected) -> None:
    status, refused = scene.ada.post("/applications", scene.form(**fields))
    assert (status, refused["code"]) == (422, "application-not-possible")
    problems = refused["facts"]["problems"]
    assert {problem["code"] for problem in problems} == expected
    assert all(problem["sentence"] and problem["way_out"] for problem in problems)
    checked = scene.ada.post("/applications/check", scene.form(**fields))[1]
    assert checked == {"ok": False, "problems": problems, "decision_by": None}
    assert not Application.objects.exists()


def test_findings_are_in_the_callers_language(scene) -> None:
    form = scene.form(months=7)
    english = scene.ada.post("/applications", form)[1]
    scene.ada.language = "nl"
    dutch = scene.ada.post("/applications", form)[1]
    assert "months is not possible" in english["facts"]["problems"][0]["sentence"]
    assert "maanden kan niet" in dutch["facts"]["problems"][0]["sentence"]
    assert "1, 2, 3 maanden" in dutch["facts"]["problems"][0]["way_out"]
    assert "Pas de aanvraag aan" in dutch["way_out"]


def test_who_may_apply(scene) -> None:
    check = {"mode": "playground", "gpu_hours": 1, "storage_gib": 1, "months": 1}
    for kind, country, expected in [
        ("research", "GB", set()),
        ("defence", "NL", {"defence-not-eligible"}),
        ("sme", "US", {"country-not-eligible"}),
    ]:
        slug = scene.make(scene.ada, kind, country)
        found = scene.ada.post("/applications/check", check | {"organisation": slug})[1]
        assert {problem["code"] for problem in found["problems"]} == expected
        assert found["ok"] == (not expected)
    stranger = scene.newcomer("eve")
    found = stranger.post("/applications/check", check | {"organisation": scene.organisation})[1]
    assert [problem["code"] for problem in found["problems"]] == ["organisation-not-yours"]


def test_check_says_when_a_decision_would_come(scene) -> None:
    body = {"mode": "fast-lane", "organisation": scene.organisation, "months": 1}
    found = scene.ada.post("/applications/check", body | {"gpu_hours": 1, "storage_gib": 1})[1]
    assert found == {"ok": True, "problems": [], "decision_by": "2026-11-27T16:00:00Z"}
    assert not Application.objects.exists()


@pytest.mark.parametrize("field", ["gpu_hours", "cpu_hours", "storage_gib", "months"])
@pytest.mark.parametrize(
    "value", [-1, float("nan"), float("inf"), 1e308, "12", "x", None, True, [1], 10**400]
)
def test_numbers_that_are_none(scene, field: str, value) -> None:
    for path in ("/applications", "/applications/check"):
        status, refused = scene.ada.post(path, scene.form(**{field: value}))
        assert (status, refused["code"]) == (422, "invalid-input"), refused
        assert field in refused["facts"]["where"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "../etc"}, "invalid-name"),
        ({"title": "a\u202eb"}, "invalid-name"),
        ({"title": "x" * 300}, "invalid-name"),
        ({"title": "x" * 2000}, "invalid-input"),
        ({"title": ""}, "invalid-name"),
        ({"summary": " "}, "invalid-input"),
        ({"summary": "a\x00b"}, "invalid-input"),
        ({"data_sources": "\u2066"}, "invalid-input"),
        ({"experience": "y" * 10_001}, "invalid-input"),
        ({"personal_data": "perhaps"}, "invalid-input"),
    ],
)
def test_words_that_cannot_be(scene, fields, code: str) -> None:
    status, refused = scene.ada.post("/applications", scene.form(**fields))
    assert (status, refused["code"]) == (422, code)
    assert not Application.objects.exists()


def test_slugs_are_made_from_titles_and_unique(scene, monkeypatch) -> None:
    slugs = []
    for number in range(3):
        slug = scene.make(scene.ada, ["sme", "research", "education"][number])
        slugs.append(scene.project(organisation=slug, title="Café 🚀"))
    assert slugs == ["cafe", "cafe-2", "cafe-3"]
    # Another grant takes the next one between our look and our write.
    real = Project.objects.create
    taken = []

    def late(**fields):
        if fields["slug"] == "cafe-4" and not taken:
            taken.append(1)
            fields["slug"] = "cafe"
        return real(**fields)

    monkeypatch.setattr(Project.objects, "create", late)
    slug = scene.make(scene.ada, "public-body")
    assert scene.project(organisation=slug, title="Café") == "cafe-5" and taken


def test_one_playground_for_each_organisation(scene, moving, monkeypatch) -> None:
    scene.project()
    status, refused = scene.ada.post("/applications", scene.form(mode="playground"))
    assert [p["code"] for p in refused["facts"]["problems"]] == ["playground-taken"]
    # Two at the same moment: the database lets one of them win.
    monkeypatch.setattr(checking, "_place_taken", lambda *_: False)
    status, refused = scene.ada.post("/applications", scene.form(mode="playground"))
    assert status == 422
    assert [p["code"] for p in refused["facts"]["problems"]] == ["playground-taken"]
    assert Application.objects.count() == Allocation.objects.count() == 1
    monkeypatch.undo()


def test_the_place_is_free_again_after_the_end(scene, moving) -> None:
    scene.project(months=1)
    moving.on(days=31)
    again = scene.form(mode="playground")
    assert scene.ada.post("/applications", again)[0] == 401  # her token has ended meanwhile
    ada = kit.api(scene.ada.person)
    assert ada.post("/applications", again)[0] == 422
    granting.end(Allocation.objects.get())
    assert ada.post("/applications", again)[1]["project"] == "reading-old-maps-2"


def test_nothing_is_left_of_a_grant_that_fails_half_way(scene, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise Problem("busy")

    monkeypatch.setattr(granting.governance, "clear", broken)
    assert scene.ada.post("/applications", scene.form(mode="playground"))[1]["code"] == "busy"
    assert not Application.objects.exists() and not Project.objects.exists()
    assert not Allocation.objects.exists()


def test_withdrawing(scene, mails, audited) -> None:
    made = scene.apply()
    path = f"/applications/{made['id']}/withdraw"
    assert scene.newcomer("eve").post(path)[0] == 404
    assert scene.op.post(path)[1]["code"] == "not-allowed"
    status, gone = scene.ada.post(path)
    assert (status, gone["state"], gone["working_days_left"]) == (200, "withdrawn", 0)
    status, refused = scene.ada.post(path)
    assert (status, refused["code"]) == (409, "illegal-move")
    assert refused["facts"]["state"] == "withdrawn"
    assert audited()[-1] == "application.withdraw"
    assert "niet meer te beoordelen" in mails(scene.rita)[-1].body
    assert scene.rita.get("/reviews")[1]["items"][0]["state"] == "closed"


def test_one_may_not_apply_for_an_organisation_one_has_left(scene) -> None:
    bob = scene.newcomer("bob")
    scene.join(bob, scene.organisation)
    body = scene.form()
    assert bob.post("/applications/check", body)[1]["ok"]
    path = f"/organisations/{scene.organisation}/members/{bob.person.pk}"
    scene.ada.post(path, {"state": "ended"})
    assert not bob.post("/applications/check", body)[1]["ok"]
    assert bob.post("/applications", body)[1]["code"] == "application-not-possible"


def test_the_action_refuses_without_a_door_too(scene) -> None:
    asked = checking.Asked("fast-lane", scene.organisation, *[kit.Decimal(1)] * 3, 1)
    with pytest.raises(Problem) as caught:
        actions.apply(
            scene.ada.person,
            checking.Asked(**{**asked.__dict__, "months": 8}),
            actions.Story(title="x", summary="x"),
        )
    assert caught.value.code == "application-not-possible"
    assert isinstance(checking.examine(scene.ada.person, asked).decision_by(), datetime)
