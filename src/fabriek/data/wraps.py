"""Sends wrapped keys to a database of their own, and nothing else there."""

from typing import Any

from django.db.models import Model

ALIAS = "wraps"
_MODEL = "keywrap"


class Router:
    """Settings name this class in DATABASE_ROUTERS."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """`wraps` for wrapped keys, no opinion on the rest."""
        return ALIAS if _is_wrap(model) else None

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        """As for reading."""
        return ALIAS if _is_wrap(model) else None

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool:
        """Each table in exactly one database."""
        is_wrap = app_label == "data" and model_name == _MODEL
        return is_wrap == (db == ALIAS)


def _is_wrap(model: type[Model]) -> bool:
    # The cache in the database asks for something that is not quite a model.
    return bool(getattr(model._meta, "label_lower", "") == f"data.{_MODEL}")
