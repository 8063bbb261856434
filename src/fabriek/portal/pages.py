"""Pages about several rooms at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fabriek.people.session import PageRequest, operator_only, signed_in


def front(request: HttpRequest) -> HttpResponse:
    """The front door."""
    return render(request, "portal/front.html")


def route_finder(request: HttpRequest) -> HttpResponse:
    """A few questions that end at the right access mode."""
    return render(request, "portal/front.html")


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
