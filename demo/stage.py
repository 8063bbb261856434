"""What the demo shows: steps, the commands a person would type, and what came of them."""

import os
import shlex
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path

from fabriek_client.escape import escaped_text
from fabriek_client.words import language

_WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text("utf-8")
)


class StepFailed(Exception):
    """A step did not do what it should; the message says what went wrong."""


def say(key: str, **facts: object) -> str:
    """One of the demo's sentences, in the language of the environment."""
    return _WORDS[key][language()].format(**facts)


def tell(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def bold(text: str) -> str:
    """The text in bold, on a terminal whose owner likes that."""
    plain = os.environ.get("NO_COLOR") or not sys.stdout.isatty()
    return text if plain else f"\x1b[1m{text}\x1b[0m"


class Steps:
    """The steps one after the other; `current` names the one that is under way."""

    def __init__(self) -> None:
        self.current = ""
        self._since = time.monotonic()

    def begin(self, key: str, **facts: object) -> None:
        """Show that a step begins."""
        self.current, self._since = say(key, **facts), time.monotonic()
        number = f"{key.removeprefix('step-')}. " if key.startswith("step-") else ""
        tell(f"\n{bold(number + self.current)}")

    def end(self) -> None:
        """Show how long it took."""
        seconds = f"{time.monotonic() - self._since:.1f}"
        tell(f"  {say('took', seconds=seconds)}")


class Person:
    """A person at a terminal of their own, with the command `fabriek`."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self._command = str(Path(sys.executable).with_name("fabriek"))

    def types(self, *words: str, stdin: str = "") -> None:
        """Type a command and show what it answers. StepFailed when it does not succeed."""
        typed = shlex.join(["fabriek", *words])
        note = f"   ({say('password')})" if stdin else ""
        tell(f"  $ {typed}{note}")
        process = subprocess.Popen(
            [self._command, *words],
            cwd=self._folder,
            env=dict(self._environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            self._show(process, stdin)
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode:
            raise StepFailed(say("command-failed", code=process.returncode))

    @staticmethod
    def _show(process: "subprocess.Popen[str]", stdin: str) -> None:
        assert process.stdin and process.stdout  # noqa: S101 - pipes were asked for
        process.stdin.write(stdin)
        process.stdin.close()
        for line in process.stdout:
            tell(f"    {escaped_text(line.rstrip())}")
        process.wait()
