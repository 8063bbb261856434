"""The report as a page and as files."""

import json
from datetime import timedelta
from typing import Any

import kit
import pytest
from django.apps import apps
from django.test import Client

from fabriek.core import clock

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def manager() -> Any:
    return kit.person("manager")


@pytest.fixture
def project(manager: Any) -> Any:
    return kit.project(manager)


def page(who: Any, project: Any, rest: str = "", language: str = "en") -> Any:
    client = who if isinstance(who, Client) else kit.browser(who)
    prefix = "/en" if language == "en" else ""
    return client.get(f"{prefix}/projects/{project.slug}/report/{rest}")


def ran(project: Any, manager: Any, count: int = 3, **fields: Any) -> None:
    """Ended jobs, as the factory leaves them."""
    for number in range(count):
        kit.ended_job(project, manager, **({"name": f"job {number}"} | fields))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_members_read_it_in_both_languages_and_strangers_do_not(
    project: Any, manager: Any, language: str, django_assert_max_num_queries: Any
) -> None:
    ran(project, manager)
    viewer = kit.browser(kit.member(project, "viewer"))
    with django_assert_max_num_queries(25):
        answer = page(viewer, project, language=language)
    assert answer.status_code == 200
    text = answer.content.decode()
    for words in ("7.5 of 100 used", "1.5 kWh") if language == "en" else ("7,5 van 100", "1,5 kWh"):
        assert words in text, words
    for rest in ("", "report.md", "report.json"):
        assert page(kit.person(), project, rest, language).status_code == 404


def test_an_empty_project_has_its_report(project: Any, manager: Any) -> None:
    text = page(manager, project).content.decode()
    assert "No job has run yet." in text and "There are no models yet." in text


def test_the_pace_is_told(project: Any, manager: Any, monkeypatch: Any) -> None:
    ran(project, manager, count=20)
    later = clock.now() + timedelta(days=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    text = page(manager, project).content.decode()
    assert "At this pace the hours last until" in text
    assert "The pace is the mean of the last" in text
    facts = json.loads(page(manager, project, "report.json").content)
    assert facts["budgets"][1]["outlook"]["kind"] == "runs-out"
    markdown = page(manager, project, "report.md").content.decode()
    assert "- CPU-hours: at this pace the hours last until 20" in markdown


def test_the_files_are_attachments(project: Any, manager: Any) -> None:
    markdown = page(manager, project, "report.md", "nl")
    assert markdown.headers["Content-Disposition"].startswith("attachment;")
    assert "# Verslag van project" in markdown.content.decode()
    facts = page(manager, project, "report.json")
    assert facts.headers["Content-Type"] == "application/json"
    assert json.loads(facts.content)["project"]["slug"] == project.slug


def test_titles_and_names_are_only_text(project: Any, manager: Any) -> None:
    project.title = EVIL
    project.save()
    ran(project, manager, count=1, name=EVIL)
    assert EVIL not in page(manager, project).content.decode()


def test_many_models_cost_no_more_questions(
    project: Any, manager: Any, django_assert_max_num_queries: Any
) -> None:
    from fabriek.registry.tests.conftest import facts

    model = apps.get_model("registry", "Model").objects.create(
        project_id=project.pk, name="m", made_at=clock.now()
    )
    data = apps.get_model("data", "Dataset").objects.create(
        project_id=project.pk, slug="m", kind="model", created_by=manager, created_at=clock.now()
    )
    for number in range(1, 31):
        files = data.versions.create(
            number=number,
            digest="ab" * 32,
            size_bytes=1,
            stored_bytes=1,
            file_count=1,
            created_by=manager,
            created_at=clock.now(),
        )
        model.versions.create(
            number=number, files=files, facts=facts(), made_by=manager, made_at=clock.now()
        )
    reader = kit.browser(manager)
    with django_assert_max_num_queries(25):
        assert "m@30" in page(reader, project).content.decode()
