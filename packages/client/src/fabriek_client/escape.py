"""Text from elsewhere, made safe to show: no character of it can steer a terminal."""

import re

# Control characters (C0, DEL, C1), marks that turn or hide text, line separators, surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_UNSAFE_IN_TEXT = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def escaped(text: str) -> str:
    """One line: every control character, line breaks too, as `\\n`, `\\x1b`, `\\u202e`."""
    return _UNSAFE.sub(_as_code, text)


def escaped_text(text: str) -> str:
    """Several lines: as `escaped`, but line breaks and tabs stay; a lone return is a line break."""
    return _UNSAFE_IN_TEXT.sub(_as_code, text.replace("\r\n", "\n").replace("\r", "\n"))


def _as_code(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode()
