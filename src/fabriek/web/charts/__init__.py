"""Plots as inline SVG made on the server, each with the table behind it.

A plot is as wide as its place: what lies along the x-axis is placed in percents, text and height
in pixels, so that words stay readable on a phone. Series differ by dash and marker as well as by
colour. The classes are explained in the room's README.
"""

from fabriek.web.charts.chart import Chart
from fabriek.web.charts.columns import bars, histogram
from fabriek.web.charts.lines import Series, line
from fabriek.web.charts.parts import meter, shares, spark, spark_bars

__all__ = ["Chart", "Series", "bars", "histogram", "line", "meter", "shares", "spark", "spark_bars"]
