"""List and page endpoints with 1,000 and with 100,000 jobs in the database: the same cost."""

import os
import tempfile
import time
from datetime import timedelta
from typing import Any

from benchmarks.figures import at_most, beside

SMALL, LARGE = 1_000, 100_000
PAGES = (
    "/projects/{slug}/jobs",
    "/projects/{slug}/jobs?state=succeeded",
    "/projects/{slug}/jobs?state=queued",
    "/projects/{slug}/jobs?before={middle}",
    "/projects/{slug}",
    "/projects/{slug}/report",
    "/projects/{slug}/datasets",
    "/projects/{slug}/models",
    "/projects",
    "/jobs/{middle}",
    "/me",
)


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as state:
        os.environ["FABRIEK_STATE"] = state
        os.environ["DJANGO_SETTINGS_MODULE"] = "fabriek.processes.settings"
        import django

        django.setup()
        from django.core.management import call_command

        for database in ("default", "wraps"):
            call_command("migrate", database=database, verbosity=0)
        import kit

        manager = kit.person("manager")
        project = kit.project(manager)
        api = kit.api(manager)
        small = fill(manager, project, SMALL)
        before = {page: cost_ms(api, page, project.slug, small) for page in PAGES}
        large = fill(manager, project, LARGE - SMALL)
        after = {page: cost_ms(api, page, project.slug, large) for page in PAGES}
        found = []
        for page in PAGES:
            found.append(beside(f"GET {page}, {LARGE} jobs", after[page], "ms, quickest of 60"))
            ratio = after[page] / before[page]
            found.append(at_most(f"GET {page}, growth", ratio, 1.5, "x for 100 x the jobs"))
        return found


def fill(manager: Any, project: Any, count: int) -> int:
    """Ended jobs as the factory leaves them, and a queue of fifty; returns one in the middle."""
    from fabriek.compute.models import Job, Tally
    from fabriek.core import clock

    now = clock.now()
    ended: dict[str, int] = {}
    rows = [
        Job(
            project_id=project.pk,
            submitted_by=manager,
            name=f"job {number}",
            command=["true"],
            purpose="product-development",
            cpus=1,
            memory_mib=100,
            time_limit_s=60,
            disk_limit_mib=1,
            log_limit_mib=1,
            output_kind="none",
            engine="embedded",
            state="succeeded" if number % 20 else "failed",
            submitted_at=now - timedelta(seconds=number),
            started_at=now,
            ended_at=now,
            energy={"kwh": "0.001", "source": "node-kind-model", "quality": "estimated"},
        )
        for number in range(count)
    ]
    for row in rows[:50]:
        row.state, row.ended_at = "queued", None
    Job.objects.bulk_create(rows, batch_size=500)
    for row in rows[50:]:
        ended[row.state] = ended.get(row.state, 0) + 1
    for state, number in ended.items():
        Tally.objects.update_or_create(
            project_id=project.pk,
            state=state,
            source="node-kind-model",
            quality="estimated",
            defaults={"jobs": number, "energy_microwh": number * 1_000_000},
        )
    middle = Job.objects.order_by("-pk")[count // 2]
    return int(middle.pk)


def cost_ms(api: Any, page: str, slug: str, middle: int) -> float:
    path = page.format(slug=slug, middle=middle)
    times = []
    for _ in range(60):
        began = time.perf_counter()
        status, answer = api.get(path)
        times.append(time.perf_counter() - began)
        assert status == 200, answer
    # The quickest of many: what the work costs, without what else the machine was doing.
    return min(times) * 1000
