"""Pure rules of the data room: states, sizes, quotas."""

import unicodedata
from decimal import ROUND_UP, Decimal
from enum import Enum

from fabriek.core.problems import Reason

GIB = 1024**3
CHUNK_BYTES = 16 * 1024 * 1024
TAG_BYTES = 16
MANIFEST_BYTES_MOST = 32 * 1024 * 1024
UPLOAD_BYTES_MOST = 2**50
NAMES_A_QUESTION = 1000
RESERVED = frozenset({"new"})  # stands in addresses of pages where a dataset's name does
_MICRO = Decimal("0.000001")


class UploadState(str, Enum):  # noqa: UP042 - Django stores the value
    """An upload is open until it ends in one of three ways; from there it never moves."""

    OPEN = "open"
    COMMITTED = "committed"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


PROTECTION = ("open", "internal", "confidential")


def less_protected(classification: str, than: str) -> bool:
    """Whether the first classification protects less than the second."""
    return PROTECTION.index(classification) < PROTECTION.index(than)


def text_fault(text: str) -> Reason | None:
    """What is wrong with a text of several lines, or None: it may hold no control characters."""
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t":
            return Reason("invisible-character")
    return None


def room_for(declared_bytes: int) -> int:
    """The most stored bytes an upload of so many plaintext bytes may bring.

    A chunk adds 16 bytes, and a file of 4 MiB or more can have a last chunk of one byte.
    """
    return declared_bytes + declared_bytes // 1024 + 64 * 1024


def gib(size_bytes: int) -> Decimal:
    """Bytes as GiB for the ledger, rounded up at the sixth place."""
    return (Decimal(size_bytes) / GIB).quantize(_MICRO, rounding=ROUND_UP)
