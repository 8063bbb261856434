"""What an operator does on the factory's own machine, and what it answers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import live
import pytest

SERVER = Path(sys.executable).with_name("fabriek-server")


def run(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FABRIEK_", "DJANGO_"))}
    return subprocess.run(
        [SERVER, *words],
        env=env | {"FABRIEK_STATE": str(state)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What it says when it cannot: one or two sentences, never a traceback."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) < 12
    return done.stderr


@pytest.mark.parametrize("command", [("ledger", "check"), ("vault", "verify"), ("audit", "verify")])
def test_where_there_is_no_factory_none_is_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert "FABRIEK_STATE" in sentence(run(tmp_path / "nothing", *command))
    assert not (tmp_path / "nothing").exists()


def test_a_new_factory_is_whole_and_private(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert run(state, "migrate").returncode == 0
    for command in (("ledger", "check"), ("vault", "verify"), ("audit", "verify")):
        done = run(state, *command)
        assert done.returncode == 0, done.stderr
    assert state.stat().st_mode & 0o077 == 0
    for key in (state / "keys").iterdir():
        assert key.stat().st_mode & 0o777 == 0o600, key


@pytest.mark.parametrize("key", ["root.key", "audit.key", "version.key", "django.key"])
def test_a_lost_key_is_never_replaced_in_silence(tmp_path: Path, key: str) -> None:
    state = tmp_path / "state"
    run(state, "migrate")
    (state / "keys" / key).unlink()
    assert key in sentence(run(state, "migrate"))
    assert not (state / "keys" / key).exists()


def test_a_key_that_others_can_read_stops_the_factory(tmp_path: Path) -> None:
    state = tmp_path / "state"
    run(state, "migrate")
    (state / "keys" / "root.key").chmod(0o644)
    assert "chmod 600" in sentence(run(state, "ledger", "check"))


def test_nobody_and_nothing_unknown_gets_a_traceback(tmp_path: Path) -> None:
    state = tmp_path / "state"
    run(state, "migrate")
    sentence(run(state, "person", "role", "nobody@example.org", "--operator"))
    why = ("--operator", "nobody@example.org", "--reason", "test")
    sentence(run(state, "vault", "erase", "no-project", "no-data", *why))


def test_two_factories_do_not_share_a_port(factory: live.Factory, tmp_path: Path) -> None:
    done = run(tmp_path / "other", "serve", "--port", str(factory.port))
    assert str(factory.port) in sentence(done)
    assert not (tmp_path / "other").exists()


def test_serve_starts_says_where_and_stops(tmp_path: Path) -> None:
    port, state = live.free_port(), tmp_path / "state"
    env = os.environ | {"FABRIEK_STATE": str(state)}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [SERVER, "serve", "--port", str(port)], env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        factory = live.Factory(state, port)
        live.until(factory.answers, what="the factory answering")
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}" in said and "sandbox" in said
    assert not factory.answers()


def test_a_foreign_host_name_is_refused(factory: live.Factory) -> None:
    import httpx

    answer = httpx.get(f"{factory.address}/api/v1/modes", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_the_state_folder_can_be_copied_back(newcomer: live.Person, factory: live.Factory) -> None:
    """A copy of a quiet folder is a factory: nothing in it depends on where it lies."""
    newcomer.wait(newcomer.submit("true"))
    copy = factory.state.parent / "copy"
    live.until(lambda: factory.server("audit", "verify").returncode == 0, what="the seal")
    shutil.copytree(factory.state, copy, ignore=shutil.ignore_patterns("*.sock", "spool"))
    for command in (("ledger", "check"), ("vault", "verify"), ("audit", "verify")):
        done = run(copy, *command)
        assert done.returncode == 0, done.stdout + done.stderr
