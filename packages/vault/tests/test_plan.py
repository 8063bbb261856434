"""Planning: what is stored, what is refused and how that is said."""

import os
import socket
from pathlib import Path

import pytest

from fabriek_vault import CODE_IGNORE, VaultError, plan


def refusal(path: Path) -> VaultError:
    with pytest.raises(VaultError) as caught:
        plan(path)
    return caught.value


def test_files_come_in_order_with_size_and_executable_bit(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").write_bytes(b"123")
    (tmp_path / "a").touch()
    (tmp_path / "b-").touch()
    (tmp_path / "run.sh").write_text("#!/bin/sh")
    (tmp_path / "run.sh").chmod(0o755)
    files = plan(tmp_path).files
    assert [(file.path, file.size_bytes, file.executable) for file in files] == [
        ("a", 0, False),
        ("b-", 0, False),
        ("b/x", 3, False),
        ("run.sh", 9, True),
    ]


def test_one_file_is_planned_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "données.csv").write_text("x")
    assert [file.path for file in plan(tmp_path / "données.csv").files] == ["données.csv"]


def test_a_snapshot_of_code_leaves_out_what_is_not_code(tmp_path: Path) -> None:
    for name in (".git/config", "src/__pycache__/a.pyc", ".venv/bin/python", "src/a.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True) if not path.parent.exists() else None
        path.touch()
    assert [file.path for file in plan(tmp_path, CODE_IGNORE).files] == ["src/a.py"]


def test_links_pipes_and_sockets_are_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "fine").touch()
    (tmp_path / "link").symlink_to("fine")
    (tmp_path / "dirlink").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "sock"))
    error = refusal(tmp_path)
    assert error.code == "unsupported-file"
    for fault in (
        "'link' is a link",
        "'dirlink' is a link",
        "'pipe' is a pipe",
        "'sock' is a sock",
    ):
        assert fault in error.sentence
    assert error.way_out


def test_a_long_list_of_faults_is_cut_and_counted(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"l{number}").symlink_to("x")
    assert refusal(tmp_path).sentence.endswith("and 7 more.")


def test_a_link_to_a_folder_is_refused_as_the_root_too(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x").touch()
    (tmp_path / "link").symlink_to("real")
    assert refusal(tmp_path / "link").code == "unsupported-file"


def test_a_device_is_refused() -> None:
    assert refusal(Path("/dev/null")).code == "unsupported-file"


@pytest.mark.parametrize(
    "name", ["back\\slash", "bell\x07", "line\nbreak", "turn\u202eed", "e\u0301", "\u2028"]
)
def test_bad_names_are_refused_and_shown_safely(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    error = refusal(tmp_path)
    assert error.code == "bad-name"
    assert error.sentence.isascii()
    assert error.sentence.isprintable()


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")).touch()
    assert refusal(tmp_path).code == "bad-name"


def test_emoji_and_spaces_are_names(tmp_path: Path) -> None:
    (tmp_path / "🦆 and 👩‍🔬.txt").touch()
    assert len(plan(tmp_path).files) == 1


def test_nothing_to_store(tmp_path: Path) -> None:
    (tmp_path / "empty" / "emptier").mkdir(parents=True)
    assert refusal(tmp_path).code == "nothing-to-store"
    assert refusal(tmp_path / "no such").code == "not-found"
    assert refusal(Path("nul\0")).code == "not-found"


def test_unreadable_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").touch(0o000)
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may read everything
    assert "'secret' cannot be read" in refusal(tmp_path).sentence


def test_the_fingerprint_changes_with_the_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    before = plan(tmp_path).fingerprint
    assert plan(tmp_path).fingerprint == before
    (tmp_path / "a").write_text("22")
    assert plan(tmp_path).fingerprint != before
