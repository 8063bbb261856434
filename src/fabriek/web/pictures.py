"""Drawings of how things hang together: what came from what.

The drawing's nodes are links, so everything in it is reached by keyboard; the same facts stand
below it as a list. On a narrow screen the drawing scrolls in its own region.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fabriek.web.drawing import Element, clipped, element, html

_WIDE, _HIGH = 208, 64
_GAP_X, _GAP_Y = 64, 20
_EDGE = 8
_FITS = 22
_SWEEPS = 4


@dataclass(frozen=True)
class Node:
    """A thing in the picture. `kind` (data, job, model or other) gives its shape and its word;
    without a `layer` it stands one step right of the last thing that it came from."""

    id: str
    kind: str
    title: str
    note: str = ""
    href: str = ""
    layer: int | None = None


def lineage(nodes: Sequence[Node], edges: Sequence[tuple[str, str]], title: str = "") -> SafeString:
    """A picture from left to right of what came from what; an edge is (from, to)."""
    known = {node.id: node for node in nodes}
    arrows = list(dict.fromkeys((a, b) for a, b in edges if a in known and b in known and a != b))
    title = title or _("What came from what")
    figure = element(None, "figure", class_="utrecht-figure fab-figure fab-figure--wide")
    element(figure, "figcaption", title, class_="fab-figure__caption")
    if not known:
        element(figure, "p", _("There is nothing to show yet."), class_="fab-muted")
        return html(figure)
    layers = _layers(list(known.values()), arrows)
    ways = [_way(a, b, layers) for a, b in arrows]
    places = _places(layers, ways)
    attributes = {"class_": "fab-scroll", "role": "region", "tabindex": "0", "aria_label": title}
    _draw(element(figure, "div", **attributes), list(known.values()), ways, places)
    details = element(figure, "details", class_="fab-figure__table")
    element(details, "summary", _("Show as a list"))
    _list(details, known, arrows, places)
    return html(figure)


def _layers(nodes: Sequence[Node], arrows: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Each node's column: the longest way to it. In a circle that ends after so many rounds."""
    layers = {node.id: node.layer or 0 for node in nodes}
    fixed = {node.id for node in nodes if node.layer is not None}
    for _round in range(min(len(nodes), 60)):
        before = dict(layers)
        for a, b in arrows:
            if b not in fixed:
                layers[b] = min(len(nodes), max(layers[b], layers[a] + 1))
        if layers == before:
            break
    columns = {layer: column for column, layer in enumerate(sorted(set(layers.values())))}
    return {one: columns[layer] for one, layer in layers.items()}


def _way(a: str, b: str, layers: dict[str, int]) -> list[str]:
    """From a to b with a stop in each column between, which keeps room free for the line."""
    stops = []
    for column in range(layers[a] + 1, layers[b]):
        stop = f"{a}\n{b}\n{column}"
        layers[stop] = column
        stops.append(stop)
    return [a, *stops, b]


def _places(layers: dict[str, int], ways: Sequence[Sequence[str]]) -> dict[str, tuple[int, float]]:
    """For each node and stop its column and its row, such that few lines cross."""
    columns: dict[int, list[str]] = defaultdict(list)
    for one, layer in layers.items():
        columns[layer].append(one)
    beside: dict[str, list[str]] = defaultdict(list)
    for a, b in (pair for way in ways for pair in itertools.pairwise(way)):
        beside[a].append(b)
        beside[b].append(a)
    tallest = max(len(ids) for ids in columns.values())
    rows: dict[str, float] = {}
    for column in sorted(columns):
        rows.update(_stacked(columns[column], tallest))
    for sweep in range(_SWEEPS):
        for column in sorted(columns, reverse=bool(sweep % 2)):
            ids = columns[column]
            ids.sort(key=lambda one: _mean([rows[other] for other in beside[one]], rows[one]))
            rows.update(_stacked(ids, tallest))
    return {one: (layers[one], row) for one, row in rows.items()}


