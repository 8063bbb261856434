"""Which paths a version may hold: relative, POSIX, safe to write on any machine we know."""

import unicodedata
from collections.abc import Iterable

from fabriek_vault.errors import VaultError

MAX_PATH_BYTES = 4096
MAX_SEGMENT_BYTES = 255
# Marks that reorder the text around them: a name must read as it is stored.
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED_KINDS = frozenset({"Cc", "Cs", "Zl", "Zp"})


def path_fault(path: str) -> str | None:
    """What is wrong with a path, as the end of a sentence, or None."""
    if "\\" in path:
        return "holds a backslash"
    if not (path.isascii() and path.isprintable()):
        fault = _text_fault(path)
        if fault:
            return fault
    if len(path) > MAX_PATH_BYTES or len(path.encode()) > MAX_PATH_BYTES:
        return f"is longer than {MAX_PATH_BYTES} bytes"
    for segment in path.split("/"):
        if segment in ("", ".", ".."):
            return "has an empty part, a '.' or a '..'"
        if len(segment) * 4 > MAX_SEGMENT_BYTES and len(segment.encode()) > MAX_SEGMENT_BYTES:
            return f"has a name of more than {MAX_SEGMENT_BYTES} bytes"
    return None


def check_paths(paths: Iterable[str]) -> None:
    """VaultError `bad-name` for the first bad or double path, or a file that is also a folder."""
    seen: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        fault = path_fault(path)
        if fault:
            raise bad_name(f"The path {shown(path)} {fault}.")
        if path in seen:
            raise bad_name(f"The path {shown(path)} is there twice.")
        seen.add(path)
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    both = seen & folders
    if both:
        raise bad_name(f"{shown(min(both))} is a file and a folder at once.")


def bad_name(sentence: str) -> VaultError:
    """The refusal of a name."""
    return VaultError("bad-name", sentence, "Rename it and try again.")


def shown(path: str) -> str:
    """A path as it can safely stand in a sentence: escaped, and cut at 120 characters."""
    return ascii(path if len(path) <= 120 else path[:117] + "...")


def _text_fault(path: str) -> str | None:
    for character in path:
        if unicodedata.category(character) in _REFUSED_KINDS:
            return "holds a control character or is not valid UTF-8"
        if character in _REORDERING:
            return "holds a mark that changes the reading direction"
    if not unicodedata.is_normalized("NFC", path):
        return "is not in Unicode's composed form (NFC)"
    return None
