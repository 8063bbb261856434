"""Addresses of the web process."""

from django.urls import path

from fabriek.api.app import api

urlpatterns = [path("api/v1/", api.urls)]
