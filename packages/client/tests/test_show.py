"""Plain, safe, and readable in a narrow terminal."""

import io
import json
from contextlib import redirect_stdout

import pytest

from fabriek_client import words
from fabriek_client.cli import show
from fabriek_client.errors import FactoryError
from fabriek_client.escape import escaped, escaped_text

EVIL = "a\x1b]0;x\x07\x9b1m\u202eb\u2028\ud800[red]"


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    words.choose("en")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def terminal() -> Tty:
    return Tty()


def test_no_character_steers_a_terminal() -> None:
    assert escaped(EVIL) == "a\\x1b]0;x\\x07\\x9b1m\\u202eb\\u2028\\ud800[red]"
    assert escaped("two\nlines") == "two\\nlines"
    assert escaped_text("one\r\ntwo\rthree\tx\x08") == "one\ntwo\nthree\tx\\x08"
    assert escaped("naïve 日本 🚀") == "naïve 日本 🚀"


def test_a_table_without_a_terminal_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(["name", "n"], [["a" * 300, "1"], [EVIL, "22"]])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("name ")
    assert lines[1] == "a" * 300 + "  1"
    assert "\x1b" not in lines[2] and "[red]" in lines[2]


def test_columns_stand_straight_under_wide_letters(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(["x", "n"], [["日本", "1"], ["e\u0301", "2"]])
    assert capsys.readouterr().out == "x     n\n日本  1\ne\u0301     2\n"


def test_a_narrow_terminal_gets_one_thing_below_the_other(
    terminal: Tty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("NO_COLOR", "1")
    rows = [["one", "w" * 10 + " " + "v" * 15], ["two", "y"]]
    with redirect_stdout(terminal):
        show.table(["name", "what"], rows)
    assert terminal.getvalue() == (
        f"name  one\nwhat  {'w' * 10}\n      {'v' * 15}\n\nname  two\nwhat  y\n"
    )


def test_colour_is_for_terminals_whose_owner_wants_it(
    terminal: Tty, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert show.coloured("x", "red", terminal) == "\x1b[31mx\x1b[0m"
    assert show.coloured("x", "red", io.StringIO()) == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert show.coloured("x", "red", terminal) == "x"


def test_a_refusal_is_told_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    show.refusal(FactoryError("odd-code", EVIL, "Do [b]this[/b].", status=500, request_id="1234"))
    out, err = capsys.readouterr()
    assert out == ""
    assert "[odd-code]" in err and "[b]this[/b]" in err and "1234" in err
    assert "\x1b" not in err


def test_a_list_as_json_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": EVIL, "n": 1}]
    show.records(iter(rows), [("name", "name")], True)
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == rows


def test_an_empty_list_says_so_beside_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    show.records([], [("name", "name")], False)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Nothing found.\n")


def test_fields_that_are_not_there_are_empty(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"a": None}, {"a": {"b": [1, True, 2.0]}}]
    show.records(rows, [("a.b", "name"), ("c", "kind")], False)
    assert capsys.readouterr().out == "name       kind\n\n1, yes, 2\n"
