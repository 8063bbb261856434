"""Everything by keyboard, and one sees where one is."""

from typing import Any

import atlas
import pytest

PLACES = [place for place in atlas.PLACES if place.main]
# What the browser lets a keyboard reach. A group of radio buttons is one stop.
STOPS = """() => {
    const found = [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
        .filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility());
    const groups = new Set();
    return found.filter(e => {
        if (e.type !== 'radio') return true;
        if (groups.has(e.name)) return false;
        groups.add(e.name);
        return true;
    }).length;
}"""
FOCUS = """() => {
    const e = document.activeElement, s = getComputedStyle(e);
    const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
    const box = e.getBoundingClientRect();
    return {tag: e.tagName, html: e.outerHTML.slice(0, 120),
            visible: ring || s.boxShadow !== 'none',
            shown: box.width > 0 && box.height > 0};
}"""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    visit: Any, showcase: Any, place: atlas.Place
) -> None:
    page = visit(place.seen_by, atlas.address_of(place, showcase.ids, "en")).page
    expected = page.evaluate(STOPS)
    stops = 0
    for _ in range(expected + 5):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["tag"] == "BODY":
            break
        stops += 1
        assert focus["visible"] and focus["shown"], focus
    assert stops >= expected


def test_the_first_stop_leads_past_the_menu(visit: Any) -> None:
    page = visit("stranger", "/en/").page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
