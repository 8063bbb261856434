"""What of a folder goes along as code."""

from pathlib import Path

import pytest

from fabriek_client import words
from fabriek_client.cli import snapshot
from fabriek_client.cli.kit import WrongUsage
from fabriek_client.cli.snapshot import plan_code
from fabriek_client.errors import FactoryError


@pytest.fixture(autouse=True)
def _english() -> None:
    words.choose("en")


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def paths(folder: Path) -> list[str]:
    planned = plan_code(folder)
    return [file.path for file in planned.files] if planned else []


def test_what_is_not_code_stays(tmp_path: Path) -> None:
    write(tmp_path, "train.py", "lib/a.py", ".git/config", ".venv/bin/x", "lib/__pycache__/a.pyc")
    write(tmp_path, "node_modules/x/index.js", ".fabriekignore")
    (tmp_path / ".fabriekignore").write_text("# nothing\n\n")
    assert paths(tmp_path) == ["lib/a.py", "train.py"]


def test_what_the_person_leaves_out(tmp_path: Path) -> None:
    write(tmp_path, "train.py", "data.csv", "deep/more.csv", "runs/1/log", "deep/runs.py")
    (tmp_path / ".fabriekignore").write_text("*.csv\nruns/\n")
    assert paths(tmp_path) == ["deep/runs.py", "train.py"]


@pytest.mark.parametrize("line", ["data/raw", "!keep.py", "/x"])
def test_a_line_that_is_no_name_is_refused(tmp_path: Path, line: str) -> None:
    write(tmp_path, "train.py")
    (tmp_path / ".fabriekignore").write_text(f"{line}\n")
    with pytest.raises(WrongUsage) as found:
        plan_code(tmp_path)
    assert line in found.value.sentence


def test_an_empty_folder_is_no_code(tmp_path: Path) -> None:
    write(tmp_path, ".git/config")
    assert plan_code(tmp_path) is None


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage):
        plan_code(tmp_path / "no")


def test_a_home_folder_and_what_holds_it_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home" / "pat"
    write(home, "work/train.py", ".ssh/id")
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "link").symlink_to(home)
    for folder in (home, home.parent, Path("/"), tmp_path / "link", home / "work" / ".."):
        with pytest.raises(FactoryError) as found:
            plan_code(folder)
        assert found.value.code == "code-folder-refused"
    assert paths(home / "work") == ["train.py"]


def test_a_folder_too_large_for_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.py", "b.py", "c.py")
    monkeypatch.setattr(snapshot, "MOST_FILES", 2)
    with pytest.raises(FactoryError) as found:
        plan_code(tmp_path)
    assert found.value.code == "code-folder-refused"
