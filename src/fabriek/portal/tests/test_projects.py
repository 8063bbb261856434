"""The list of projects, and one project at a glance."""

from datetime import timedelta
from typing import Any

import kit
import pytest
from django.apps import apps
from django.test import Client

from fabriek.core import clock

pytestmark = pytest.mark.django_db
EVIL = "<img src=x onerror=alert(1)>"


def page(who: Any, path: str, language: str = "en") -> Any:
    client = who if isinstance(who, Client) else kit.browser(who)
    return client.get(f"/en{path}" if language == "en" else path)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def worked(project: Any, person: Any, hours: int = 4, name: str = "train") -> None:
    """A job that ended, two hours after it was submitted, one after it started."""
    now = clock.now()
    times = {"submitted_at": now - timedelta(hours=2), "started_at": now - timedelta(hours=1)}
    kit.ended_job(project, person, str(hours), name=name, **times)


@pytest.fixture
def manager() -> Any:
    return kit.person("manager")


@pytest.fixture
def project(manager: Any) -> Any:
    return kit.project(manager)


def test_the_list_is_searched_filtered_and_ones_own(manager: Any, project: Any) -> None:
    other = kit.project(manager)
    foreign = kit.project(kit.person())
    text = text_of(page(manager, "/projects/"))
    assert project.title in text and other.title in text and foreign.title not in text
    assert "Manager" in text and "0 of 100" in text
    assert other.title not in text_of(page(manager, f"/projects/?q={project.slug}"))
    assert "Nothing fits this search" in text_of(page(manager, "/projects/?time=false"))
    assert project.title in text_of(page(manager, "/projects/?time=true&sort=title"))


def test_who_is_in_no_project_hears_how_one_begins() -> None:
    assert "You are in no project yet." in text_of(page(kit.person(), "/projects/"))
    assert "U zit nog in geen project." in text_of(page(kit.person(), "/projects/", "nl"))


def test_an_empty_project_has_three_first_steps(manager: Any, project: Any) -> None:
    text = text_of(page(manager, f"/projects/{project.slug}/"))
    assert "The first three steps" in text
    assert 'aria-current="step">Bring data<' in text
    assert f'href="/en/projects/{project.slug}/data/new/"' in text
    viewer = kit.member(project, "viewer")
    text = text_of(page(viewer, f"/projects/{project.slug}/"))
    assert "The first three steps" not in text and "data/new/" not in text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_project_at_work_in_both_languages(
    manager: Any, project: Any, language: str, django_assert_max_num_queries: Any
) -> None:
    worked(project, manager)
    viewer = kit.browser(kit.member(project, "viewer"))
    with django_assert_max_num_queries(25):
        text = text_of(page(viewer, f"/projects/{project.slug}/", language))
    english = ("4 of 100 used", "Something ran", "No room", "500 Wh", "Your role: Viewer.")
    dutch = ("4 van 100 gebruikt", "Er liep iets", "Geen plaats", "500 Wh", "Uw rol: Kijker.")
    for words in english if language == "en" else dutch:
        assert words in text, words
    assert text.count("<h1") == 1


def test_a_stranger_sees_nothing(project: Any) -> None:
    assert page(kit.person(), f"/projects/{project.slug}/").status_code == 404
    assert page(kit.person(operator=True), f"/projects/{project.slug}/").status_code == 404
    assert page(kit.person(), "/projects/not-there/").status_code == 404


def test_the_pace_and_the_end_are_told(manager: Any, project: Any, monkeypatch: Any) -> None:
    worked(project, manager, hours=80)
    later = clock.now() + timedelta(days=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    text = text_of(page(manager, f"/projects/{project.slug}/"))
    assert "At this pace the hours last until" in text
    assert f'href="/en/projects/{project.slug}/extensions/"' in text
    much_later = clock.now() + timedelta(days=60)
    monkeypatch.setattr(clock, "now", lambda: much_later)
    text = text_of(page(manager, f"/projects/{project.slug}/"))
    assert "The project has ended." in text and "20% was not used" in text


def test_names_are_only_text(manager: Any, project: Any) -> None:
    project.title = EVIL
    project.save()
    worked(project, manager, name=EVIL)
    for path in ("/projects/", f"/projects/{project.slug}/", "/home/"):
        assert "<img src=x" not in text_of(page(manager, path))


def test_a_project_without_a_budget_has_its_page(manager: Any, project: Any) -> None:
    apps.get_model("access", "Allocation").objects.all().delete()
    assert "There is no budget yet." in text_of(page(manager, f"/projects/{project.slug}/"))
    assert project.title in text_of(page(manager, "/projects/"))


def test_the_list_costs_the_same_for_many(manager: Any, django_assert_max_num_queries: Any) -> None:
    for _ in range(30):
        kit.project(manager)
    client = kit.browser(manager)
    with django_assert_max_num_queries(12):
        text = text_of(page(client, "/projects/"))
    assert 'rel="next"' in text
