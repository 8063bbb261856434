"""Questions to a person at a terminal. Without one, the missing option is named instead."""

import sys
from collections.abc import Callable

from fabriek_client.cli import show
from fabriek_client.cli.kit import WrongUsage
from fabriek_client.words import say


def possible() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def text(
    question: str, option: str, default: str = "", fault: Callable[[str], str] | None = None
) -> str:
    """An answer of at least one character. `fault` says what is wrong with one, or nothing."""
    if not possible():
        raise WrongUsage(
            say("common.option-missing", option=option),
            say("common.option-missing-out", option=option),
            "options-missing",
        )
    while True:
        answer = _line(f"{question} [{default}]" if default else question) or default
        if not answer:
            continue
        complaint = fault(answer) if fault else ""
        if not complaint:
            return answer
        show.note(complaint)


def optional(question: str) -> str:
    """An answer that may be empty."""
    return _line(question)


def yes(question: str) -> bool:
    """Whether the person agrees; agreement is the default of neither answer."""
    words = {
        "y": True, "yes": True, "j": True, "ja": True, "n": False, "no": False, "nee": False,
    }  # fmt: skip
    while True:
        answer = words.get(_line(f"{question} {say('common.yes-or-no')}").lower())
        if answer is not None:
            return answer


def password(*, from_stdin: bool, twice: bool = False) -> str:
    """A password, without echo, or the first line of stdin."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not possible():
        raise WrongUsage(
            say("common.option-missing", option="--password-stdin"),
            say("common.password-stdin-out"),
            "options-missing",
        )
    import getpass

    while True:
        given = getpass.getpass(f"{say('common.ask-password')}: ", sys.stderr)
        if not twice or given == getpass.getpass(f"{say('common.ask-again')}: ", sys.stderr):
            return given
        show.note(say("common.not-the-same"))


def secret(question: str) -> str:
    """A secret that is not echoed; without a terminal the first line of stdin."""
    if not possible():
        return sys.stdin.readline().strip()
    import getpass

    return getpass.getpass(f"{question}: ", sys.stderr).strip()


def _line(question: str) -> str:
    # On stderr, so that the answer of the command can be piped on.
    print(f"{question}: ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip()
