"""A newcomer, from the front door to a trained model, with nothing but what the pages say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import live
import pytest
import showroom
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

ANSWERS = ("Start-up", "In the Netherlands", "Try things out", "No", "I do not know yet")
# Words that stand in data files, not among the words of the pages.
OF_THE_TEMPLATE = {"en": "Column to predict", "nl": "Kolom om te voorspellen"}
UNSEEN = {"en": "rows the model never saw", "nl": "rijen die het model nooit zag"}


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Factory]:
    """One without other people's jobs, so that the newcomer's starts at once."""
    yield from live.running(tmp_path_factory.mktemp("newcomer") / "state")


def mailed_code(factory: live.Factory, seen: int) -> str:
    """The code of the next mail after those that were seen."""

    def codes() -> list[str]:
        return live.CODE.findall(factory.log.read_text())[seen:]

    return str(live.until(codes, what="the mailed code")[0])


def button(page: Page, name: str) -> Any:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Any:
    return page.get_by_role("main").get_by_role("link", name=name, exact=True)


@pytest.mark.parametrize("language", ["en", pytest.param("nl", marks=pytest.mark.slow)])
def test_from_the_front_door_to_a_model(
    chromium: Any, factory: live.Factory, tmp_path: Path, language: str
) -> None:
    table = tmp_path / "melk.csv"
    table.write_bytes(showroom.table())
    context = chromium.new_context(base_url=factory.address)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    with translation.override(language):
        page.goto(reverse("front"))
        _find_the_way(page)
        _sign_up(page, factory, language)
        _apply(page, language)
        _bring(page, table)
        _train(page, language)
    assert not faults
    context.close()


def _find_the_way(page: Page) -> None:
    link(page, _("Find your way in")).click()
    for answer in ANSWERS:
        page.get_by_label(_(answer), exact=True).check()
        button(page, _("Go on")).click()
    page.get_by_role("main").get_by_role("link", name="Playground").first.click()


def _sign_up(page: Page, factory: live.Factory, language: str) -> None:
    page.get_by_label(_("Your name")).fill("Robin de Vries")
    page.get_by_label(_("E-mail address")).fill(f"robin-{language}@example.org")
    page.get_by_label(_("Password"), exact=True).fill("vier losse woorden samen")
    seen = len(live.CODE.findall(factory.log.read_text()))
    button(page, _("Make an account")).click()
    page.get_by_label(_("Code from the mail")).fill(mailed_code(factory, seen))
    button(page, _("Confirm")).click()
    link(page, _("Make an organisation")).click()
    page.get_by_label(_("Name of the organisation")).fill(f"Robin Data {language}")
    page.get_by_role("main").locator("button[type=submit]").click()


def _apply(page: Page, language: str) -> None:
    page.get_by_label(_("Title"), exact=True).fill("Milk and mastitis")
    page.get_by_label(_("What do you want to do?")).fill("Recognise ill cows from measurements.")
    page.get_by_label(_("What is it for?"), exact=True).select_option("industrial-processes")
    button(page, _("Send the application")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Milk and mastitis")


def _bring(page: Page, table: Path) -> None:
    link(page, _("Bring data in")).first.click()
    page.locator("input[type=file]").first.set_input_files(table)
    button(page, _("Upload")).click()
    link(page, _("Train a model on this")).first.click()


def _train(page: Page, language: str) -> None:
    page.get_by_label(OF_THE_TEMPLATE[language]).select_option("mastitis")
    button(page, _("Start the job")).click()
    # The end and the figures come by themselves, without a reload.
    expect(page.get_by_role("main")).to_contain_text(UNSEEN[language], timeout=60_000)
    expect(page.get_by_role("main")).to_contain_text("auc", timeout=20_000)
    link(page, "first-model@1").first.click()
    expect(page.get_by_role("main")).to_contain_text("melk@1")
