"""Plots: whatever the figures, what comes out is well-formed, escaped and has its table."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.dom.minidom import Document, parseString

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from fabriek.web import charts
from fabriek.web.charts import scales

figures = st.floats(allow_nan=False, allow_infinity=False)
moments = st.datetimes(timezones=st.just(UTC))
words = st.text(max_size=60)
FIRST = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    with translation.override("nl"):
        yield


def parsed(svg: str) -> Document:
    return parseString(svg)  # noqa: S318 - our own output


def checked(chart: charts.Chart) -> Document:
    """The drawing, after what holds for every plot."""
    drawing = parsed(chart.svg)
    for one in drawing.getElementsByTagName("*"):
        assert not any(
            name == "style" or name.startswith("on") for name in dict(one.attributes.items())
        )
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"):
            if value := one.getAttribute(name):
                assert abs(float(value.rstrip("%"))) < 20_000
    assert len(chart.rows) <= 200
    assert all(len(row) == len(chart.head) for row in chart.rows)
    if chart.rows:
        assert drawing.documentElement.getAttribute("role") == "img"
        assert drawing.documentElement.firstChild.tagName == "title"
    else:
        assert drawing.documentElement.tagName == "p"
    return drawing


def texts(drawing: Document, tag: str = "text") -> list[str]:
    found: list[Any] = drawing.getElementsByTagName(tag)
    return [one.firstChild.data for one in found]


@given(
    st.lists(
        st.tuples(words, st.lists(st.tuples(figures, figures | st.none())), st.booleans()),
        max_size=4,
    ),
    st.lists(st.tuples(figures, words), max_size=2),
    figures | st.none(),
)
def test_any_lines_over_numbers(lines: Any, marks: Any, y_max: Any) -> None:
    series = [charts.Series(name, points, dashed) for name, points, dashed in lines]
    checked(charts.line("Lijn", "x", "y", series, marks=marks, y_max=y_max))


@given(st.lists(st.tuples(moments, figures)), st.lists(st.tuples(moments, words), max_size=2))
def test_any_lines_over_time(points: Any, marks: Any) -> None:
    checked(charts.line("Lijn", "", "", [charts.Series("a", points, area=True)], marks=marks))


@given(words, st.lists(st.tuples(words, figures), max_size=30), words)
def test_any_bars_and_shares(title: str, items: Any, unit: str) -> None:
    checked(charts.bars(title, items=items, unit=unit))
    checked(charts.shares(title, items, unit=unit))


@given(st.lists(figures, min_size=1, max_size=40).map(sorted), st.data())
def test_any_histogram_and_spark(edges: list[float], data: Any) -> None:
    counts = data.draw(st.lists(figures, min_size=len(edges) - 1, max_size=len(edges) - 1))
    checked(charts.histogram("Verdeling", edges, counts))
    checked(charts.spark(counts))
    checked(charts.spark_bars(counts))


@given(figures, figures, st.integers(2, 6))
def test_a_scale_holds_its_ends_and_few_ticks(a: float, b: float, ticks: int) -> None:
    low, high = min(a, b), max(a, b)
    scale = scales.numbers(low, high, ticks=ticks)
    assert 0 <= scale.share(low) <= scale.share(high) <= 1
    assert 2 <= len(scale.ticks) <= ticks + 3
    places = [place for place, _text in scale.ticks]
    assert places == sorted(set(places))


@given(moments, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9000)))
def test_a_time_scale_has_few_ticks_inside(first: datetime, length: timedelta) -> None:
    try:
        last = first + length
    except OverflowError:
        return
    scale = scales.times(scales.stamp(first), scales.stamp(last))
    assert len(scale.ticks) <= 7
    assert all(scale.low <= place <= scale.high for place, _text in scale.ticks)


def test_nothing_to_draw_is_a_sentence() -> None:
    gap = [charts.Series("a", [(1, None), (2, math.nan), (math.inf, 3)])]
    for chart in (
        charts.line("L", "x", "y", []),
        charts.line("L", "x", "y", gap),
        charts.bars("B"),
        charts.histogram("H", [0, 1], [0]),
        charts.histogram("H", [0, 1], [3, 4]),
        charts.shares("S", [("a", 0), ("b", -1)]),
        charts.spark([]),
        charts.spark_bars([]),
    ):
        assert not chart.rows
        assert chart.svg.startswith('<p class="fab-muted">')


def test_what_people_wrote_is_escaped() -> None:
    evil = '</text><script>alert(1)</script>"\x00&'
    drawing = charts.bars(evil, items=[(evil, 1)], unit=evil).svg
    assert "<script" not in drawing
    assert texts(parsed(drawing), "title") == ['</text><script>alert(1)</script>"&']
    page = render_to_string("web/chart.html", {"chart": charts.line("a", evil, "", [])})
    assert "<script" not in page


def test_ticks_are_round_and_in_the_readers_language() -> None:
    points = [(FIRST + timedelta(days=day), Decimal(day * 40)) for day in range(40)]
    chart = charts.line("Verbruik", "", "uren", [charts.Series("op", points)])
    assert {"0", "500", "1.000", "1.500", "2.000"} <= set(texts(checked(chart)))
    assert any(text.endswith("mrt") for text in texts(parsed(chart.svg)))
    with translation.override("en"):
        english = texts(parsed(charts.line("Use", "", "hours", [charts.Series("a", points)]).svg))
    assert "1,000" in english


def test_a_table_stands_behind_the_lines() -> None:
    two = [
        charts.Series("links", [(1.0, 2.5), (2.0, 3)]),
        charts.Series("rechts", [(2.0, Decimal("0.001")), (3.0, None)], dashed=True),
    ]
    chart = charts.line("Twee", "stap", "waarde", two)
    assert chart.head == ["stap", "links", "rechts"]
    assert chart.rows == [["1", "2,5", "–"], ["2", "3", "0,001"], ["3", "–", "–"]]
    page = render_to_string("web/chart.html", {"chart": chart})
    assert page.count('scope="col"') == 3
    assert "<td" in page


def test_lines_differ_without_colour() -> None:
    points = [(float(x), float(x)) for x in range(5)]
    series = [charts.Series("a", points), charts.Series("b", points)]
    series += [charts.Series("c", points, dashed=True), charts.Series("d", points, dashed=True)]
    drawing = checked(charts.line("T", "", "", series))
    markers = {one.getAttribute("d") for one in drawing.getElementsByTagName("path")}
    assert len(markers) == 2
    looks = {one.getAttribute("class") for one in drawing.getElementsByTagName("polyline")}
    assert sum("--dashed" in look for look in looks) == 2
    assert sum("--dashed-2" in look for look in looks) == 1


def test_peaks_survive_thinning() -> None:
    points = [(float(x), 1000.0 if x == 7_777 else 1.0) for x in range(20_000)]
    chart = charts.line("Piek", "", "", [charts.Series("a", points)])
    assert len(chart.svg) < 20_000
    line = checked(chart).getElementsByTagName("polyline")[0].getAttribute("points")
    assert any(point.endswith(",0") for point in line.split())


def test_parts_are_told_in_words() -> None:
    chart = charts.shares("Stil", [("niets in de rij", 30), ("geen plaats", 70)], unit="uur")
    assert texts(parsed(chart.svg), "desc") == ["niets in de rij: 30 %, geen plaats: 70 %"]
    assert chart.rows == [["niets in de rij", "30", "30 %"], ["geen plaats", "70", "70 %"]]


@given(figures, figures, figures)
def test_any_meter_stays_within_its_track(used: float, whole: float, held: float) -> None:
    drawing = checked(charts.meter("Tegoed", used, whole, held=held, unit="uur"))
    widths = [one.getAttribute("width") for one in drawing.getElementsByTagName("rect")]
    assert all(0 <= float(width.rstrip("%")) <= 100 for width in widths)


def test_a_meter_says_what_is_left() -> None:
    chart = charts.meter("Tegoed", 30, 100, held=Decimal("20.5"), unit="uur")
    assert texts(parsed(chart.svg), "desc") == ["Gebruikt: 30 uur, Vast: 20,5 uur, Over: 49,5 uur"]


def test_figures_read_well() -> None:
    shown = [scales.figure(value) for value in (0, -0.0, 1234.5, 0.00012, 2_500_000, 1e20, 5e-324)]
    assert shown[:4] == ["0", "0", "1.234,5", "0,00012"]
    assert shown[4].startswith("2,5 ")
    assert shown[5] == "1e+20"


def test_what_is_counted_has_no_ticks_between() -> None:
    for last in (1, 2, 3, 7, 40, 1000):
        ticks = scales.numbers(1, last, snug=True, whole=True).ticks
        assert ticks and all(place == int(place) for place, _words in ticks)
