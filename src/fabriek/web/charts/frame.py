"""The frame of a plot with two axes: grid, words, key; the data come on top."""

from collections.abc import Sequence
from dataclasses import dataclass

from fabriek.web.charts.chart import picture
from fabriek.web.charts.scales import Scale
from fabriek.web.drawing import Element, clipped, element, number, percent

ROW = 22
TALL = 190


@dataclass(frozen=True)
class Frame:
    """`root` holds the words around; `plot` is the field between the axes, in percents across."""

    root: Element
    plot: Element
    upright: Scale

    def y(self, value: float) -> float:
        """How far below the top of the field a value lies, in pixels."""
        return TALL * (1 - self.upright.share(value))


def begin(
    title: str, told: str, upright: Scale, *, rows: int = 0, y_label: str = "", x_label: str = ""
) -> Frame:
    """A frame with its grid; `rows` are kept free above it for the key."""
    top = ROW * rows + (ROW if y_label else 0) + 10
    root = picture("fab-chart", title, told, top + TALL + ROW + (ROW if x_label else 4))
    if y_label:
        element(root, "text", clipped(y_label, 44), class_="fab-chart__label", x=0, y=top - 16)
    longest = max(len(words) for _place, words in upright.ticks)
    gutter = "s" if longest <= 3 else "m" if longest <= 6 else "l"
    plot = element(
        root,
        "svg",
        class_=f"fab-chart__plot fab-chart__plot--{gutter}",
        x="14%",
        y=top,
        width="84%",
        height=TALL,
        overflow="visible",
    )
    frame = Frame(root, plot, upright)
    for place, words in upright.ticks:
        y = number(frame.y(place))
        kind = "fab-chart__axis" if place == 0 else "fab-chart__grid"
        element(plot, "line", class_=kind, x1=0, x2="100%", y1=y, y2=y)
        element(
            plot, "text", words, class_="fab-chart__tick", x=-8, y=y, dy="0.35em", text_anchor="end"
        )
    if x_label:
        where: dict[str, str | float] = {"x": "100%", "y": TALL + 2 * ROW - 4, "text_anchor": "end"}
        element(plot, "text", clipped(x_label, 44), class_="fab-chart__label", **where)
    return frame


def bottom_words(frame: Frame, words: Sequence[tuple[float, str]]) -> None:
    """The words below the field, each centred on its place except at the ends."""
    for place, text in words:
        anchor = "start" if place < 0.08 else "end" if place > 0.92 else "middle"
        where: dict[str, str | float] = {"x": percent(place), "y": TALL + 18, "text_anchor": anchor}
        element(frame.plot, "text", text, class_="fab-chart__tick", **where)
        if 0 < place < 1:
            x = percent(place)
            element(frame.plot, "line", class_="fab-chart__grid", x1=x, x2=x, y1=TALL, y2=TALL + 5)


def column(frame: Frame, left: float, width: float, value: float) -> None:
    """A standing bar from zero to its value."""
    top, bottom = sorted((frame.y(value), frame.y(0)))
    element(
        frame.plot,
        "rect",
        class_="fab-chart__bar fab-chart__bar--standing",
        x=percent(left),
        width=percent(width),
        y=top,
        height=bottom - top,
    )
