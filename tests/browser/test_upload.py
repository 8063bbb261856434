"""Bringing data in with a real browser: by the book, broken off and taken up again, and refused."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

MIB = 1024 * 1024
PIECES = re.compile(r"/uploads/\d+/chunks/\d+/$")
TABLE = "length,width,kind\n" + "".join(f"{n}.5,{n % 7},{'ab'[n % 2]}\n" for n in range(200))


@pytest.fixture
def data(showcase: Any) -> str:
    return f"/en/projects/{showcase.ids['slug']}/data/"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Five pieces, all different."""
    path = tmp_path / "Large file (1).bin"
    path.write_bytes(b"".join(bytes([n]) * MIB for n in range(4)) + b"tail")
    return path


def expect_line(page: Page, text: str) -> None:
    expect(page.locator("[data-part=line]")).to_contain_text(text, timeout=60_000)


def choose(page: Page, *paths: Path, piece_bytes: int = MIB) -> None:
    """Pieces are smaller than what people send, so that a test need not move many megabytes."""
    page.eval_on_selector("[data-upload]", f"box => {{ box.dataset.pieceBytes = {piece_bytes} }}")
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Choose files").click()
    asked.value.set_files(list(paths))


def upload(page: Page) -> None:
    page.get_by_role("button", name="Upload", exact=True).click()


def held_after(page: Page, pieces: int) -> list[str]:
    """Let so many pieces through and hold the others; the addresses of all that were sent."""
    sent: list[str] = []

    def pass_or_hold(route: Any) -> None:
        sent.append(route.request.url)
        if len(sent) <= pieces:
            route.continue_()

    page.route(PIECES, pass_or_hold)
    return sent


def counted(page: Page) -> list[str]:
    sent: list[str] = []
    page.on("request", lambda request: PIECES.search(request.url) and sent.append(request.url))
    return sent


def test_a_newcomer_brings_a_table_in_and_looks_at_it(
    visit: Any, data: str, tmp_path: Path
) -> None:
    table = tmp_path / "Métingen 2024.csv"
    table.write_text(TABLE)
    visited = visit("manager", f"{data}new/")
    page = visited.page
    choose(page, table)
    expect(page.get_by_text("Chosen: Métingen 2024.csv, 1.9 kB.")).to_be_visible()
    expect(page.get_by_label("Name of the dataset")).to_have_value("metingen-2024")
    upload(page)
    page.wait_for_url("**/data/metingen-2024/1/")
    expect(page.get_by_role("status").first).to_contain_text("metingen-2024@1 is in.")
    expect(page.get_by_role("link", name="Train a model on this")).to_be_visible()
    page.get_by_role("link", name="Look at the table").click()
    expect(page.get_by_role("heading", name="Métingen 2024.csv")).to_be_visible()
    expect(page.get_by_role("heading", name="width")).to_be_visible()
    assert not visited.faults


def test_after_a_reload_only_what_is_missing_is_sent(
    visit: Any, data: str, large: Path, showcase: Any
) -> None:
    visited = visit("manager", f"{data}new/")
    page = visited.page
    before = held_after(page, 2)
    choose(page, large)
    upload(page)
    expect_line(page, "49 %")
    assert len(before) > 2
    page.reload()  # before the way is open again: nothing that was held slips through
    page.unroute(PIECES)
    stopped = page.get_by_text("The upload of Large file (1).bin stopped at")
    expect(stopped).to_be_visible()
    # A piece that was held may have arrived while the page went away: then fewer are missing.
    missing = next(
        n for percent, n in (("49 %", 3), ("75 %", 2)) if percent in stopped.inner_text()
    )
    after = counted(page)
    choose(page, large)
    page.wait_for_url("**/data/large-file-1/1/")
    assert len(after) == missing
    expect(page.get_by_text("4.2 MB").first).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="Large file (1).bin", exact=True).click()
    got = hashlib.sha256(Path(started.value.path()).read_bytes()).hexdigest()
    assert got == hashlib.sha256(large.read_bytes()).hexdigest()
    page.goto(f"{data}new/")
    expect(page.get_by_text("stopped at")).to_be_hidden()
    assert not visited.faults


