"""Addresses of the pages: Dutch at /, English at /en/."""

from importlib import import_module
from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from fabriek.portal import front_pages, home_pages, project_pages
from fabriek.portal.operator_urls import HEALTH, OPERATOR

OWN = [
    path("", front_pages.front, name="front"),
    path("find-your-way/", front_pages.route_finder, name="route_finder"),
    path("home/", home_pages.home, name="home"),
    path("projects/", project_pages.projects, name="projects"),
    path("projects/<slug:slug>/", project_pages.project, name="project"),
    *OPERATOR,
]
ROOMS = ("people", "access", "data", "compute", "registry", "reports")
# TODO(portal): goes when every room has its pages.
EXPECTED = {
    "account_login": "login/",
    "account_logout": "logout/",
    "signup": "signup/",
    "account": "account/",
    "organisations": "organisations/",
    "organisation_new": "organisations/new/",
    "tokens": "account/tokens/",
    "modes": "access/",
    "apply": "applications/new/",
    "applications": "applications/",
    "application": "applications/<int:application_id>/",
    "reviews": "reviews/",
    "review": "reviews/<int:review_id>/",
    "members": "projects/<slug:slug>/members/",
    "extensions": "projects/<slug:slug>/extensions/",
    "datasets": "projects/<slug:slug>/data/",
    "dataset": "projects/<slug:slug>/data/<slug:dataset>/",
    "version": "projects/<slug:slug>/data/<slug:dataset>/<int:number>/",
    "dataset_new": "projects/<slug:slug>/data/new/",
    "jobs": "projects/<slug:slug>/jobs/",
    "job_new": "projects/<slug:slug>/jobs/new/",
    "job": "jobs/<int:job_id>/",
    "models": "projects/<slug:slug>/models/",
    "model": "projects/<slug:slug>/models/<slug:name>/",
    "model_version": "projects/<slug:slug>/models/<slug:name>/<int:number>/",
    "report": "projects/<slug:slug>/report/",
}


def _absent(request: HttpRequest, **_named: object) -> HttpResponse:
    raise Http404


def _pages() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = list(OWN)
    for room in ROOMS:
        if find_spec(f"fabriek.{room}.urls"):
            found += import_module(f"fabriek.{room}.urls").urlpatterns
    names = {getattr(entry, "name", None) for entry in found}
    return found + [path(p, _absent, name=n) for n, p in EXPECTED.items() if n not in names]


urlpatterns: list[URLPattern | URLResolver] = [
    HEALTH,
    *i18n_patterns(*_pages(), prefix_default_language=False),
]