def _stacked(ids: Sequence[str], tallest: int) -> dict[str, float]:
    return {one: row + (tallest - len(ids)) / 2 for row, one in enumerate(ids)}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _spot(column: int, row: float) -> tuple[float, float]:
    return _EDGE + column * (_WIDE + _GAP_X), _EDGE + row * (_HIGH + _GAP_Y)


def _draw(
    parent: Element,
    nodes: Sequence[Node],
    ways: Sequence[Sequence[str]],
    places: dict[str, tuple[int, float]],
) -> None:
    first = min(row for _column, row in places.values())
    spots = {one: _spot(column, row - first) for one, (column, row) in places.items()}
    wide = max(x for x, _y in spots.values()) + _WIDE + _EDGE
    high = max(y for _x, y in spots.values()) + _HIGH + _EDGE
    size: dict[str, str | float] = {
        "width": wide,
        "height": high,
        "viewBox": f"0 0 {wide:g} {high:g}",
    }
    root = element(parent, "svg", class_="fab-lineage", role="group", **size)
    element(root, "title", _("Drawing, from left to right"))
    for way in ways:
        _draw_way(root, [spots[one] for one in way])
    for node in sorted(nodes, key=lambda one: places[one.id]):
        _draw_node(root, node, *spots[node.id])


def _draw_way(root: Element, spots: Sequence[tuple[float, float]]) -> None:
    """A line from the right of the first spot, through the stops, to the left of the last."""
    middle = _HIGH / 2
    path = f"M{spots[0][0] + _WIDE:g},{spots[0][1] + middle:g}"
    for number, ((x1, y1), (x2, y2)) in enumerate(itertools.pairwise(spots), 2):
        last = number == len(spots)
        start, end = x1 + _WIDE, x2 - (7 if last else 0)
        bend = max(28.0, (end - start) / 2)
        path += (
            f"C{start + bend:g},{y1 + middle:g} {end - bend:g},{y2 + middle:g} "
            f"{end:g},{y2 + middle:g}" + ("" if last else f"h{_WIDE}")
        )
    element(root, "path", class_="fab-lineage__line", d=path)
    head = f"M{spots[-1][0] - 7:g},{spots[-1][1] + middle - 4:g}l7,4l-7,4z"
    element(root, "path", class_="fab-lineage__head", d=head)


def _draw_node(root: Element, node: Node, x: float, y: float) -> None:
    kind = node.kind if node.kind in {"data", "job", "model"} else "other"
    held = element(root, "a", href=node.href) if node.href else element(root, "g")
    held.set("class", f"fab-lineage__node fab-lineage__node--{kind}")
    held.set("transform", f"translate({x:g} {y:g})")
    if len(node.title) > _FITS:
        element(held, "title", node.title)
    corner = {"data": 14, "model": 32}.get(kind, 3)
    element(held, "rect", class_="fab-lineage__box", width=_WIDE, height=_HIGH, rx=corner)
    left = 22 if kind == "model" else 14
    word = " · ".join(filter(None, (_word(kind), node.note)))
    element(held, "text", clipped(node.title, _FITS), class_="fab-lineage__title", x=left, y=27)
    element(held, "text", clipped(word, 30), class_="fab-lineage__note", x=left, y=47)


def _word(kind: str) -> str:
    words = {
        "data": pgettext("chart", "Data"),
        "job": pgettext("chart", "Job"),
        "model": pgettext("chart", "Model"),
    }
    return words.get(kind, "")


def _list(
    parent: Element,
    known: dict[str, Node],
    arrows: Sequence[tuple[str, str]],
    places: dict[str, tuple[int, float]],
) -> None:
    items = element(parent, "ul", class_="utrecht-unordered-list")
    for one in sorted(known, key=lambda one: places[one]):
        node = known[one]
        item = element(items, "li", class_="utrecht-unordered-list__item")
        name = f"{_word(node.kind)} {node.title}".strip()
        if node.href:
            element(item, "a", name, class_="nl-link", href=node.href)
        else:
            element(item, "span", name)
        if node.note:
            element(item, "span", f" ({node.note})")
        if sources := [known[a].title for a, b in arrows if b == one]:
            element(item, "span", _(", from: %(sources)s") % {"sources": ", ".join(sources)})
