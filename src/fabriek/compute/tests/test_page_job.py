"""A job's page: how it stands, its log, what it used, and who sees which of its parts."""

from typing import Any

import kit
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fabriek.compute import reconciler
from fabriek.compute.models import Job
from fabriek.data.models import DatasetVersion

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])
EVIL = b"<script>alert(1)</script>\n"
STARTED = "2026-11-21T10:00:00Z"
PARTS = ("", "live/", "use/", "log/", "log/more/?attempt=1", "again/")


def at(job: Job, rest: str = "", language: str = "en") -> str:
    return f"{'/en' if language == 'en' else ''}/jobs/{job.pk}/{rest}"


def usage(at_s: float, cpu_s: float) -> dict[str, Any]:
    return {"at_s": at_s, "cpu_s": cpu_s, "memory_mib": 50, "memory_peak_mib": 60}


@pytest.fixture
def running(engine: Any, place: Any, run_one: Any) -> tuple[Job, Any]:
    job = place.submit(name="<i>x", memory_mib=500)
    agent = run_one(job)
    for second in (2, 4):
        agent.beat(started_at=STARTED, usage=usage(second, second))
    assert agent.beat(EVIL, started_at=STARTED, usage=usage(6, 5))[0] == 200
    return Job.objects.get(pk=job.pk), agent


def ended(job: Job, agent: Any, outcome: str = "exited", **more: Any) -> Job:
    offset = len(EVIL)
    assert agent.finish(outcome, log_offset=offset, **more)[0] == 204
    reconciler.tick()
    return Job.objects.get(pk=job.pk)


def test_a_waiting_job_says_why_and_when(engine: Any, place: Any) -> None:
    place.submit(cpus=4)
    reconciler.tick()
    job = place.submit(cpus=2)
    page = kit.browser(place.manager).get(at(job)).content.decode()
    assert "The job waits for room" in page
    assert "Place in line" in page and "Starts at the latest" in page
    assert 'hx-trigger="every 2s"' in page


