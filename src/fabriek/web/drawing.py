"""SVG and HTML built as a tree, so that what comes out is well-formed and every text is escaped.

Looks come from classes alone: the content security policy allows no style in the markup.
"""

import re
from xml.etree import ElementTree

from django.utils.safestring import SafeString, mark_safe

# What XML 1.0 cannot hold, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ElementTree.Element


def element(
    parent: Element | None, tag: str, text: str = "", /, **attributes: str | float
) -> Element:
    """A new element in its parent. `class_` is class; other underscores are hyphens."""
    written = {
        name.rstrip("_").replace("_", "-"): number(value)
        if isinstance(value, float)
        else str(value)
        for name, value in attributes.items()
        if value != ""
    }
    written = {name: _UNWRITABLE.sub("", value) for name, value in written.items()}
    made = ElementTree.Element((written and tag) or tag, written)
    if text:
        made.text = _UNWRITABLE.sub("", text)
    if parent is not None:
        parent.append(made)
    return made


def html(*elements: Element) -> SafeString:
    """The elements as text that may stand in a page."""
    texts = (
        ElementTree.tostring(one, encoding="unicode", short_empty_elements=False)
        for one in elements
    )
    return mark_safe("".join(texts))  # noqa: S308 - the tree escapes what people wrote


def number(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A part of the width: 0.25 is 25%."""
    return f"{number(share * 100)}%"


def clipped(text: str, most: int) -> str:
    """The text on one line, with an ellipsis where it is longer than fits."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
