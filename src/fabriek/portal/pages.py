"""Pages about several rooms at once."""

from django.http import HttpResponse
from django.shortcuts import render

from fabriek.people.session import PageRequest, operator_only, signed_in


@signed_in
def home(request: PageRequest) -> HttpResponse:
    """What waits for the person."""
    return render(request, "portal/front.html")


@signed_in
def projects(request: PageRequest) -> HttpResponse:
    """The person's projects."""
    return render(request, "portal/front.html")


@signed_in
def project(request: PageRequest, slug: str) -> HttpResponse:
    """One project."""
    return render(request, "portal/front.html")


@operator_only
def operator(request: PageRequest) -> HttpResponse:
    """The state of the factory."""
    return render(request, "portal/front.html")
