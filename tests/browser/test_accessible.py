"""Every page in a real browser, in both languages: axe-core, narrow, in the dark.

`make test` looks at the main pages, `make test-all` at every page.
"""

from typing import Any

import atlas
import pytest
from axe import findings

LANGUAGES = ("nl", "en")
NARROW = {"width": 320, "height": 640}


def looks() -> list[Any]:
    """Each page in each language; those beyond the main ones are left to `make test-all`."""
    return [
        pytest.param(
            place,
            language,
            id=f"{place.id}-{language}",
            marks=[] if place.main else [pytest.mark.slow],
        )
        for place in atlas.PLACES
        for language in LANGUAGES
    ]


@pytest.mark.parametrize(("place", "language"), looks())
def test_a_page_for_everybody(
    visit: Any, showcase: Any, axe: str, place: atlas.Place, language: str
) -> None:
    """Light and dark, wide and at 320 pixels (which is 1280 at 400 %): nothing found, nothing
    asked of another host, nothing stopped by the content policy, nothing to scroll sideways."""
    seen = visit(place.seen_by, atlas.address_of(place, showcase.ids, language))
    page = seen.page
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert page.title().endswith("· Fabriek") and len(page.title()) > len("· Fabriek") + 2
    faults = findings(page, axe)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    faults += [f"dark: {fault}" for fault in findings(page, axe, only=["color-contrast"])]
    assert page.evaluate("document.getAnimations().length") == 0
    page.set_viewport_size(NARROW)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROW["width"]:
        faults.append(f"{wide} pixels wide at 320: {culprits(page)}")
    assert not faults + seen.faults


def culprits(page: Any) -> Any:
    """What reaches beyond a narrow window, to say in the failure."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main *, header *, footer *')]
            .filter(e => e.getBoundingClientRect().right > 321 && !e.closest('.fab-scroll'))
            .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )
