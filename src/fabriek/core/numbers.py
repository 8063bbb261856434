"""Whole numbers in addresses and references, which anybody may write as they like."""


def whole(text: str, digits: int = 18) -> int | None:
    """The number of at most so many digits, 0 to 9 only; None for anything else.

    Numbers of 18 digits fit in every database's columns.
    """
    plain = text.isascii() and text.isdecimal() and len(text) <= digits
    return int(text) if plain else None
