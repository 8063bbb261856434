"""The models' pages: who sees them, what they say, and that nobody's text becomes markup."""

from typing import Any

import pytest

from fabriek.registry import queries
from fabriek.registry.models import CardText

PAGES = ("", "forecast/", "forecast/2/", "forecast/2/card.md")
EVIL = "<script>alert(1)</script>\n<b>bold</b> [link](javascript:alert(2))"


@pytest.fixture
def full(shelf: Any) -> Any:
    shelf.add("forecast", 1, job=7)
    shelf.add("forecast", 2, job=9)
    shelf.add("other", 1, job=11)
    return shelf


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("rest", PAGES)
def test_members_read_and_nobody_else_knows_that_it_is_there(
    full: Any, rest: str, language: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(25):
        text_of(full.page(full.viewer, rest, language))
    text_of(full.page(full.stranger, rest, language), 404)


def test_what_is_not_there_is_not_found(full: Any) -> None:
    for rest in ("none/", "forecast/3/", "forecast/99999999999999999999/", "forecast/3/card.md"):
        text_of(full.page(full.manager, rest), 404)


def test_an_empty_project_is_told_where_models_come_from(shelf: Any) -> None:
    text = text_of(shelf.page(shelf.manager))
    assert "There are no models yet." in text and "jobs/new/" in text
    assert "jobs/new/" not in text_of(shelf.page(shelf.viewer))
    assert "Er zijn nog geen modellen." in text_of(shelf.page(shelf.manager, language="nl"))


def test_the_list_is_searched_and_shows_the_newest_version(full: Any) -> None:
    text = text_of(full.page(full.manager, "?q=fore"))
    assert "forecast@2" in text and "other@1" not in text
    assert "r2 0.59" in text
    assert "r2 0,59" in text_of(full.page(full.manager, language="nl"))


def test_figures_are_plotted_over_the_versions_with_a_table(full: Any) -> None:
    text = text_of(full.page(full.manager, "forecast/"))
    assert text.count("<svg") >= 2 and "From version to version" in text
    assert "Show the figures" in text
    assert "From version to version" not in text_of(full.page(full.manager, "other/"))


def test_many_figures_have_a_few_plots(shelf: Any) -> None:
    for number in (1, 2):
        metrics = {f"m{n}": n * number for n in range(40)} | {"huge": 1e300, "yes": True}
        shelf.add("forecast", number, job=number, metrics=metrics)
    text = text_of(shelf.page(shelf.manager, "forecast/"))
    assert text.count("<figure") == 6
    assert "1E+300" in text_of(shelf.page(shelf.manager, "forecast/1/"))


def test_a_version_shows_its_lineage_with_links(full: Any) -> None:
    text = text_of(full.page(full.manager, "forecast/2/"))
    slug = full.project.slug
    assert f'href="/en/projects/{slug}/data/readings/1/"' in text
    assert 'href="/en/jobs/9/"' in text
    assert "0.01 Wh, estimated" in text or "5.56 mWh, estimated" in text
    assert "Development of a product or service" in text


def test_a_viewer_is_not_offered_and_not_given_the_form(full: Any) -> None:
    text_of(full.page(full.viewer, "forecast/2/card/"), 403)
    assert "Complete the card" not in text_of(full.page(full.viewer, "forecast/2/"))
    text_of(full.page(full.stranger, "forecast/2/card/"), 404)
    assert full.send(full.viewer, "forecast/2/card/", summary="x").status_code == 403
    assert not CardText.objects.exists()


def test_a_card_is_completed_and_only_what_changed_is_kept(full: Any) -> None:
    assert "still to be filled in" in text_of(full.page(full.manager, "forecast/2/"))
    answer = full.send(full.manager, "forecast/2/card/", summary="It forecasts.\r\nWell.")
    assert answer.status_code == 302
    assert "It forecasts.<br>Well." in text_of(full.page(full.manager, "forecast/2/"))
    full.send(full.manager, "forecast/2/card/", summary="It forecasts.\r\nWell.", contact="me")
    assert [row.field for row in CardText.objects.all()] == ["summary"]
    full.send(full.manager, "forecast/2/card/", summary="")
    version = queries.version_for(full.manager, full.project.slug, "forecast", 2)
    assert "summary" in queries.card(version, "en").missing


def test_a_text_that_is_too_long_stays_on_the_form(full: Any) -> None:
    answer = full.send(full.manager, "forecast/2/card/", summary="x" * 20_001)
    assert 'role="alert"' in text_of(answer, 422)


def test_texts_of_people_are_only_text(full: Any) -> None:
    full.send(full.manager, "forecast/2/card/", summary=EVIL, limitations=EVIL)
    full.add(
        "evil",
        1,
        job_name=EVIL,
        command=[EVIL],
        metrics={EVIL: 1},
        parameters={EVIL: EVIL},
        person={"id": 1, "name": EVIL},
        inputs=[],
    )
    for rest in ("forecast/2/", "forecast/2/card/", "evil/1/", "evil/", ""):
        text = text_of(full.page(full.manager, rest))
        assert "<script>alert" not in text and "<b>bold" not in text
        assert 'href="javascript' not in text


def test_the_card_comes_as_a_file_in_the_pages_language(full: Any) -> None:
    answer = full.page(full.viewer, "forecast/2/card.md", "nl")
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="forecast-2-card.md"'
    assert "# Modelkaart: forecast@2" in text_of(answer)
