"""Addresses of the web process: the API and the pages."""

from django.urls import URLPattern, URLResolver

from fabriek.api.urls import urlpatterns as api
from fabriek.portal.urls import urlpatterns as portal

urlpatterns: list[URLPattern | URLResolver] = [*api, *portal]
handler400 = "fabriek.web.middleware.bad_request"
handler404 = "fabriek.web.middleware.not_found"
handler500 = "fabriek.web.middleware.server_error"
handler429 = "fabriek.people.entry_pages.wait_a_minute"
