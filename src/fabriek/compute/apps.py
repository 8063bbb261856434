from django.apps import AppConfig


class ComputeConfig(AppConfig):
    name = "fabriek.compute"
    label = "compute"
    default_auto_field = "django.db.models.BigAutoField"
