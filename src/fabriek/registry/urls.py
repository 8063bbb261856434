"""Addresses of the models' pages."""

from django.urls import path

from fabriek.registry import pages

_VERSION = "projects/<slug:slug>/models/<slug:name>/<int:number>/"
urlpatterns = [
    path("projects/<slug:slug>/models/", pages.models, name="models"),
    path("projects/<slug:slug>/models/<slug:name>/", pages.model, name="model"),
    path(_VERSION, pages.model_version, name="model_version"),
    path(f"{_VERSION}card/", pages.card_edit, name="card_edit"),
    path(f"{_VERSION}card.md", pages.card_file, name="card_file"),
]
