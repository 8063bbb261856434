"""Names that people choose: what is safe to store, print, sort and put in a path."""

import re
import unicodedata

from fabriek.core.problems import Problem, Reason

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
        raise Problem("invalid-name", name=_shown(slug), why=Reason("slug-characters"))
    return slug


def slug_from(title: str) -> str:
    """A slug that reads like the title; `x` where nothing of it survives."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "x"


def free_text(where: str, text: str, *, most: int = 10_000, needed: bool = False) -> str:
    """Text of several lines, in NFC; Problem `invalid-input` when it is too long, empty where it is
    needed, or holds invisible characters (a joiner inside an emoji may stay)."""
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if needed and not tidy:
        raise Problem("invalid-input", where=where, why=Reason("empty"))
    if len(tidy) > most:
        raise Problem("invalid-input", where=where, why=Reason("too-long", {"most": most}))
    allowed = {"\n", "\t", "\u200d", "\u200c"}
    if any(unicodedata.category(c)[0] == "C" and c not in allowed for c in tidy):
        raise Problem("invalid-input", where=where, why=Reason("invisible-character"))
    return tidy


def _fault(name: str, max_length: int) -> Reason | None:
    kinds = {unicodedata.category(character) for character in name}
    faults = (
        (not name, Reason("empty")),
        (len(name) > max_length, Reason("too-long", {"most": max_length})),
        ("/" in name or "\\" in name, Reason("path-separator")),
        (name in {".", ".."}, Reason("means-a-folder")),
        (any(kind[0] == "C" for kind in kinds), Reason("invisible-character")),
        (bool(kinds & {"Zl", "Zp"}), Reason("line-break")),
    )
    return next((why for wrong, why in faults if wrong), None)


def _shown(name: str) -> str:
    # ascii() makes every invisible character visible in a log or a terminal.
    return ascii(name[:60])