def test_another_file_does_not_go_on_with_it_and_giving_up_forgets(
    visit: Any, data: str, large: Path, tmp_path: Path
) -> None:
    page = visit("manager", f"{data}new/").page
    held_after(page, 1)
    choose(page, large)
    page.get_by_label("Name of the dataset").fill("given-up")
    upload(page)
    expect_line(page, "24 %")
    page.reload()  # before the way is open again: nothing that was held slips through
    page.unroute(PIECES)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    choose(page, other)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("These are not the same files.")
    page.get_by_role("button", name="Give that upload up").click()
    expect(page.get_by_label("Name of the dataset")).to_be_visible()
    page.reload()
    expect(page.get_by_text("stopped at")).to_be_hidden()
    # The name is free again: nothing was ever in it.
    choose(page, other)
    page.get_by_label("Name of the dataset").fill("given-up")
    upload(page)
    page.wait_for_url("**/data/given-up/1/")


def test_a_network_that_fails_is_tried_again(visit: Any, data: str, tmp_path: Path) -> None:
    page = visit("manager", f"{data}new/").page
    tries: list[str] = []

    def fail_twice(route: Any) -> None:
        tries.append(route.request.url)
        if len(tries) == 1:
            route.abort()
        elif len(tries) == 2:
            route.fulfill(status=503, body="busy")
        else:
            route.continue_()

    page.route(PIECES, fail_twice)
    file = tmp_path / "shaky.csv"
    file.write_text(TABLE)
    choose(page, file)
    upload(page)
    expect_line(page, "Trying again by itself.")
    page.wait_for_url("**/data/shaky/1/")
    assert len(tries) == 3


def test_pause_and_go_on_by_keyboard(visit: Any, data: str, large: Path) -> None:
    page = visit("manager", f"{data}new/").page
    held_after(page, 1)
    choose(page, large)
    page.get_by_label("Name of the dataset").fill("by-keyboard")
    page.keyboard.press("Enter")
    expect_line(page, "24 %")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Paused at 24 %.")).to_be_visible()
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    page.unroute(PIECES)
    sent = counted(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/data/by-keyboard/1/")
    assert len(sent) == 4


def test_what_the_factory_refuses_is_told_and_can_be_mended(
    visit: Any, data: str, tmp_path: Path
) -> None:
    page = visit("manager", f"{data}new/").page
    huge, small = tmp_path / "huge.bin", tmp_path / "small.csv"
    with huge.open("wb") as file:
        file.truncate(2**40)
    small.write_text("a,b\n1,2\n")
    choose(page, huge, piece_bytes=16 * MIB)
    upload(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Too little is left")
    expect(alert).to_be_focused()
    choose(page, small)
    expect(page.get_by_label("Name of the dataset")).to_have_value("small")
    page.get_by_label("Name of the dataset").fill("Not a name")
    upload(page)
    expect(alert).to_contain_text("Not a name")
    page.get_by_label("Name of the dataset").fill("mended")
    upload(page)
    page.wait_for_url("**/data/mended/1/")


def test_files_and_folders_are_dropped(visit: Any, data: str, tmp_path: Path) -> None:
    page = visit("manager", f"{data}new/").page
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    dropped = page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            for (const name of ["b.csv", "a.csv"]) {
                transfer.items.add(new File([`${name}\\n1\\n`], name, { lastModified: 1 }));
            }
            return transfer;
        }"""
    )
    page.dispatch_event("[data-part=drop]", "drop", {"dataTransfer": dropped})
    expect(page.get_by_text("Chosen: 2 files (a.csv), 16 bytes together.")).to_be_visible()
    page.get_by_label("Name of the dataset").fill("dropped")
    upload(page)
    page.wait_for_url("**/data/dropped/1/")
    folder = tmp_path / "fold"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "c.txt").write_text("c")
    (folder / "empty.txt").write_text("")
    page.goto(f"{data}dropped/")
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Choose a folder").click()
    asked.value.set_files(folder)
    upload(page)
    page.wait_for_url("**/data/dropped/2/")
    for name in ("sub/c.txt", "empty.txt"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_without_scripts_the_page_says_how(visit: Any, data: str) -> None:
    page = visit("manager", f"{data}new/", java_script_enabled=False).page
    told = page.locator("noscript .utrecht-alert")
    expect(told).to_be_visible()
    assert "Uploading here needs JavaScript" in told.inner_text()
    assert "fabriek data push FILE --project" in told.inner_text()
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_hidden()
