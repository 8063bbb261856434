"""One real factory for this package's tests, and people at terminals of their own."""

import contextlib
import io
import itertools
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import live
import pytest

from fabriek_client.cli import main

FABRIEK = Path(sys.executable).with_name("fabriek")
PASSWORD = "correct horse battery staple"
_number = itertools.count(1)


@dataclass
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Terminal:
    """A person with the command `fabriek`, settings and a current folder of their own."""

    folder: Path
    email: str
    settings: Path
    language: str = "en"
    project: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FABRIEK_")}
        language = "nl_NL.UTF-8" if self.language == "nl" else "en_GB.UTF-8"
        kept.pop("LC_ALL", None)
        return kept | {
            "FABRIEK_CONFIG": str(self.settings),
            "LANG": language,
            "PYTHONUTF8": "1",
            "COLUMNS": "100",
        }

    def run(self, *words: object, stdin: str = "", **environment: str) -> Done:
        """Run a command to its end, without a terminal. In this process: a start costs more than
        most commands."""
        out, err = io.StringIO(), io.StringIO()
        arguments = [str(word) for word in words]
        with (
            contextlib.chdir(self.folder),
            mock.patch.dict(os.environ, self.environment | environment, clear=True),
            mock.patch("sys.stdin", io.StringIO(stdin)),
            mock.patch("sys.argv", ["fabriek", *arguments]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main(arguments)
        return Done(code, out.getvalue(), err.getvalue())

    def start(self, *words: object) -> "subprocess.Popen[str]":
        """Start a command in a process of its own, to be interrupted."""
        return subprocess.Popen(
            [FABRIEK, *map(str, words)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ok(self, *words: object, stdin: str = "", **environment: str) -> str:
        """What a command that succeeds prints on stdout."""
        done = self.run(*words, stdin=stdin, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def types(
        self, *words: object, answers: tuple[tuple[str, str], ...] = (), **environment: str
    ) -> tuple[str, int]:
        """Run a command at a pseudo-terminal; each answer is given once its question is seen."""
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            arguments = ["fabriek", *map(str, words)]
            os.execve(FABRIEK, arguments, self.environment | environment)  # noqa: S606
        shown, asked, left = b"", 0, list(answers)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if not select.select([fd], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
            if left and left[0][0].encode() in shown[asked:]:
                asked = len(shown)
                os.write(fd, left.pop(0)[1].encode())
        os.close(fd)
        _, status = os.waitpid(pid, 0)
        return shown.decode(), os.waitstatus_to_exitcode(status)


@pytest.fixture(scope="session")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Factory]:
    yield from live.running(tmp_path_factory.mktemp("factory") / "state")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal of somebody who is nobody yet."""
    return new_terminal(tmp_path)


@pytest.fixture
def person(factory: live.Factory, tmp_path: Path) -> Terminal:
    """Somebody who is signed in."""
    return signed_in(factory, tmp_path)


@pytest.fixture(scope="session")
def somebody(factory: live.Factory, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Somebody with a project, for the whole run."""
    return with_project(signed_in(factory, tmp_path_factory.mktemp("somebody")))


@pytest.fixture
def member(somebody: Terminal, tmp_path: Path) -> Terminal:
    """The same, in an empty folder."""
    return replace(somebody, folder=tmp_path)


def new_terminal(folder: Path) -> Terminal:
    return Terminal(folder, f"person{next(_number)}@example.org", folder / "settings.json")


def signed_in(factory: live.Factory, folder: Path) -> Terminal:
    """Sign up, confirm and sign in with the command."""
    terminal = new_terminal(folder)
    secret: Any = {"stdin": f"{PASSWORD}\n"}
    to = ("--address", factory.address)
    terminal.ok("signup", terminal.email, "--name", "Pat", *to, "--password-stdin", **secret)
    terminal.ok("confirm", terminal.email, factory.mailed_code(terminal.email))
    terminal.ok("login", terminal.email, "--password-stdin", **secret)
    return terminal


def with_project(person: Terminal) -> Terminal:
    """A granted project, named like the part of the address before the @."""
    name = person.email.split("@")[0]
    person.ok("org", "make", f"Company of {name}", "--kind", "start-up", "--slug", name)
    words = ["--title", name, "--summary", "To test with.", "--purpose", "product-development"]
    amounts = ["--cpu-hours", "100", "--months", "1", "--no-personal-data"]
    made = person.ok("apply", "--mode", "playground", *words, *amounts, "--json")
    return replace(person, project=json.loads(made)["project"])
