"""The instrument itself: axe-core finds what is wrong, under the strict policy of our pages."""

from typing import Any

from axe import findings


def test_it_finds_what_is_wrong(visit: Any, axe: str) -> None:
    page = visit("stranger", "/en/").page
    assert not findings(page, axe)
    page.evaluate(
        """() => {
            document.querySelector('main').innerHTML =
                '<h1>A page</h1><img src="/static/x.png"><input><p class="pale">pale words</p>';
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('.pale { color: #ccc; background: #fff; }');
            document.adoptedStyleSheets.push(sheet);
        }"""
    )
    found = " ".join(findings(page, axe))
    assert all(rule in found for rule in ("image-alt", "label", "color-contrast"))
