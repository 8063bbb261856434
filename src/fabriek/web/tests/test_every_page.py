"""What holds for every answer of the web process: the policy, the problem pages, compression."""

import io
from pathlib import Path
from typing import Any

import kit
import pytest
from django.test import Client, RequestFactory

pytestmark = pytest.mark.django_db


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    for path in ("/", "/en/", "/nowhere/", "/home/", "/api/v1/modes", "/api/v1/me"):
        policy = Client().get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "*" not in policy and "http" not in policy
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy, path


def test_headers_of_a_page() -> None:
    headers = Client().get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-Id"]


@pytest.mark.parametrize(("path", "language"), [("/nowhere/", "nl"), ("/en/nowhere/", "en")])
def test_an_address_that_is_not_there_says_so_in_its_language(path: str, language: str) -> None:
    answer = Client(headers={"Accept-Language": "de"}).get(path)
    assert answer.status_code == 404
    text = answer.content.decode()
    assert f'<html lang="{language}">' in text
    assert ("Dit bestaat niet" in text) == (language == "nl")
    assert answer.headers["X-Request-Id"] in text


def test_a_refused_form_token_has_a_way_out() -> None:
    someone = Client(enforce_csrf_checks=True)
    someone.force_login(kit.person())
    answer = someone.post("/en/logout/")
    assert answer.status_code == 403
    assert "load the page again" in answer.content.decode()


def test_pages_are_compressed_and_answers_of_the_api_are_not() -> None:
    someone = Client(headers={"Accept-Encoding": "gzip"})
    assert someone.get("/").headers.get("Content-Encoding") == "gzip"
    assert "Content-Encoding" not in someone.get("/api/v1/modes").headers


def test_whoever_is_not_signed_in_is_sent_to_the_login_and_back() -> None:
    answer = Client().get("/en/home/?x=1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/en/login/?next=/en/home/%3Fx%3D1"


def test_no_page_takes_a_file_from_a_form(tmp_path: Path, settings: Any) -> None:
    """Nobody needs an account to send a form: a file with it would fill the disk."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    kept: list[str] = []
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    with io.BytesIO(b"x" * 1_000_000) as file:
        request = RequestFactory().post("/login/", {"login": "a", "file": file})
        kept += [*request.FILES, *(path.name for path in tmp_path.iterdir())]
    assert request.POST["login"] == "a" and not kept
