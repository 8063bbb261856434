"""Ready to be installed and put on the web: Django's own check, and what the wheel carries."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = ROOT / ".tools" / "bin" / "uv"


def test_the_check_for_deployment_finds_nothing(tmp_path: Path) -> None:
    environment = os.environ | {
        "FABRIEK_STATE": str(tmp_path / "state"),
        "FABRIEK_ADDRESS": "https://fabriek.example.org",
        "DJANGO_SETTINGS_MODULE": "fabriek.processes.settings",
    }
    checked = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues (0 silenced)" in checked.stdout


@pytest.mark.slow
def test_the_wheel_carries_looks_and_words(tmp_path: Path) -> None:
    """So that an operator needs neither Node nor a tool for messages."""
    if not UV.exists():
        pytest.skip("uv is absent (make setup)")
    build = [UV, "build", "--wheel", "--quiet", "--out-dir", tmp_path, ROOT]
    subprocess.run(build, check=True, timeout=100, capture_output=True)
    (wheel,) = tmp_path.glob("fabriek-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for ending in (
        "fabriek/web/built/staticfiles.json",
        "fabriek/access/locale/nl/LC_MESSAGES/django.mo",
        "fabriek/access/templates/access/apply.html",
        "fabriek/compute/blueprints/learn-from-table/code/train.py",
    ):
        assert ending in names
    styles = [name for name in names if "built/fabriek/fabriek." in name]
    assert any(name.endswith(".css.br") for name in styles)
    assert not [name for name in names if "node_modules" in name or "/tests/" in name]
