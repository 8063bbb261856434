"""What a plot is, and the steps that every plot takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fabriek.web.charts.scales import figure, tame
from fabriek.web.drawing import Element, element, html

Figure = float | Decimal
MOST_ROWS = 200
_T = TypeVar("_T")


@dataclass(frozen=True)
class Chart:
    """A plot and the table behind it. `svg` is a sentence where there is nothing to draw."""

    title: str
    svg: SafeString
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def empty(title: str) -> Chart:
    """What stands in the place of a plot without figures."""
    return Chart(
        title, html(element(None, "p", _("There are no figures yet."), class_="fab-muted"))
    )


def picture(class_: str, title: str, told: str, height: int, *, box: str = "") -> Element:
    """The root of a plot: an image with a name and a description for who cannot see it."""
    size: dict[str, str | float] = {"viewBox": box} if box else {"width": "100%", "height": height}
    root = element(None, "svg", class_=class_, role="img", **size)
    element(root, "title", title)
    element(root, "desc", told)
    return root


def finite(value: Figure) -> float:
    """The figure as a float; what is not a number counts as nothing."""
    return tame(float(value)) if math.isfinite(value) else 0.0


def with_unit(value: float, unit: str) -> str:
    """The figure as people read it, with its unit."""
    return f"{figure(value)} {unit}".strip()


def titled(label: str, unit: str) -> str:
    """A label with its unit between brackets."""
    return f"{label} ({unit})" if label and unit else label or unit


def ranged(values: Sequence[float]) -> str:
    """A course of figures in one sentence."""
    return _("From %(first)s to %(last)s, lowest %(low)s, highest %(high)s.") % {
        "first": figure(values[0]),
        "last": figure(values[-1]),
        "low": figure(min(values)),
        "high": figure(max(values)),
    }


def fewer(rows: Sequence[_T], most: int = MOST_ROWS) -> Sequence[_T]:
    """At most so many rows, evenly taken, with the first and the last."""
    if len(rows) <= most:
        return rows
    return [rows[round(place * (len(rows) - 1) / (most - 1))] for place in range(most)]
