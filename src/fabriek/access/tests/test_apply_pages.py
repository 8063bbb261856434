"""Comparing the ways of access, and applying in a browser."""

from html.parser import HTMLParser
from typing import Any

import kit
import pytest
from django.utils import translation

from fabriek.access import apply_form, data_files, draft_actions, wording
from fabriek.access.models import Application, Draft
from fabriek.access.tests.browsing import Browser
from fabriek.people import organisation_actions

pytestmark = pytest.mark.django_db
NEW = "/applications/new/"


def filled(scene, **fields: Any) -> dict[str, Any]:
    return {
        "organisation": scene.organisation,
        "mode": "playground",
        "title": "Reading old maps",
        "summary": "We teach a model to read.",
        "purpose": "product-development",
        "gpu_hours": "100",
        "cpu_hours": "1,000.5",
        "storage_gib": "50",
        "months": "3",
        "do": "submit",
        **fields,
    }


class Boxes(HTMLParser):
    """What a page's text boxes and menus hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.menu = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") in {"text", "hidden"}:
            self.found[given["name"]] = given.get("value") or ""
        elif tag == "select":
            self.menu = given["name"]
        elif tag == "option" and "selected" in given:
            self.found[self.menu] = given["value"] or ""


def initial(text: str) -> dict[str, str]:
    return Boxes(text).found


@pytest.mark.parametrize(("language", "word"), [("nl", "Wie mag aanvragen"), ("en", "Who may")])
def test_the_modes_side_by_side(client, language: str, word: str) -> None:
    status, text = Browser(None, language).get("/access/")
    assert status == 200 and word in text
    for mode in data_files.modes().values():
        assert mode.name in text and mode.text[language] in text and mode.cost[language] in text
        assert f"/applications/new/?mode={mode.id}" in text
    assert ("5.000" if language == "nl" else "5,000") in text
    assert "find-your-way" in text


def test_who_is_not_signed_in_comes_back_after_it() -> None:
    status, where = Browser(None).post(NEW)
    assert status == 302 and where.endswith("/login/?next=/en/applications/new/")


def test_without_an_organisation_the_page_says_so_and_leads_on(scene) -> None:
    browser = Browser(scene.newcomer("eve").person)
    status, text = browser.get(f"{NEW}?mode=playground")
    assert status == 200 and "do not belong to one here yet" in text
    assert "?next=%2Fen%2Fapplications%2Fnew%2F%3Fmode%3Dplayground" in text
    assert browser.post(NEW, **filled(scene))[0] == 200 and not Application.objects.exists()


def test_a_newcomer_fills_in_three_things(scene) -> None:
    browser = Browser(scene.ada.person)
    status, text = browser.get(NEW)
    begin = initial(text)
    assert (status, begin["organisation"], begin["mode"]) == (200, scene.organisation, "playground")
    sent = begin | {"title": "Reading old maps", "summary": "Read.", "do": "submit"}
    status, where = browser.post(NEW, **(sent | {"purpose": "product-development"}))
    assert (status, where) == (302, "/en/projects/reading-old-maps/")
    row = Application.objects.get()
    assert (row.state, row.gpu_hours, row.cpu_hours, row.months) == ("granted", 100, 1000, 3)
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("language", "typed"), [("en", "1,000.5"), ("nl", "1.000,5")])
def test_amounts_in_either_notation(scene, language: str, typed: str) -> None:
    browser = Browser(scene.ada.person, language)
    assert browser.post(NEW, **filled(scene, cpu_hours=typed))[0] == 302
    assert float(Application.objects.get().cpu_hours) == 1000.5


def test_the_address_and_the_profile_fill_the_form(scene) -> None:
    organisation_actions.describe_organisation(
        scene.ada.person,
        scene.organisation,
        about="We read <maps>.",
        website="",
        sector="",
        experience="Two years on Snellius.",
    )
    text = Browser(scene.ada.person).get(f"{NEW}?mode=fast-lane&gpu_hours=2000")[1]
    found = initial(text)
    assert (found["mode"], found["gpu_hours"]) == ("fast-lane", "2,000")
    assert "Two years on Snellius." in text and "From its profile: We read &lt;maps&gt;." in text
    found = initial(Browser(scene.ada.person).get(f"{NEW}?mode=large-scale")[1])
    assert found["gpu_hours"] == ""  # a hundred hours is below where it starts
    for odd in ("mode=lottery", "gpu_hours=x", "organisation=nowhere", "gpu_hours=99999999"):
        assert Browser(scene.ada.person).get(f"{NEW}?{odd}")[0] == 200


@pytest.mark.parametrize(("language", "sentence"), [("nl", "te veel voor"), ("en", "too many for")])
def test_what_stands_in_the_way_is_told_at_the_fields(scene, language, sentence) -> None:
    browser = Browser(scene.ada.person, language)
    status, text = browser.post(NEW, **filled(scene, gpu_hours="9000", months="7"))
    assert status == 422 and text.count(sentence) >= 2  # in the summary, and at the field
    assert 'id="id_gpu_hours_error"' in text and 'id="id_months_error"' in text
    assert 'href="#id_gpu_hours"' in text
    assert not Application.objects.exists()


def test_a_form_with_errors_still_says_what_the_mode_allows(scene) -> None:
    status, text = Browser(scene.ada.person).post(NEW, **filled(scene, title=""))
    assert status == 422 and "Playground: at most 5,000." in text
    assert text.count("Applications</") == 2  # in the header and on the way here, not twice there


def test_who_asked_to_join_reads_that_the_answer_is_awaited(scene) -> None:
    waiting = kit.person()
    organisation_actions.ask_to_join(waiting, scene.organisation)
    assert "You asked to join" in Browser(waiting).get(NEW)[1]


def test_what_is_missing_or_no_number(scene) -> None:
    browser = Browser(scene.ada.person)
    sent = filled(scene, title="", purpose="", gpu_hours="many", months="")
    status, text = browser.post(NEW, **sent)
    assert status == 422
    for name in ("title", "purpose", "gpu_hours", "months"):
        assert f'id="id_{name}_error"' in text, name
    assert "This is no number. Type it like this: 1,234.5." in text and 'value="many"' in text
    assert "You ask for no hours" not in text  # what cannot be read is no zero
    assert browser.post(NEW, **filled(scene, title="../etc"))[0] == 422
    assert browser.post(NEW, **filled(scene, mode="lottery", organisation="x"))[0] == 422
    assert not Application.objects.exists()


def test_check_says_when_it_would_be_decided_and_sends_nothing(scene) -> None:
    browser = Browser(scene.ada.person)
    status, text = browser.post(NEW, **filled(scene, do="check"))
    assert status == 200 and "your project is there at once" in text
    fast = filled(scene, do="check", mode="fast-lane", experience="Yes.")
    status, text = browser.post(NEW, **fast)
    assert status == 200 and "it is decided by" in text and "27" in text
    status, text = browser.post(NEW, **filled(scene, do="check", mode="fast-lane"))
    assert status == 422 and "you describe none" in text
    assert not Application.objects.exists() and not Draft.objects.exists()


def test_saving_for_later_and_going_on(scene) -> None:
    browser = Browser(scene.ada.person)
    sent = filled(scene, do="save", title="<b>Maps</b>", cpu_hours="1,000.5", gpu_hours="lots")
    status, where = browser.post(NEW, **sent)
    row = Draft.objects.get()
    assert (status, where) == (302, f"/en/applications/draft/{row.pk}/")
    assert (row.fields["cpu_hours"], row.fields["gpu_hours"]) == ("1000.5", "lots")
    dutch = Browser(scene.ada.person, "nl").get(f"/applications/draft/{row.pk}/")[1]
    found = initial(dutch)
    assert (found["cpu_hours"], found["gpu_hours"], found["draft"]) == (
        "1.000,5",
        "lots",
        str(row.pk),
    )
    assert "&lt;b&gt;Maps" in dutch and "<b>Maps" not in dutch
    listed = browser.get("/applications/")[1]
    assert "&lt;b&gt;Maps" in listed and "Not sent yet" in listed
    assert f"/draft/{row.pk}/" in browser.get(NEW)[1]
    last = filled(scene, title="Maps", draft=row.pk, mode="fast-lane", experience="Some.")
    assert browser.post(f"/applications/draft/{row.pk}/", **last)[0] == 302
    assert not Draft.objects.exists() and Application.objects.get().title == "Maps"
    status, text = browser.post(NEW, **last)  # sent twice
    assert status == 422 and "This draft is no longer there" in text
    assert Application.objects.count() == 1


def test_too_many_drafts_is_told_on_the_form(scene, monkeypatch) -> None:
    for _ in range(data_files.requests().drafts_most):
        draft_actions.save_draft(scene.ada.person, None, {})
    browser = Browser(scene.ada.person)
    status, text = browser.post(NEW, **filled(scene, do="save"))
    assert status == 422 and "that you have not sent yet" in text
    status, text = browser.post("/applications/live/", **filled(scene))
    assert status == 200 and "Not saved." in text and "that you have not sent yet" in text


def test_while_typing(scene) -> None:
    browser = Browser(scene.ada.person)
    sent = filled(scene, title="", gpu_hours="9000", draft="")
    status, text = browser.post("/applications/live/", **sent)
    row = Draft.objects.get()
    assert status == 200 and "Saved at 10:00." in text and "One thing stands in the way" in text
    assert f'id="id_draft" value="{row.pk}" hx-swap-oob="true"' in text
    note = text.partition('id="id_gpu_hours_helptext"')[2].partition("</div>")[0]
    assert "Playground: at most 5,000." in note and "too many for Playground" in note
    status, text = browser.post("/applications/live/", **(sent | {"draft": row.pk, "months": "x"}))
    assert "One thing" in text and Draft.objects.count() == 1
    more = sent | {"draft": row.pk, "mode": "large-scale", "gpu_hours": "60000", "months": "6"}
    text = browser.post("/applications/live/", **more)[1]
    assert "Large Scale: more than 50,000, at most 1,000,000." in text
    assert "Large Scale: 3, 6 or 12 months." in text and "Large Scale asks for it." in text
    text = browser.post("/applications/live/", **filled(scene, title="", draft=row.pk))[1]
    assert "Still to fill in: Title." in text
    text = browser.post("/applications/live/", **filled(scene, draft=row.pk))[1]
    assert "your project is there at once" in text
    assert Browser(scene.rita.person).post("/applications/live/", draft=row.pk)[0] == 200
    assert Draft.objects.get().fields["title"] == "Reading old maps"
    assert not Application.objects.exists()


def test_drafts_are_ones_own(scene) -> None:
    row = draft_actions.save_draft(scene.ada.person, None, {"title": "Mine"})
    for who in (scene.rita, scene.op):
        browser = Browser(who.person)
        status, text = browser.get(f"/applications/draft/{row.pk}/")
        assert status == 404 and "Mine" not in text
        assert browser.post(f"/applications/draft/{row.pk}/discard/")[0] == 404
    browser = Browser(scene.ada.person)
    assert browser.get(f"/applications/draft/{row.pk}/discard/")[0] == 405
    assert browser.post(f"/applications/draft/{row.pk}/discard/")[0] == 302
    assert not Draft.objects.exists()


def test_the_words_of_modes_in_both_languages() -> None:
    modes = data_files.modes()
    for language, expected in (
        ("nl", "binnen 10 werkdagen, geteld vanaf dag 1 en 15 van de maand"),
        ("en", "within 10 working days, counted from day 1 and 15 of the month"),
    ):
        with translation.override(language):
            assert wording.decision_text(modes["large-scale"]) == expected
    with translation.override("en"):
        assert wording.months_text([6]) == "6 months" and wording.months_text([1]) == "1 month"
        assert wording.limits_text(modes["playground"].storage_gib) == "1 to 2,048"
        assert wording.mode_name("gone") == wording.purpose_name("gone") == "gone"
        assert wording.reviews_text(modes["playground"]) == "none"


def test_no_purpose_is_offered_that_would_be_refused() -> None:
    assert "social-scoring" not in dict(wording.purpose_choices())
    assert "defence" not in dict(wording.purpose_choices())
    assert set(apply_form.START) == set(wording.FIELDS)
