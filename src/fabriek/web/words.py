"""The words of the pages: every msgid of the house, and their catalogues.

    python -m fabriek.web.words update    add new msgids to each room's Dutch catalogue
    python -m fabriek.web.words compile   make the .mo files that Django reads

The msgids are the English texts. Each room has its Dutch in locale/nl/LC_MESSAGES/django.po.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

HOUSE = Path(__file__).parent.parent
_KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "gettext_noop": None,
}
Msgid = str | tuple[str, ...]


def rooms() -> list[Path]:
    """The rooms that have words of their own."""
    return sorted(path.parent.parent.parent for path in HOUSE.glob("*/locale/nl/LC_MESSAGES"))


def catalogue_path(room: Path) -> Path:
    """Where a room keeps its Dutch."""
    return room / "locale" / "nl" / "LC_MESSAGES" / "django.po"


def used(room: Path) -> Iterator[tuple[Msgid, str | None, str]]:
    """Every msgid that the room's code and templates use, with its context and its file."""
    for path in sorted(room.rglob("*")):
        if "/tests/" in str(path) or path.suffix not in {".py", ".html", ".txt"}:
            continue
        text = path.read_text("utf-8")
        source = text if path.suffix == ".py" else templatize(text, origin=str(path))
        found = extract("python", BytesIO(source.encode()), _KEYWORDS)
        for _line, message, _comments, context in found:
            yield message, context, path.relative_to(room).as_posix()


def dutch(room: Path) -> Catalog:
    """The room's Dutch catalogue as it stands; an empty one where there is none yet."""
    path = catalogue_path(room)
    if not path.exists():
        return Catalog(locale="nl", fuzzy=False, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="nl")


def update() -> None:
    """Add new msgids with an empty text and drop those that nothing uses any more."""
    for room in rooms():
        now, fresh = dutch(room), Catalog(locale="nl", fuzzy=False, charset="utf-8")
        for message, context, where in used(room):
            known = now.get(message if isinstance(message, str) else message[0], context)
            text = known.string if known else ""
            fresh.add(message, text, locations=[(where, 0)], context=context)
        with catalogue_path(room).open("wb") as file:
            write_po(
                file, fresh, width=100, include_lineno=False, omit_header=True, sort_output=True
            )


def compile_all() -> None:
    """Write each catalogue's .mo file beside it."""
    for room in rooms():
        path = catalogue_path(room)
        if path.exists():
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, dutch(room))


if __name__ == "__main__":
    {"update": update, "compile": compile_all}[sys.argv[1]]()
