"""Lists in pages by key: a page costs the same however long the list is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from django.db.models import Model, QuerySet
from pydantic import Field

M = TypeVar("M", bound=Model)
MAX_LIMIT = 200
# Query parameters of every list.
Before = Annotated[int | None, Field(ge=1, le=2**62)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]


@dataclass(frozen=True)
class Page(Generic[M]):
    """Items newest first; `next_before` is the key to ask the next page with, None on the last."""

    items: Sequence[M]
    next_before: int | None


def newest_first(rows: QuerySet[M], *, before: int | None = None, limit: int = 50) -> Page[M]:
    """One page of rows by descending primary key, those with a key below `before`."""
    if before is not None:
        rows = rows.filter(pk__lt=before)
    limit = max(1, min(limit, MAX_LIMIT))
    found = list(rows.order_by("-pk")[: limit + 1])
    return Page(found[:limit], found[limit - 1].pk if len(found) > limit else None)
