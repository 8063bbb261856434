"""Lines over time or over numbers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext

from fabriek.web.charts.chart import Chart, Figure, empty, fewer, finite, ranged
from fabriek.web.charts.frame import ROW, TALL, Frame, begin, bottom_words
from fabriek.web.charts.scales import Scale, figure, moment, numbers, stamp, tame, times
from fabriek.web.drawing import Element, clipped, element, html, number, percent

X = datetime | float
Points = Sequence[tuple[float, float | None]]
_MOST_POINTS = 400
_FEW_POINTS = 12
_MARKERS = (
    "M-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0",
    "M-4,-4h8v8h-8z",
    "M0,-5l5,9h-10z",
    "M0,-5.5l5.5,5.5l-5.5,5.5l-5.5,-5.5z",
    "M-5,-4h10l-5,9z",
    "M-5,-1.5h10v3h-10z",
)


@dataclass(frozen=True)
class Series:
    """A line: its points, where a y of None leaves a gap. `dashed` is for what is not measured:
    a plan, a forecast. `area` tints what lies below the line."""

    name: str
    points: Sequence[tuple[X, Figure | None]]
    dashed: bool = False
    area: bool = False


def line(
    title: str,
    x_label: str,
    y_label: str,
    series: Sequence[Series],
    *,
    marks: Sequence[tuple[X, str]] = (),
    y_max: Figure | None = None,
    counted: bool = False,
) -> Chart:
    """Lines with marked places along the x-axis; `y_max` is the whole that the figures are part of:
    the axis goes from zero to it. `counted`: x is a number of something, a version or a step, and
    only whole ones have a tick."""
    lines = [_clean(one) for one in series]
    ys = [y for one in lines for _x, y in one if y is not None]
    if not ys:
        return empty(title)
    dated = any(isinstance(x, datetime) for one in series for x, _y in one.points)
    marked = [(_place(x), text) for x, text in marks if isinstance(x, datetime) == dated]
    xs = [x for one in lines for x, _y in one] + [x for x, _text in marked]
    low, high = min(xs), max(xs)
    across = times(low, high) if dated else numbers(low, high, snug=True, whole=counted)
    upright = _upright(ys) if y_max is None else _upright([0.0, *ys, finite(y_max)])
    names = [one.name or y_label for one in series]
    looks = _looks(series)
    keyed = len(series) if len(series) > 1 else 0
    frame = begin(
        title,
        _told(names, lines),
        upright,
        rows=keyed + (1 if marked else 0),
        y_label=y_label,
        x_label=x_label,
    )
    for x, text in marked:
        _draw_mark(frame, across.share(x), text)
    for place, (one, points) in enumerate(zip(series, lines, strict=True)):
        if keyed:
            _draw_key(frame, place, names[place], looks[place])
        spots = [(across.share(x), y) for x, y in _thinned(points)]
        _draw_line(frame, place, spots, one, looks[place])
    bottom_words(frame, [(across.share(at), words) for at, words in across.ticks])
    head = [
        x_label or (pgettext("chart", "Moment") if dated else pgettext("chart", "Place")),
        *names,
    ]
    return Chart(title, html(frame.root), head, _table(lines, moment if dated else figure))


def _clean(series: Series) -> Points:
    kept = [
        (_place(x), None if y is None or not math.isfinite(y) else tame(float(y)))
        for x, y in series.points
        if isinstance(x, datetime) or math.isfinite(x)
    ]
    return sorted(kept, key=lambda point: point[0])


def _place(x: X) -> float:
    return stamp(x) if isinstance(x, datetime) else finite(x)


def _upright(ys: Sequence[float]) -> Scale:
    """From zero, unless the figures lie close together far away from it."""
    low, high = min(ys), max(ys)
    if 0 < high - low < 0.25 * max(abs(low), abs(high)):
        return numbers(low, high)
    return numbers(min(0.0, low), max(0.0, high))


def _thinned(points: Points) -> Points:
    """At most so many points: of each stretch the lowest and the highest, so that peaks stay."""
    if len(points) <= _MOST_POINTS:
        return points
    kept = {0, len(points) - 1}
    stretch = math.ceil(len(points) / (_MOST_POINTS / 2))
    for start in range(0, len(points), stretch):
        places = range(start, min(start + stretch, len(points)))
        known = [(y, place) for place in places if (y := points[place][1]) is not None]
        kept.update((min(known)[1], max(known)[1]) if known else (start,))
    return [points[place] for place in sorted(kept)]


def _told(names: Sequence[str], lines: Sequence[Points]) -> str:
    parts = []
    for name, points in zip(names, lines, strict=True):
        if ys := [y for _x, y in points if y is not None]:
            parts.append(f"{name}: {ranged(ys)}" if name else ranged(ys))
    return " ".join(parts)


def _table(lines: Sequence[Points], words: Callable[[float], str]) -> list[list[str]]:
    """A row for each x, a column for each line."""
    columns = [dict(points) for points in lines]
    found = fewer(sorted({x for points in lines for x, _y in points}))
    return [[words(x), *(_cell(column.get(x)) for column in columns)] for x in found]


def _cell(y: float | None) -> str:
    return "–" if y is None else figure(y)


def _looks(series: Sequence[Series]) -> list[str]:
    """Each line's classes: a colour of its own, and for dashed lines a dash of their own."""
    looks, dashed = [], 0
    for place, one in enumerate(series):
        look = f"fab-chart__line fab-c{place % 6 + 1}"
        if one.dashed:
            look += " fab-chart__line--dashed"
            look += f" fab-chart__line--dashed-{dashed % 3 + 1}" if dashed else ""
            dashed += 1
        looks.append(look)
    return looks


