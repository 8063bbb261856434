"""With JavaScript off everything works but uploads and live refresh."""

from collections.abc import Callable, Iterator
from typing import Any

import atlas
import pytest
from playwright.sync_api import Page


@pytest.fixture
def plain(visit: Any, showcase: Any) -> Iterator[Callable[..., Page]]:
    def go(role: str, name: str, language: str = "en", **more: Any) -> Page:
        path = atlas.address(name, {**showcase.ids, **more}, language)
        return visit(role, path, java_script_enabled=False).page

    yield go


def send(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def test_an_application_is_checked_and_kept(plain: Any) -> None:
    page = plain("manager", "draft")
    page.get_by_label("GPU-hours").fill("9000")
    send(page, "Check")
    found = page.get_by_role("main").inner_text()
    assert "9,000 GPU-hours is too many for Playground: at most 5,000." in found
    page.get_by_label("GPU-hours").fill("50")
    page.get_by_label("What do you want to do?").fill("Hear when a cow is ill.")
    send(page, "Save for later")
    assert page.get_by_label("What do you want to do?").input_value() == "Hear when a cow is ill."


def test_a_job_is_started_seen_and_cancelled(plain: Any) -> None:
    page = plain("member", "job_new")
    page.goto(page.url + "?template=learn-from-table&data=melkmetingen@1&file=melk.csv")
    page.get_by_label("Column to predict").select_option("mastitis")
    send(page, "Start the job")
    assert "Place in line" in page.get_by_role("main").inner_text()
    page.get_by_role("link", name="Refresh").click()
    page.get_by_text("Cancel this job").click()
    send(page, "Yes, cancel it")
    assert "cancelled" in page.get_by_role("main").inner_text().lower()


def test_a_log_is_read(plain: Any, showcase: Any) -> None:
    page = plain("viewer", "job", job_id=showcase.ids["failed_job"])
    text = page.get_by_role("main").inner_text()
    assert "klaar" in text and "3" in text


def test_a_list_is_searched_and_sorted(plain: Any) -> None:
    page = plain("manager", "jobs")
    page.get_by_label("Search").fill("Opschonen")
    send(page, "Show")
    assert "q=Opschonen" in page.url
    rows = page.get_by_role("main").locator("tbody tr")
    assert rows.count() == 1
    page.get_by_role("link", name="Show all").click()
    assert rows.count() > 1
    page.get_by_role("main").locator("thead a").first.click()
    assert "sort=" in page.url


def test_an_upload_says_that_it_needs_scripts_and_how_to_do_without(plain: Any) -> None:
    page = plain("manager", "dataset_new")
    assert "fabriek data push" in page.get_by_role("main").inner_text()


def test_a_card_is_completed(plain: Any) -> None:
    page = plain("manager", "card_edit")
    page.get_by_role("main").locator("textarea").first.fill("Recognises ill cows.")
    page.get_by_role("main").locator("button[type=submit]").first.click()
    assert "Recognises ill cows." in page.get_by_role("main").inner_text()
