"""Pages cost the same however long the history is: counted in queries, and in rows looked at."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fabriek.compute import queries, reconciler
from fabriek.compute.models import Job

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def many(place: Any, count: int) -> None:
    first = Job.objects.get()
    copies = []
    for _ in range(count):
        copy = Job.objects.get(pk=first.pk)
        copy.pk, copy.state = None, "succeeded"
        copies.append(copy)
    Job.objects.bulk_create(copies, batch_size=200)


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("/projects/{slug}/jobs", 4),
        ("/projects/{slug}/jobs?state=succeeded", 4),
        ("/projects/{slug}/jobs?limit=200", 4),
        ("/projects/{slug}/models", 4),
        ("/projects/{slug}/datasets", 5),
        ("/projects/{slug}/report", 16),
        ("/projects/{slug}", 8),
        ("/projects", 8),
        ("/jobs/{job}", 8),
        ("/jobs/{job}/why", 6),
        ("/jobs/{job}/usage", 6),
    ],
)
def test_the_number_of_queries_does_not_grow(engine: Any, place: Any, page: str, most: int) -> None:
    job = place.submit()
    path = page.format(slug=place.project.slug, job=job.pk)
    counts = []
    for more in (0, 300):
        many(place, more)
        with CaptureQueriesContext(connection) as asked:
            assert place.api.get(path)[0] == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= most, counts


def test_pages_by_key_hold_every_job_once(engine: Any, place: Any) -> None:
    place.submit()
    many(place, 230)
    seen: list[int] = []
    before = ""
    while True:
        _, page = place.api.get(f"/projects/{place.project.slug}/jobs?limit=100{before}")
        seen += [job["id"] for job in page["items"]]
        if page["next_before"] is None:
            break
        before = f"&before={page['next_before']}"
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 231


@pytest.mark.parametrize("state", ["", "state=succeeded"])
def test_lists_are_read_from_an_index(engine: Any, place: Any, state: str) -> None:
    rows = queries.of_project(place.project.pk).order_by("-pk")
    rows = rows.filter(state="succeeded") if state else rows
    plan = rows[:50].explain()
    assert "USING INDEX" in plan and "TEMP B-TREE" not in plan, plan


def test_the_tallies_are_the_sums_of_the_jobs(engine: Any, place: Any, run_one: Any) -> None:
    for outcome in ("exited", "exited", "time-limit"):
        run_one(place.submit()).finish(outcome)
        reconciler.tick()
    place.api.post(f"/jobs/{place.submit().pk}/cancel")
    place.submit()
    project = place.project.pk
    assert queries.jobs_by_state(project) == {
        "succeeded": 2,
        "failed": 1,
        "cancelled": 1,
        "queued": 1,
    }
    kwh = sum(Decimal(job.energy["kwh"]) for job in Job.objects.exclude(energy={}))
    assert queries.energy_by_source(project) == {("node-kind-model", "estimated"): kwh}