def test_a_running_job(place: Any, running: Any) -> None:
    job, _agent = running
    page = kit.browser(place.manager).get(at(job)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert" not in page
    assert "&lt;i&gt;x" in page and "<i>x" not in page
    assert page.count("<svg") >= 2
    assert "Cancel this job" in page and "Run again" in page
    assert "style=" not in page and "onclick" not in page


def test_the_live_part_speaks_only_of_news(place: Any, running: Any) -> None:
    job, agent = running
    browser = kit.browser(place.manager)
    mark = browser.get(at(job)).context["mark"]
    assert browser.get(at(job, f"live/?attempt=1&seen={mark}")).status_code == 204
    fresh = browser.get(at(job, "live/?attempt=1&seen="))
    assert fresh.status_code == 200 and mark in fresh.content.decode()
    assert "HX-Refresh" in browser.get(at(job, f"live/?attempt=0&seen={mark}")).headers
    ended(job, agent)
    assert browser.get(at(job, f"live/?attempt=1&seen={mark}")).headers["HX-Refresh"] == "true"
    page = browser.get(at(job)).content.decode()
    assert "hx-trigger" not in page


def test_the_log_goes_on_from_where_the_page_ends(place: Any, running: Any) -> None:
    job, agent = running
    browser = kit.browser(place.manager)
    more = f"log/more/?attempt=1&offset={len(EVIL)}"
    assert browser.get(at(job, more)).status_code == 204
    agent.beat("één\n".encode(), len(EVIL), started_at=STARTED, usage=usage(8, 6))
    piece = browser.get(at(job, more)).content.decode()
    assert "<span>één\n</span>" in piece and f"offset={len(EVIL) + 6}" in piece
    assert agent.finish(log_offset=len(EVIL) + 6, log="")[0] == 204
    reconciler.tick()
    last = browser.get(at(job, more)).content.decode()
    assert "één" in last and "hx-get" not in last
    assert browser.get(at(job, "log/more/?attempt=7&offset=0")).status_code == 404
    for offset in ("-1", "x", "9" * 30, "٣"):
        answer = browser.get(at(job, f"log/more/?attempt=1&offset={offset}"))
        assert answer.status_code == 200


def test_a_long_log_shows_its_end(engine: Any, place: Any, run_one: Any) -> None:
    job = place.submit()
    text = b"".join(b"line %06d\n" % number for number in range(10_000))
    run_one(job).beat(text, started_at=STARTED)
    page = kit.browser(place.manager).get(at(job)).content.decode()
    assert "line 009999" in page and "line 000001\n" not in page
    assert "This is the end of the log" in page
    whole = kit.browser(place.manager).get(at(job, "log/"))
    assert b"".join(whole) == text


def test_the_log_is_a_file_that_runs_nothing(place: Any, running: Any) -> None:
    answer = kit.browser(place.manager).get(at(running[0], "log/"))
    assert b"".join(answer) == EVIL
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_plots_come_only_when_there_is_more_to_see(place: Any, running: Any) -> None:
    job, agent = running
    browser = kit.browser(place.manager)
    seen = browser.get(at(job)).context["use"]["last_s"]
    assert browser.get(at(job, f"use/?seen={seen}")).status_code == 204
    agent.beat(b"", len(EVIL), started_at=STARTED, usage=usage(9, 6))
    assert "<svg" in browser.get(at(job, f"use/?seen={seen}")).content.decode()


def test_a_job_that_ended_well(place: Any, running: Any) -> None:
    job = ended(*running, metrics={"auc": 0.98766}, usage=usage(9, 7))
    page = kit.browser(place.manager).get(at(job)).content.decode()
    assert "finished well" in page and "0.9877" in page and "auc" in page
    assert "CPU-hours charged" in page and "estimated" in page
    assert page.count("<svg") >= 2 and "Show the figures" in page
    assert "Cancel this job" not in page


@pytest.mark.parametrize(
    ("outcome", "sentence", "way_out"),
    [
        ("memory-limit", "more than 500 MiB of memory", "Ask for more memory"),
        ("time-limit", "time limit", "Ask for more time"),
        ("command-not-found", "The command true does not exist", "Check the spelling"),
        ("output-failed", "output could not be stored", "report"),
    ],
)
def test_a_job_that_ended_badly_says_why(
    place: Any, running: Any, outcome: str, sentence: str, way_out: str
) -> None:
    job = ended(*running, outcome)
    page = kit.browser(place.manager).get(at(job)).content.decode()
    assert sentence in page and way_out in page and "failed" in page


def test_strangers_find_nothing_and_viewers_no_buttons(place: Any, running: Any) -> None:
    job, _ = running
    stranger, viewer = kit.browser(kit.person()), kit.browser(kit.member(place.project, "viewer"))
    for part in PARTS:
        assert stranger.get(at(job, part)).status_code == 404, part
        assert viewer.get(at(job, part)).status_code in {200, 204, 302}, part
    page = viewer.get(at(job)).content.decode()
    assert "Cancel this job" not in page and "Run again" not in page
    assert viewer.post(at(job, "cancel/")).status_code == 403
    assert stranger.post(at(job, "cancel/")).status_code == 404
    job.refresh_from_db()
    assert job.stop_reason == ""


def test_cancelling(engine: Any, place: Any, running: Any) -> None:
    job, _ = running
    browser = kit.browser(place.manager)
    assert browser.get(at(job, "cancel/")).status_code == 405
    answer = browser.post(at(job, "cancel/"), follow=True)
    assert "asked to stop" in answer.content.decode()
    assert "The job is being stopped" in answer.content.decode()
    job.refresh_from_db()
    assert job.stop_reason == "cancelled-by-person"
    waiting = place.submit()
    page = browser.post(at(waiting, "cancel/"), follow=True).content.decode()
    assert "The job is cancelled" in page and "Submit it again" in page


def test_it_is_there_in_dutch(place: Any, running: Any) -> None:
    page = kit.browser(place.manager).get(at(running[0], language="nl")).content.decode()
    assert 'lang="nl"' in page and "Annuleer deze taak" in page and "bezig" in page
    assert "Processors in gebruik" in page


def test_a_page_asks_a_bounded_number_of_questions(engine: Any, place: Any, running: Any) -> None:
    browser = kit.browser(place.manager)
    for job in (running[0], ended(*running), place.submit()):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(at(job)).status_code == 200
        assert len(asked) <= 20, len(asked)


def test_what_a_job_left_becomes_a_model(place: Any, running: Any) -> None:
    stored = kit.folder(place.folder / "left", {"m.bin": b"1"})
    kit.push(place.api, place.project.slug, "left", stored)
    job = ended(*running)
    manager = kit.browser(place.manager)
    viewer = kit.browser(kit.member(place.project, "viewer"))
    assert "Make a model of it" not in manager.get(at(job)).content.decode()
    Job.objects.filter(pk=job.pk).update(output=DatasetVersion.objects.get(dataset__slug="left"))
    assert "Make a model of it" in manager.get(at(job)).content.decode()
    assert "Make a model of it" not in viewer.get(at(job)).content.decode()
    assert viewer.post(at(job), {"name": "milk"}).status_code == 403
    refused = manager.post(at(job), {"name": "No good!"})
    assert refused.status_code == 422 and "No good!" in refused.content.decode()
    answer = manager.post(at(job), {"name": "milk"})
    assert answer["Location"] == f"/en/projects/{place.project.slug}/models/milk/1/"
    assert "milk@1 is here" in manager.get(answer["Location"]).content.decode()
    page = manager.get(at(job)).content.decode()
    assert "milk@1" in page and "Make a model of it" not in page
