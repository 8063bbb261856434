"""The picture of what came from what: well-formed, escaped, reachable, told in a list too."""

from typing import Any
from xml.dom.minidom import Document, parseString

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from fabriek.web.pictures import Node, lineage

names = st.sampled_from("abcdefgh")


def parsed(picture: str) -> Document:
    return parseString(picture)  # noqa: S318 - our own output


def spots(picture: str) -> list[tuple[float, float]]:
    found = []
    for one in parsed(picture).getElementsByTagName("*"):
        if moved := one.getAttribute("transform"):
            x, y = moved.removeprefix("translate(").removesuffix(")").split()
            found.append((float(x), float(y)))
    return found


@given(
    st.lists(st.tuples(names, st.text(max_size=40), st.sampled_from(["data", "job", "x"]))),
    st.lists(st.tuples(names, names)),
)
def test_any_graph_gives_a_drawing_without_overlap(things: Any, edges: Any) -> None:
    nodes = [Node(one, kind, title, href="/there/") for one, title, kind in things]
    picture = lineage(nodes, edges)
    places = spots(picture)
    assert len(places) == len({node.id for node in nodes})
    for number, (x, y) in enumerate(places):
        assert not any(abs(x - a) < 208 and abs(y - b) < 64 for a, b in places[number + 1 :])


def test_data_stand_left_of_the_job_and_the_model() -> None:
    nodes = [
        Node("m", "model", "oogst", "versie 2", "/m/"),
        Node("d", "data", "metingen", "versie 1", "/d/"),
        Node("j", "job", "taak 12", "", "/j/"),
    ]
    with translation.override("en"):
        picture = lineage(nodes, [("d", "j"), ("j", "m"), ("d", "m"), ("gone", "m")])
    links = [one.getAttribute("href") for one in parsed(picture).getElementsByTagName("a")]
    assert links == ["/d/", "/j/", "/m/"] * 2
    assert [x for x, _y in spots(picture)] == sorted(x for x, _y in spots(picture))
    assert "from: taak 12, metingen" in picture
    assert " style=" not in picture


def test_what_people_wrote_is_escaped() -> None:
    evil = "</text><script>alert(1)</script>"
    picture = lineage([Node("a", "data", evil, evil, "/?a=1&b='\"<")], [])
    assert "<script" not in picture
    parsed(picture)


def test_nothing_is_a_sentence() -> None:
    assert "fab-muted" in lineage([], [("a", "b")])


def test_a_large_picture_stays_small() -> None:
    nodes = [Node(str(n), "job", f"taak {n}", href=f"/jobs/{n}/") for n in range(60)]
    edges = [(str(n), str(n + k)) for n in range(60) for k in (3, 7) if n + k < 60]
    assert len(lineage(nodes, edges)) < 60_000
