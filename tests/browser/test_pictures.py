"""Pictures of the main pages, for the documents: `make pictures` keeps them in docs/pictures/pages.

They are also looked at here: a picture must show a page that is really there, with its style.
"""

from pathlib import Path
from typing import Any

import atlas
import pytest

SHOWN = ("front", "draft", "project", "preview", "job_new", "job", "model_version", "operator")
WINDOW = {"width": 1180, "height": 860}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", SHOWN)
def test_a_picture(visit: Any, showcase: Any, screenshots: Path, name: str, language: str) -> None:
    place = next(place for place in atlas.PLACES if place.name == name)
    path = atlas.address_of(place, showcase.ids, language)
    seen = visit(place.seen_by, path, viewport=WINDOW, locale=language)
    file = screenshots / f"{name}-{language}.png"
    seen.page.wait_for_load_state("networkidle")
    seen.page.screenshot(path=file)
    assert not seen.faults
    # A page without its style sheet would be a white sheet with little text.
    assert file.stat().st_size > 20_000
