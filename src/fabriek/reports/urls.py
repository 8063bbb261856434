"""Addresses of the report."""

from django.urls import path

from fabriek.reports import pages

_REPORT = "projects/<slug:slug>/report/"
urlpatterns = [
    path(_REPORT, pages.report, name="report"),
    path(f"{_REPORT}report.md", pages.report_markdown, name="report_markdown"),
    path(f"{_REPORT}report.json", pages.report_json, name="report_json"),
]
