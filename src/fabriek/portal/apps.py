"""The room as Django knows it."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "fabriek.portal"
    label = "portal"
