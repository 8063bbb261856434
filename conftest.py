"""Every test run has a factory of its own, in a folder that goes away."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

# Named here and not in pyproject.toml: Django reads its settings as soon as it knows their name,
# and the folder must be known by then.
_state = tempfile.mkdtemp(prefix="fabriek-test-")
os.environ["FABRIEK_STATE"] = _state
os.environ["DJANGO_SETTINGS_MODULE"] = "fabriek.processes.settings"
django.setup()
# Workers of this run inherit the environment, and each must find a folder of its own here.
del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.fixture(scope="session", autouse=True)
def _quick_settings() -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Pages under test need no `make assets`; the browser's tests run a real server, which does.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )


@pytest.fixture(autouse=True)
def _empty_store() -> Iterator[None]:
    """The database is rolled back after a test; what was stored beside it goes as well."""
    yield
    for stored in (Path(_state) / "store").glob("*/*"):
        shutil.rmtree(stored) if stored.is_dir() else stored.unlink()


@pytest.fixture
def state_dir(tmp_path: Path, settings) -> Iterator[Path]:  # type: ignore[no-untyped-def]
    """A state folder for this test alone."""
    from fabriek.core.state import prepare

    settings.STATE_DIR = prepare(tmp_path / "state")
    yield settings.STATE_DIR


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What each absent part costs: its reason, which names the apt line, and the tests it took."""
    costs = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    for reason, tests in costs.most_common():
        terminalreporter.write_line(f"not run: {tests} tests, {reason}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    shutil.rmtree(_state, ignore_errors=True)
    if hasattr(session.config, "workerinput") or exitstatus:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("FABRIEK_NO_SKIPS"):
        print(f"\n{skipped} tests were skipped; here that is a failure")
        session.exitstatus = 1
