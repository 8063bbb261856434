"""Wrong usage, help pages and a fast start; none of it needs a factory."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from fabriek_client import words
from fabriek_client.cli import root

ENGLISH = re.compile(
    r"Usage:|Options:|Commands:|Show this message|\[default|\[required|Try '|Error:|TEXT|<str>"
)


def everything() -> list[list[str]]:
    """The words of every command and group."""
    found: list[list[str]] = [[]]
    for name in root.MODULE_OF:
        found.append([name])
        command = root.load(name)
        found.extend([name, below] for below in getattr(command, "commands", {}))
    found.append(["projects", "members", "add"])
    return found


@pytest.mark.parametrize("words_of", everything(), ids=" ".join)
def test_every_help_page_is_dutch_where_that_is_spoken(
    words_of: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fabriek_client.cli import main

    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    monkeypatch.setenv("FABRIEK_CONFIG", "/nonexistent/settings.json")
    assert main([*words_of, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Gebruik: fabriek")
    assert not ENGLISH.search(out), out


@pytest.mark.parametrize(
    "command",
    [
        ["nonsense"],
        ["jobs", "--nonsense"],
        ["jobs", "--limit", "many"],
        ["job", "show"],
        ["job", "show", "x"],
        ["run", "--cpus"],
        ["me", "extra"],
        ["data"],
        [],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_where_help_is(terminal: Any, command: list[str]) -> None:
    terminal.language = "nl"
    done = terminal.run(*command)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--help" in done.stderr
    assert not ENGLISH.search(done.stderr), done.stderr


def test_a_typo_gets_a_suggestion(terminal: Any) -> None:
    assert "'login'" in terminal.run("lgoin").stderr


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--time", "30", "true"],
        ["run", "--memory", "4", "true"],
        ["run", "--model", "m", "--output", "o", "true"],
        ["run", "--follow", "--json", "true"],
        ["run", "--env", "X", "true"],
        ["model", "card", "name"],
        ["config", "language", "de"],
        ["signup", "a@example.org"],
        ["login", "a@example.org"],
    ],
    ids=" ".join,
)
def test_values_that_cannot_be_are_wrong_usage(terminal: Any, command: list[str]) -> None:
    done = terminal.run(*command)
    assert done.returncode == 2, done.stderr
    assert "What you can do" in done.stderr


@pytest.mark.parametrize("command", [["me"], ["jobs"], ["apply"], ["run", "true"], ["report"]])
def test_who_is_not_signed_in_is_told_how(terminal: Any, command: list[str]) -> None:
    done = terminal.run(*command)
    assert done.returncode == 1
    assert "[not-signed-in]" in done.stderr
    assert "fabriek login" in done.stderr


def test_a_factory_that_is_not_there(terminal: Any) -> None:
    terminal.ok("config", "address", "http://127.0.0.1:9")
    script = "import fabriek_client.sdk.connection as c; c._FIRST_PAUSE_S = 0.001\n"
    script += "from fabriek_client.cli import main; raise SystemExit(main(['me']))"
    environment = terminal.environment | {"FABRIEK_TOKEN": "t"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "[factory-unreachable]" in done.stderr
    assert "http://127.0.0.1:9" in done.stderr


def test_the_language_is_kept(terminal: Any) -> None:
    assert terminal.ok("config", "language", "nl") == "Vanaf nu in het Nederlands.\n"
    assert terminal.ok("--help").startswith("Gebruik:")
    assert "In English" in terminal.ok("config", "language", "EN")
    assert terminal.ok("--help").startswith("Usage:")


def test_broken_settings_do_not_break_help(terminal: Any) -> None:
    terminal.settings.write_text("{")
    assert terminal.run("--help").returncode == 0
    done = terminal.run("me")
    assert done.returncode == 1
    assert "[settings-damaged]" in done.stderr


def test_a_simple_command_loads_only_what_it_needs(terminal: Any) -> None:
    script = (
        "import sys; from fabriek_client.cli import main\n"
        "main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    )

    def loaded(*command: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", script, *command],
            env=terminal.environment | {"FABRIEK_TOKEN": "t", "FABRIEK_ADDRESS": "https://[::1]:9"},
            capture_output=True,
            text=True,
            check=False,
        )
        return set(done.stderr.splitlines()[-1].split())

    heavy = {"rich", "pygments", "pydantic", "cryptography", "blake3", "fabriek_vault", "click"}
    assert not loaded("--help") & (heavy | {"httpx"})
    assert not loaded("config", "show") & (heavy | {"httpx"})
    assert not loaded("jobs", "--help") & heavy
    with_http = loaded("confirm", "a@example.org")
    assert not with_http & heavy


def test_the_command_is_installed() -> None:
    assert Path(sys.executable).with_name("fabriek").exists()
    assert isinstance(root.load("jobs"), typer.core.TyperCommand)
    words.choose(None)
