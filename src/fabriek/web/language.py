"""The language of the page: Dutch at /, English at /en/."""

from django.utils.translation import get_language

from fabriek.core.problems import Language


def page_language() -> Language:
    """The language that the page's address asks for."""
    return "en" if get_language() == "en" else "nl"
