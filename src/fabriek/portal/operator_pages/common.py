"""What the operator's pages have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _


def show(
    request: HttpRequest, page: str, title: str, *, part: str, status: int = 200, **context: Any
) -> HttpResponse:
    """An operator's page: `page` is its template, `part` the entry of the navigation it is in."""
    crumbs = [(_("Running the factory"), reverse("operator"))] if part else []
    if part and context.get("above"):
        crumbs.append(context["above"])
    crumbs.append((title, ""))
    context |= {"title": title, "crumbs": crumbs, "section": "operator", "part": part}
    return render(request, f"portal/{page}.html", context, status=status)
