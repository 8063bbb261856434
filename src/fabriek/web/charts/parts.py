"""Parts of a whole, and plots the size of a word."""

import math
import zlib
from collections.abc import Sequence

from django.utils.translation import pgettext

from fabriek.web.charts.chart import (
    Chart,
    Figure,
    empty,
    fewer,
    finite,
    picture,
    ranged,
    titled,
    with_unit,
)
from fabriek.web.charts.frame import ROW
from fabriek.web.charts.scales import figure
from fabriek.web.drawing import Element, clipped, element, html, percent

_Where = dict[str, str | float]
_BAR = 32
_SPARK = "0 0 96 24"


def shares(title: str, parts: Sequence[tuple[str, Figure]], unit: str = "") -> Chart:
    """One bar of parts that make a whole; what is below zero counts as nothing. Every second part
    is hatched, and the key stands in the order of the bar."""
    values = [(label, max(0.0, finite(value))) for label, value in parts]
    whole = math.fsum(value for _label, value in values)
    if whole <= 0:
        return empty(title)
    words = [f"{figure(value / whole * 100, 0.1)} %" for _label, value in values]
    rows = [[label, figure(v), word] for (label, v), word in zip(values, words, strict=True)]
    told = ", ".join(f"{label}: {word}" for label, _value, word in rows)
    root = picture("fab-chart", title, told, _BAR + 12 + ROW * len(values))
    hatch = _hatched(root, title, values)
    left = 0.0
    for place, (label, value) in enumerate(values):
        y = _BAR + 12 + ROW * place
        bar: _Where = {"x": percent(left), "width": percent(value / whole)}
        _draw_part(root, place, hatch, {**bar, "y": 0, "height": _BAR})
        _draw_part(root, place, hatch, {"x": 1, "width": 20, "y": y + 3, "height": 13})
        element(root, "text", clipped(label, 28), class_="fab-chart__word", x=30, y=y + 15)
        where: _Where = {"x": "100%", "y": y + 15, "text_anchor": "end"}
        element(root, "text", words[place], class_="fab-chart__value", **where)
        left += value / whole
    return Chart(
        title,
        html(root),
        [
            pgettext("chart", "What"),
            titled(pgettext("chart", "How much"), unit),
            pgettext("chart", "Share"),
        ],
        rows,
    )


def meter(title: str, used: Figure, whole: Figure, *, held: Figure = 0, unit: str = "") -> Chart:
    """How much of a whole is used, how much of it is held for what runs, and how much is left."""
    most = finite(whole)
    if most <= 0:
        return empty(title)
    gone, kept = max(0.0, finite(used)), max(0.0, finite(held))
    words = [
        (pgettext("chart", "Used"), gone),
        (pgettext("chart", "Held"), kept),
        (pgettext("chart", "Left"), max(0.0, most - gone - kept)),
    ]
    told = ", ".join(f"{label}: {with_unit(value, unit)}" for label, value in words)
    root = picture("fab-meter", title, told, 20)
    hatch = _hatched(root, title, (gone, kept, most))
    element(root, "rect", class_="fab-meter__track", x=0, y=0, width="100%", height=20)
    first = min(1.0, gone / most)
    second = min(1.0 - first, kept / most)
    element(root, "rect", class_="fab-meter__used", x=0, y=0, width=percent(first), height=20)
    if second:
        where: _Where = {"x": percent(first), "y": 0, "width": percent(second), "height": 20}
        element(root, "rect", class_="fab-meter__held", **where)
        element(root, "rect", fill=f"url(#{hatch})", **where)
    rows = [[label, figure(value)] for label, value in words]
    return Chart(
        title,
        html(root),
        [pgettext("chart", "What"), titled(pgettext("chart", "How much"), unit)],
        rows,
    )


def _draw_part(root: Element, place: int, hatch: str, where: _Where) -> None:
    element(root, "rect", class_=f"fab-chart__part fab-c{place % 6 + 1}", **where)
    if place % 2:
        element(root, "rect", fill=f"url(#{hatch})", **where)


def _hatched(root: Element, *facts: object) -> str:
    """A pattern of lines, by a name that follows from what the plot shows."""
    name = f"fab-{zlib.crc32(repr(facts).encode()):08x}"
    pattern = element(
        element(root, "defs"), "pattern", id=name, width=7, height=7, patternUnits="userSpaceOnUse"
    )
    element(pattern, "path", class_="fab-chart__hatch", d="M-1,1L1,-1M0,7L7,0M6,8L8,6")
    return name


def spark(values: Sequence[Figure], title: str = "") -> Chart:
    """A line the size of a word, for a cell of a table; its figures are in its description."""
    heights = [finite(value) for value in values]
    if not heights:
        return empty(title)
    low, tall = min(heights), (max(heights) - min(heights)) or 1.0
    wide = 90 / max(1, len(heights) - 1)
    spots = [
        (3 + place * wide, 20 - (value - low) / tall * 16) for place, value in enumerate(heights)
    ]
    root = picture(
        "fab-spark", title or pgettext("chart", "Course"), ranged(heights), 0, box=_SPARK
    )
    if len(spots) > 1:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in fewer(spots))
        element(root, "polyline", class_="fab-chart__line fab-c1", points=path)
    x, y = spots[-1]
    element(root, "circle", class_="fab-chart__dot fab-c1", cx=x, cy=y, r=2.5)
    return Chart(title, html(root), [title], [[figure(value)] for value in fewer(heights)])


def spark_bars(counts: Sequence[Figure], title: str = "") -> Chart:
    """A distribution the size of a word, for a cell of a table."""
    heights = [max(0.0, finite(count)) for count in counts]
    if not any(heights):
        return empty(title)
    root = picture(
        "fab-spark", title or pgettext("chart", "Distribution"), ranged(heights), 0, box=_SPARK
    )
    drawn = fewer(heights, 96)
    wide, most = 96 / len(drawn), max(heights)
    for place, count in enumerate(drawn):
        tall = 22 * count / most
        element(
            root,
            "rect",
            class_="fab-chart__bar",
            x=place * wide,
            y=24 - tall,
            width=max(0.5, wide - 1),
            height=tall,
        )
    return Chart(title, html(root), [title], [[figure(count)] for count in fewer(heights)])
