"""Every page of a factory in full use: its queries, its server time, its bytes, its first paint.

Beside each page stands its peer: the same request answered by a view that does nothing but render
the frame, so that the figure says what the page itself costs.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import at_most, beside

ROUNDS = 15
QUERIES, SERVER_MS = 25, 150
FIRST_KB, NEXT_KB, PAINT_MS = 150, 40, 1000
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        os.environ["FABRIEK_STATE"] = str(state)
        os.environ["DJANGO_SETTINGS_MODULE"] = "fabriek.processes.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        from fabriek.processes.cli import migrate

        migrate()
        setup_test_environment()
        call_command("check", verbosity=0)
        people, ids = _crowd(Path(folder))
        return [*_server(people, ids), *_browser(state, people, ids)]


def _crowd(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The crowd, and one real dataset in its largest project to preview."""
    import kit
    import showroom

    from benchmarks import crowd

    found = crowd.fill()
    manager, project = found["manager"], found["project"]
    kit.folder(folder / "data", {"melk.csv": showroom.table()})
    kit.push(kit.api(manager), project.slug, "melkmetingen", folder / "data")
    people = {role: found[role] for role in ("manager", "operator", "reviewer")}
    people["newcomer"] = kit.person("newcomer")
    return people, {
        "slug": project.slug,
        "dataset": "melkmetingen",
        "number": 1,
        "path": "melk.csv",
        "name": found["model"].name,
        "self": manager.pk,
        **crowd.numbers(found),
    }


def _places(people: dict[str, Any], ids: dict[str, Any]) -> list[tuple[Any, str]]:
    """The pages that this factory can show, with their addresses; those of one waiting thing or
    another that the crowd does not have are left to the tests."""
    import atlas

    found = []
    for place in atlas.PLACES:
        if place.seen_by != "stranger" and place.seen_by not in people:
            continue
        try:
            found.append((place, atlas.address_of(place, ids)))
        except KeyError:
            continue
    return found


def _server(people: dict[str, Any], ids: dict[str, Any]) -> list[dict[str, Any]]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    figures, frame_ms = [], 0.0
    for place, path in _places(people, ids):
        client = Client()
        if place.seen_by in people:
            client.force_login(people[place.seen_by], backend=BACKEND)
        assert client.get(path).status_code == 200, (place.id, path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        # Counted now: the next request forgets them.
        queries = len(asked)
        assert queries or place.about == "everybody", place.id
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            client.get(path)
            times.append(1000 * (time.perf_counter() - began))
        took = statistics.median(times)
        if place.name == "account_signup":
            frame_ms = took
        figures.append(at_most(f"{place.id}: queries", queries, QUERIES, ""))
        figures.append(at_most(f"{place.id}: server time", took, SERVER_MS, "ms, median of 15"))
    figures.append(beside("an empty form in the same frame, to compare", frame_ms, "ms"))
    return figures


def _browser(state: Path, people: dict[str, Any], ids: dict[str, Any]) -> list[dict[str, Any]]:
    """A cold first view and a second page, over HTTP, in a real Chromium."""
    import kit
    import live
    from playwright.sync_api import sync_playwright

    factory = live.Factory(state, web_workers=2)
    sessions = {role: kit.session_of(person) for role, person in people.items()}
    figures = []
    factory.start_web()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            for place, path in _places(people, ids):
                if not place.main:
                    continue
                context = browser.new_context(base_url=factory.address)
                if session := sessions.get(place.seen_by):
                    cookie = {"name": "sessionid", "value": session, "url": factory.address}
                    context.add_cookies([cookie])
                first, paint = _view(context, path)
                again, _ = _view(context, path)
                context.close()
                figures.append(at_most(f"{place.id}: first view", first, FIRST_KB, "kB"))
                figures.append(at_most(f"{place.id}: view after", again, NEXT_KB, "kB"))
                figures.append(
                    at_most(f"{place.id}: first contentful paint", paint, PAINT_MS, "ms")
                )
            browser.close()
    finally:
        factory.stop()
    return figures


def _view(context: Any, path: str) -> tuple[float, float]:
    """Kilobytes over the wire, headers and all, and milliseconds to the first contentful paint."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    total = [0.0]
    session.on("Network.loadingFinished", lambda e: total.append(e["encodedDataLength"]))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    paint = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0] ?? -1"
    )
    page.close()
    return sum(total) / 1000, paint
