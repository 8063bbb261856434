"""The data pages: what they show, to whom, in both languages, and nothing of it as markup."""

from typing import Any

import kit
import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from fabriek.core import clock
from fabriek.data.models import Dataset
from fabriek.data.tests.browsing import Browser
from fabriek_vault.hub import push_path

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])
SCRIPT = "<script>alert(1)</script>"
TABLE = f"lengte,{SCRIPT}\n" + "".join(f"1.{n},<b>cel{n % 3}</b>\n" for n in range(30))


@pytest.fixture
def data(place: Any) -> str:
    """Where the project's data pages begin; there is a version with odd names in it."""
    files = {
        "table.csv": TABLE.encode(),
        "page.html": b"<script>alert(document.domain)</script>",
        "sub/<img src=x onerror=alert(1)>&\"'.csv": b"a,b\n1,2\n",
        "a?b#c%41 d.txt": b"x\n",
        "broken.csv": b"\0",
    }
    push_path(place.api, place.dataset.pk, kit.folder(place.folder / "in", files), threads=1)
    return f"/projects/{place.project.slug}/data/"


def shown(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, answer.content[:2000]
    text = answer.content.decode()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "alert(" not in text.replace("&lt;script&gt;alert(1)", "").replace(
        "&lt;img src=x onerror=alert(1)&gt;", ""
    ).replace("%3Cimg%20src=x%20onerror=alert(1)%3E", "")
    assert " style=" not in text and "{percent} %%" not in text
    return text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_in_both_languages(place: Any, data: str, language: str) -> None:
    browser = Browser(place.manager, language)
    says = {
        "": ("Gegevens inbrengen", "Bring in data"),
        "new/": ("Kies een bestand", "Choose a file"),
        "measurements/": ("Versies", "Versions"),
        "measurements/1/": ("Vingerafdruk", "Digest"),
        "measurements/1/preview/table.csv": ("De eerste rijen", "The first rows"),
    }
    for path, words in says.items():
        text = shown(browser, data + path)
        mine, other = words if language == "nl" else reversed(words)
        assert mine in text and other not in text, path
        assert f'<html lang="{language}">' in text
        assert text.count("<h1") == 1


def test_an_empty_project_says_what_to_do_first() -> None:
    manager = kit.person()
    project = kit.project(manager)
    path = f"/projects/{project.slug}/data/"
    assert f"/en{path}new/" in shown(Browser(manager), path)
    viewer = Browser(kit.member(project, "viewer"))
    assert f"/en{path}new/" not in shown(viewer, path)


def test_the_list_is_searched_filtered_and_sorted(place: Any, data: str) -> None:
    browser = Browser(place.manager)
    for slug, more in (("alpha", {"kind": "code"}), ("beta", {"classification": "open"})):
        body = {"slug": slug, "kind": "data", **more}
        assert place.api.post(f"/projects/{place.project.slug}/datasets", body)[0] == 201

    def listed(query: str) -> list[str]:
        text = shown(browser, f"{data}?{query}")
        return [row.split('">')[1].split("<")[0] for row in text.split('<th scope="row">')[1:]]

    assert listed("") == ["beta", "alpha", "measurements"]
    assert listed("q=LPH") == ["alpha"]
    assert listed("kind=data&sort=name") == ["beta", "measurements"]
    assert listed("class=open") == ["beta"]
    assert listed("people=true") == []
    assert listed("sort=-size")[0] == "measurements"
    assert listed("kind=x&sort=x&page=x") == ["beta", "alpha", "measurements"]


def test_a_stranger_sees_nothing_and_nobody_is_sent_to_sign_in(place: Any, data: str) -> None:
    stranger, nobody = Browser(kit.person()), Browser(None)
    for path in (
        "",
        "new/",
        "measurements/",
        "measurements/1/",
        "measurements/1/preview/table.csv",
        "measurements/1/files/table.csv",
    ):
        answer = stranger.get(data + path)
        assert answer.status_code == 404 and b"lengte" not in answer.content, path
        answer = nobody.get(data + path)
        assert answer.status_code == 302 and "/login/" in answer.headers["Location"], path
    for path in ("nothing/", "measurements/2/", "measurements/99999999999999999999/"):
        assert Browser(place.manager).get(data + path).status_code == 404, path


def test_a_viewer_reads_and_does_not_upload(place: Any, data: str) -> None:
    viewer = Browser(kit.member(place.project, "viewer"))
    for path in ("", "measurements/", "measurements/1/", "measurements/1/preview/table.csv"):
        text = shown(viewer, data + path)
        assert "data-upload" not in text and "learn-from-table" not in text, path
    assert viewer.get(f"{data}new/").status_code == 403
    answer = viewer.get(f"{data}measurements/1/files/table.csv")
    assert b"".join(answer) == TABLE.encode()


class TestDownloads:
    def test_never_shown_by_the_browser(self, place: Any, data: str) -> None:
        answer = Browser(place.manager).get(f"{data}measurements/1/files/page.html")
        assert b"".join(answer).startswith(b"<script>")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="page.html"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_a_part(self, place: Any, data: str) -> None:
        browser = Browser(place.manager)
        answer = browser.get(f"{data}measurements/1/files/table.csv", Range="bytes=0-5")
        assert (answer.status_code, b"".join(answer)) == (206, b"lengte")
        answer = browser.get(f"{data}measurements/1/files/table.csv", Range="bytes=9999999-")
        assert answer.status_code == 416

    def test_any_name_has_an_address_that_works(self, place: Any, data: str) -> None:
        browser = Browser(place.manager)
        text = shown(browser, f"{data}measurements/1/")
        for name, content in (
            ("a?b#c%41 d.txt", b"x\n"),
            ("sub/<img src=x onerror=alert(1)>&\"'.csv", b"a,b\n1,2\n"),
        ):
            with translation.override("en"):
                href = reverse("download", args=[place.project.slug, "measurements", 1, name])
            assert f'href="{escape(href)}"' in text
            assert b"".join(browser.get(href)) == content

    @pytest.mark.parametrize("path", ["nothing.csv", "../table.csv", "sub", "x/" * 500])
    def test_no_such_file(self, place: Any, data: str, path: str) -> None:
        browser = Browser(place.manager)
        assert browser.get(f"{data}measurements/1/files/{path}").status_code == 404
        assert browser.get(f"{data}measurements/1/preview/{path}").status_code == 404


class TestPreviews:
    def test_columns_and_cells_are_text(self, place: Any, data: str) -> None:
        text = shown(Browser(place.manager), f"{data}measurements/1/preview/table.csv")
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<td>&lt;b&gt;cel0&lt;/b&gt;</td>" in text
        assert text.count('role="img"') == 2
        assert "All 30 rows." in text

    def test_what_is_no_table_has_a_way_out(self, place: Any, data: str) -> None:
        browser = Browser(place.manager)
        for path in ("broken.csv", "page.html"):
            text = shown(browser, f"{data}measurements/1/preview/{path}", 422)
            assert "cannot be shown as a table" in text

    def test_a_wide_table_comes_in_pages(self, place: Any, data: str) -> None:
        wide = ",".join(f"c{n}" for n in range(70)) + "\n" + ",".join("1" * 70) + "\n"
        source = kit.folder(place.folder / "wide", {"w.csv": wide.encode()})
        push_path(place.api, place.dataset.pk, source)
        browser, path = Browser(place.manager), f"{data}measurements/2/preview/w.csv"
        assert '<th scope="col">c29</th>' in shown(browser, path)
        text = shown(browser, f"{path}?page=3")
        assert text.count('<th scope="col">c') == 10 and "?page=2" in text
        assert shown(browser, f"{path}?page=99").count('<th scope="col">c') == 10


def test_the_files_of_a_version_are_searched_in_pages(place: Any) -> None:
    files = {f"part-{n:03}.txt": b"x" for n in range(120)}
    push_path(place.api, place.dataset.pk, kit.folder(place.folder / "many", files), threads=1)
    browser = Browser(place.manager)
    path = f"/projects/{place.project.slug}/data/measurements/1/"
    assert shown(browser, path).count("part-") // 4 <= 52
    assert "part-119.txt" in shown(browser, f"{path}?page=3")
    text = shown(browser, f"{path}?q=PART-11")
    assert "part-119.txt" in text and "part-009.txt" not in text
    assert shown(browser, f"{path}?page=99999999")


def test_erased_data_are_said_to_be_erased(place: Any, data: str) -> None:
    Dataset.objects.update(erased_at=clock.now())
    browser = Browser(place.manager)
    for path in ("", "measurements/", "measurements/1/"):
        assert "rased on" in shown(browser, data + path)
    assert "data-upload" not in shown(browser, f"{data}measurements/")
    assert browser.get(f"{data}measurements/1/preview/table.csv").status_code == 410
    assert browser.get(f"{data}measurements/1/files/table.csv").status_code == 410


def test_pages_ask_the_database_little(
    place: Any, data: str, django_assert_max_num_queries: Any
) -> None:
    browser = Browser(place.manager)
    for path in (
        "",
        "new/",
        "measurements/",
        "measurements/1/",
        "measurements/1/preview/table.csv",
    ):
        with django_assert_max_num_queries(20):
            shown(browser, data + path)
