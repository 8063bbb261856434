"""Bars: one for each label, or one for each stretch of figures."""

import itertools
from collections.abc import Sequence

from django.utils.safestring import SafeString
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
from fabriek.web.charts.frame import begin, bottom_words, column
from fabriek.web.charts.scales import figure, numbers
from fabriek.web.drawing import clipped, element, html, percent

_LONG_LIST = 12
_BAR_ROW = 44


def bars(
    title: str,
    x_label: str = "",
    y_label: str = "",
    items: Sequence[tuple[str, Figure]] = (),
    unit: str = "",
    *,
    upright: bool = False,
) -> Chart:
    """A bar for each label. A short list lies down with its words above each bar; a long one, and
    what is `upright` because it has an order, stands up, with words at the ends and in the
    middle."""
    values = [(label, finite(value)) for label, value in items]
    if not values:
        return empty(title)
    head = [
        x_label or pgettext("chart", "What"),
        titled(y_label or pgettext("chart", "How much"), unit),
    ]
    rows = [[label, figure(value)] for label, value in fewer(values)]
    drawn = _standing if upright or len(values) > _LONG_LIST else _lying
    return Chart(title, drawn(title, x_label, y_label, values, unit), head, rows)


def _lying(
    title: str, x_label: str, y_label: str, values: Sequence[tuple[str, float]], unit: str
) -> SafeString:
    ends = [value for _label, value in values]
    scale = numbers(min(0.0, *ends), max(0.0, *ends))
    told = ", ".join(f"{label}: {with_unit(value, unit)}" for label, value in values)
    root = picture("fab-chart", title, told, _BAR_ROW * len(values))
    zero = scale.share(0)
    for place, (label, value) in enumerate(values):
        y = _BAR_ROW * place
        amount = with_unit(value, unit)
        element(root, "text", clipped(label, 28), class_="fab-chart__word", x=0, y=y + 15)
        element(
            root, "text", amount, class_="fab-chart__value", x="100%", y=y + 15, text_anchor="end"
        )
        element(root, "rect", class_="fab-chart__track", x=0, y=y + 22, width="100%", height=12)
        start, end = sorted((zero, scale.share(value)))
        where: dict[str, str | float] = {"x": percent(start), "width": percent(end - start)}
        element(root, "rect", class_="fab-chart__bar", **where, y=y + 22, height=12)
    return html(root)


def _standing(
    title: str, x_label: str, y_label: str, values: Sequence[tuple[str, float]], unit: str
) -> SafeString:
    ends = [value for _label, value in values]
    scale = numbers(min(0.0, *ends), max(0.0, *ends))
    frame = begin(title, ranged(ends), scale, y_label=titled(y_label, unit), x_label=x_label)
    width = 1 / len(values)
    for place, value in enumerate(ends):
        column(frame, place * width, width, value)
    shown = (0, len(values) // 2, len(values) - 1)
    bottom_words(frame, [((at + 0.5) * width, clipped(values[at][0], 12)) for at in shown])
    return html(frame.root)


def histogram(
    title: str,
    edges: Sequence[Figure],
    counts: Sequence[Figure],
    x_label: str = "",
    y_label: str = "",
) -> Chart:
    """How many fall between each two edges: one edge more than counts."""
    places, heights = sorted(finite(edge) for edge in edges), [finite(one) for one in counts]
    if not any(heights) or len(places) != len(heights) + 1:
        return empty(title)
    across = numbers(places[0], places[-1], ticks=3, snug=True)
    upright = numbers(min(0.0, *heights), max(0.0, *heights), ticks=3)
    y_label = y_label or pgettext("chart", "How many")
    frame = begin(title, ranged(heights), upright, y_label=y_label, x_label=x_label)
    flat = across.share(places[0]) == across.share(places[-1])
    between = list(itertools.pairwise(places))
    for place, (start, end) in enumerate(between):
        left = place / len(heights) if flat else across.share(start)
        right = (place + 1) / len(heights) if flat else across.share(end)
        column(frame, left, right - left, heights[place])
    bottom_words(frame, [(across.share(place), words) for place, words in across.ticks])
    rows = [
        [figure(start), figure(end), figure(count)]
        for (start, end), count in fewer(list(zip(between, heights, strict=True)))
    ]
    return Chart(
        title, html(frame.root), [pgettext("chart", "From"), pgettext("chart", "To"), y_label], rows
    )
