"""Names that people choose: what is safe to store, print, sort and put in a path."""

import re
import unicodedata

from fabriek.core.problems import Problem

MAX_LENGTH = 100
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def checked(name: str, max_length: int = MAX_LENGTH) -> str:
    """The name in NFC without surrounding space, or Problem `invalid-name`.

    Refused: empty, too long, path separators, `.` and `..`, control, format and private characters
    (which include NUL and right-to-left marks), line breaks, and surrogates. Emoji are letters to
    their owners and pass, but joiners between them are format characters and do not.
    """
    tidy = unicodedata.normalize("NFC", name.strip())
    if why := _fault(tidy, max_length):
        raise Problem("invalid-name", name=_shown(tidy), why=why)
    return tidy


def checked_slug(slug: str) -> str:
    """A short name for addresses and commands: a-z, 0-9 and inner hyphens, at most 63."""
    if not _SLUG.fullmatch(slug):
        raise Problem("invalid-name", name=_shown(slug), why="use a-z, 0-9 and inner hyphens only")
    return slug


def slug_from(title: str) -> str:
    """A slug that reads like the title; `x` where nothing of it survives."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "x"


def _fault(name: str, max_length: int) -> str | None:
    if not name:
        return "it is empty"
    if len(name) > max_length:
        return f"it is longer than {max_length} characters"
    if "/" in name or "\\" in name:
        return "it has a path separator"
    if name in {".", ".."}:
        return "it means a folder"
    if any(unicodedata.category(character)[0] == "C" for character in name):
        return "it has an invisible character"
    if any(unicodedata.category(character) in {"Zl", "Zp"} for character in name):
        return "it has a line break"
    return None


def _shown(name: str) -> str:
    # ascii() makes every invisible character visible in a log or a terminal.
    return ascii(name[:60])
