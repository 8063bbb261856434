"""The list of jobs: who sees it, what it finds, and what it says when there is nothing."""

from typing import Any

import kit
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fabriek.compute.models import Job

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def address(place: Any, query: str = "") -> str:
    return f"/en/projects/{place.project.slug}/jobs/{query}"


def test_a_list_with_what_each_job_is(engine: Any, place: Any) -> None:
    place.submit(name="<b>bold")
    page = kit.browser(place.manager).get(address(place)).content.decode()
    assert "&lt;b&gt;bold" in page and "<b>bold" not in page
    assert "waiting" in page and "Start a job" in page


def test_search_filter_and_order_are_in_the_address(engine: Any, place: Any) -> None:
    for name, state in (("alpha", "failed"), ("beta", "succeeded"), ("gamma", "failed")):
        Job.objects.filter(pk=place.submit(name=name).pk).update(state=state)
    browser = kit.browser(place.manager)

    def names(query: str) -> list[str]:
        rows = browser.get(address(place, query)).context["listing"].rows
        return [job.name for job in rows]

    assert names("") == ["gamma", "beta", "alpha"]
    assert names("?state=failed&sort=name") == ["alpha", "gamma"]
    assert names("?q=ET") == ["beta"]
    assert names("?state=nonsense&sort=nonsense&page=x") == ["gamma", "beta", "alpha"]
    for key in ("name", "state", "who", "when", "long"):
        assert len(names(f"?sort=-{key}")) == 3
    assert "Nothing fits this search" in browser.get(address(place, "?q=zz")).content.decode()


def test_an_empty_list_says_what_to_do_first(engine: Any, place: Any) -> None:
    page = kit.browser(place.manager).get(address(place)).content.decode()
    assert "No job has run in this project yet" in page
    assert f"/en/projects/{place.project.slug}/data/new/" in page
    viewer = kit.browser(kit.member(place.project, "viewer"))
    page = viewer.get(address(place)).content.decode()
    assert "Start a job" not in page and "A member or manager" in page


def test_who_sees_it(engine: Any, place: Any) -> None:
    place.submit()
    for role in ("viewer", "member"):
        assert kit.browser(kit.member(place.project, role)).get(address(place)).status_code == 200
    assert kit.browser(kit.person()).get(address(place)).status_code == 404
    assert kit.browser(kit.person(operator=True)).get(address(place)).status_code == 404


def test_it_is_there_in_dutch(engine: Any, place: Any) -> None:
    place.submit()
    page = kit.browser(place.manager).get(f"/projects/{place.project.slug}/jobs/")
    text = page.content.decode()
    assert 'lang="nl"' in text and "Start een taak" in text and "in de wachtrij" in text


def test_a_long_list_costs_no_more_queries(engine: Any, place: Any) -> None:
    job = place.submit()
    browser = kit.browser(place.manager)
    counts = []
    for more in (0, 60):
        copies = [Job.objects.get(pk=job.pk) for _ in range(more)]
        for copy in copies:
            copy.pk = None
        Job.objects.bulk_create(copies)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address(place)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10, counts
