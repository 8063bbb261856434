"""What every template knows."""

from typing import Any

from django.http import HttpRequest

from fabriek.web.language import page_language


def page(request: HttpRequest) -> dict[str, Any]:
    """`page_language`: nl or en."""
    return {"page_language": page_language()}
