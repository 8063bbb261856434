"""Addresses of the pages: Dutch at /, English at /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, path

from fabriek.access.urls import urlpatterns as access
from fabriek.compute.urls import urlpatterns as compute
from fabriek.data.urls import urlpatterns as data
from fabriek.people.urls import urlpatterns as people
from fabriek.portal import front_pages, home_pages, project_pages
from fabriek.portal.operator_urls import HEALTH, OPERATOR
from fabriek.registry.urls import urlpatterns as registry
from fabriek.reports.urls import urlpatterns as reports

OWN = [
    path("", front_pages.front, name="front"),
    path("find-your-way/", front_pages.route_finder, name="route_finder"),
    path("home/", home_pages.home, name="home"),
    path("projects/", project_pages.projects, name="projects"),
    path("projects/<slug:slug>/", project_pages.project, name="project"),
    *OPERATOR,
]
PAGES = [*OWN, *people, *access, *data, *compute, *registry, *reports]

urlpatterns: list[URLPattern | URLResolver] = [
    HEALTH,
    *i18n_patterns(*PAGES, prefix_default_language=False),
]
