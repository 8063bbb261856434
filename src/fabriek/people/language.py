"""Which of the two languages a request asks for."""

from django.http import HttpRequest

from fabriek.core.problems import Language


def language_of(request: HttpRequest) -> Language:
    """The first of nl and en in Accept-Language; Dutch where it names neither."""
    for part in request.headers.get("Accept-Language", "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag == "en":
            return "en"
        if tag == "nl":
            return "nl"
    return "nl"