def _draw_line(frame: Frame, place: int, points: Points, series: Series, look: str) -> None:
    """The field is 1000 wide and stretched to its place; strokes keep their width."""
    stretched = element(
        frame.plot,
        "svg",
        viewBox=f"0 0 1000 {TALL}",
        width="100%",
        height=TALL,
        preserveAspectRatio="none",
        overflow="visible",
    )
    for stretch in _stretches(points):
        path = " ".join(f"{number(x * 1000)},{number(frame.y(y))}" for x, y in stretch)
        if series.area:
            floor = number(frame.y(0))
            left, right = number(stretch[0][0] * 1000), number(stretch[-1][0] * 1000)
            closed = f"{left},{floor} {path} {right},{floor}"
            element(
                stretched, "polygon", class_=f"fab-chart__area fab-c{place % 6 + 1}", points=closed
            )
        if len(stretch) > 1:
            shape = {"points": path, "vector_effect": "non-scaling-stroke"}
            element(stretched, "polyline", class_=look, **shape)
    known = [(x, y) for x, y in points if y is not None]
    alone = [one[0] for one in _stretches(points) if len(one) == 1]
    if not series.dashed:
        shown = known if len(known) <= _FEW_POINTS else fewer(known, 5) if place else [known[-1]]
        alone = sorted({*alone[:_MOST_POINTS], *shown})
    for x, y in alone:
        _draw_marker(frame.plot, place, percent(x), frame.y(y))


def _stretches(points: Points) -> list[list[tuple[float, float]]]:
    """The points between gaps."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is not None:
            stretches[-1].append((x, y))
        elif stretches[-1]:
            stretches.append([])
    return [one for one in stretches if one]


def _draw_marker(parent: Element, place: int, x: str, y: float) -> None:
    spot = element(parent, "svg", x=x, y=y, overflow="visible")
    marker = _MARKERS[place % len(_MARKERS)]
    element(spot, "path", class_=f"fab-chart__dot fab-c{place % 6 + 1}", d=marker)


def _draw_key(frame: Frame, place: int, name: str, look: str) -> None:
    y = ROW * place + 10
    element(frame.root, "line", class_=look, x1=0, x2=28, y1=y, y2=y)
    if "dashed" not in look:
        _draw_marker(frame.root, place, "14", y)
    element(frame.root, "text", clipped(name, 36), class_="fab-chart__word", x=38, y=y + 5)


def _draw_mark(frame: Frame, share: float, text: str) -> None:
    x = percent(share)
    element(frame.plot, "line", class_="fab-chart__mark", x1=x, x2=x, y1=-4, y2=TALL)
    anchor = "start" if share < 0.3 else "end" if share > 0.7 else "middle"
    where: dict[str, str | float] = {"x": x, "y": -12, "text_anchor": anchor}
    element(frame.plot, "text", clipped(text, 32), class_="fab-chart__mark-word", **where)
