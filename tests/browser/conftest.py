"""A real Chromium, Debian's, and a real factory with something to see on every page."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import live
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser and one factory for them all: in one worker of pytest-xdist."""
    for item in items:
        if HERE in Path(str(item.fspath)).parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if not found:
        pytest.skip("chromium is absent (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Showcase:
    """A factory in which something stands on every page; `people` by role, with their sessions."""

    factory: live.Factory
    people: dict[str, dict[str, Any]]
    ids: dict[str, Any]

    def cookie(self, role: str) -> list[dict[str, Any]]:
        """The session of this person, as the browser takes it; none for a stranger."""
        if role not in self.people:
            return []
        value = self.people[role]["session"]
        return [{"name": "sessionid", "value": value, "url": self.factory.address}]


@pytest.fixture(scope="session")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    state = tmp_path_factory.mktemp("showcase") / "state"
    for factory in live.running(state):
        env = factory.env(PYTHONPATH=f"{ROOT / 'tests'}:{HERE}")
        made = subprocess.run(
            [sys.executable, HERE / "make_showcase.py"],
            env=env,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert made.returncode == 0, made.stderr[-3000:]
        facts = json.loads(made.stdout.splitlines()[-1])
        yield Showcase(factory, facts["people"], facts["ids"])


@dataclass
class Visit:
    """A page in the browser, and what went wrong while it loaded."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _said(self, message: Any) -> None:
        # What the policy stops is said on the console. A refused form (422) is said there too.
        if message.type in ("error", "warning") and "422" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(("data:", "blob:", self.own)):
            self.faults.append(f"another host: {request.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.faults.append(f"{response.status}: {response.url}")

    own: str = "http://"


Open = Callable[..., Visit]


@pytest.fixture
def visit(chromium: Browser, showcase: Showcase) -> Iterator[Open]:
    """`visit(role, path, **context options)`: a page as that person sees it."""
    contexts: list[BrowserContext] = []

    def go(role: str, path: str, **options: Any) -> Visit:
        context = chromium.new_context(base_url=showcase.factory.address, **options)
        context.add_cookies(showcase.cookie(role))
        contexts.append(context)
        found = Visit(context.new_page(), own=showcase.factory.address)
        found.page.goto(path)
        return found

    yield go
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the lock file of assets/."""
    path = ROOT / "assets" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        pytest.skip("axe-core is absent (make assets)")
    return path.read_text("utf-8")


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Where pictures of pages go: FABRIEK_SCREENSHOTS, or a folder that goes away."""
    folder = Path(os.environ.get("FABRIEK_SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
