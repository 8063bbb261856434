"""Every sentence of a page is there in Dutch and in English, and says the same."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from fabriek.web import words

PLACE = re.compile(r"%\((\w+)\)[sd]")
# Names and words that are the same in both languages.
SAME = {"Fabriek", "%(n)s min", "%(n)s s"}


def entries(room: Path) -> list[tuple[words.Msgid, str | None]]:
    return sorted({(m, c) for m, c, _ in words.used(room)}, key=str)


def forms(text: words.Msgid | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_the_rooms_with_pages_have_words() -> None:
    rooms = {room.name for room in words.rooms()}
    pages = {path.parents[1].name for path in words.HOUSE.glob("*/templates/*")}
    assert pages <= rooms, pages - rooms
    assert len(rooms) >= 7


@pytest.mark.parametrize("room", words.rooms(), ids=lambda room: room.name)
def test_each_msgid_has_its_dutch(room: Path) -> None:
    catalogue = words.dutch(room)
    for message, context in entries(room):
        english = forms(message)
        found = catalogue.get(english[0], context)
        assert found is not None, f"{room.name}: no Dutch for {english[0]!r}"
        assert not found.fuzzy, english[0]
        dutch = forms(found.string)
        assert len(dutch) == len(english) and all(dutch), f"{room.name}: {english[0]!r}"
        for text in dutch:
            assert set(PLACE.findall(text)) <= set(PLACE.findall(english[-1])), english[0]
        assert set(PLACE.findall(dutch[-1])) == set(PLACE.findall(english[-1])), english[0]


@pytest.mark.parametrize("room", words.rooms(), ids=lambda room: room.name)
def test_nothing_is_translated_that_no_page_says(room: Path) -> None:
    used = {(forms(m)[0], c) for m, c in entries(room)}
    for found in words.dutch(room):
        if found.id:
            assert (forms(found.id)[0], found.context) in used, f"{room.name}: {found.id!r}"
    assert not words.dutch(room).obsolete


def test_a_sentence_reads_the_same_in_every_room() -> None:
    """Django puts all rooms' words in one catalogue: two texts for one msgid would fight."""
    texts: dict[tuple[str, str | None], dict[str, str]] = defaultdict(dict)
    for room in words.rooms():
        for found in words.dutch(room):
            if found.id:
                texts[forms(found.id)[0], found.context][str(found.string)] = room.name
    assert not {key: said for key, said in texts.items() if len(said) > 1}


def test_dutch_is_dutch_and_says_u() -> None:
    for room in words.rooms():
        for found in words.dutch(room):
            english = forms(found.id)[0]
            for text in forms(found.string) if found.id else []:
                assert not re.search(r"\b([Jj]e|[Jj]ij|[Jj]ouw|[Jj]ullie)\b", text), text
                if len(english.split()) > 3:
                    assert text != english or english in SAME, f"{room.name}: {english!r}"
