"""Every sentence in both languages, and every sentence used is there."""

import re
from pathlib import Path

import pytest

import fabriek_client.words
from fabriek_client import words
from fabriek_client.cli.root import MODULE_OF
from fabriek_client.words import catalogue, say

FOLDER = Path(fabriek_client.words.__file__).parent
FILES = sorted(path.stem for path in FOLDER.glob("*.toml"))
SOURCES = "\n".join(path.read_text("utf-8") for path in FOLDER.parent.rglob("*.py"))
_PLACE = re.compile(r"{(\w+)}")


@pytest.mark.parametrize("file", FILES)
def test_every_sentence_is_there_twice_with_the_same_places(file: str) -> None:
    for key, sentence in catalogue(file).items():
        assert set(sentence) == {"nl", "en"}, key
        if file != "usage":
            places = [sorted(set(_PLACE.findall(text))) for text in sentence.values()]
            assert places[0] == places[1], key
            assert all(text.strip() for text in sentence.values()), key


def test_every_key_in_the_sources_exists() -> None:
    pattern = rf"\"((?:{'|'.join(FILES)})\.[a-z][\w-]*)\""
    keys = set(re.findall(pattern, SOURCES))
    assert len(keys) > 200
    missing = [key for key in keys if not words.known(key)]
    assert not missing


@pytest.mark.parametrize("file", ["common", "people", "data", "run", "models", "access"])
def test_no_sentence_is_left_over(file: str) -> None:
    composed = r"(ask-|state-|one-|is_|up-|from-|more-)|.*_hours|.*-hour|storage_gib"
    unused = [
        key
        for key in catalogue(file)
        if f"{file}.{key}" not in SOURCES and not re.match(composed, key)
    ]
    assert [key for key in unused if key not in {"estimated", "measured"}] == []


def test_every_command_is_explained() -> None:
    assert set(MODULE_OF) <= set(catalogue("help"))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "nl"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "nl_NL"}, "nl"),
        ({"LANG": "C.UTF-8"}, "nl"),
        ({"LANG": "nl_NL", "LC_ALL": ""}, "nl"),
    ],
)
def test_the_language_of_the_environment(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANG", raising=False)
    monkeypatch.delenv("LC_ALL", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    words.choose(None)
    assert words.language() == expected


def test_a_fact_cannot_steer_the_terminal() -> None:
    words.choose("en")
    shown = say("models.registered", version="a\x1b[31m\n\u202e{x}")
    assert shown == "Registered: a\\x1b[31m\\n\\u202e{x}"
    words.choose(None)
