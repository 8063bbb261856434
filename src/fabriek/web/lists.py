"""Lists that can be searched, filtered, sorted and shared by their address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from fabriek.core.numbers import whole
from fabriek.web.templatetags.fabriek import state_word

M = TypeVar("M", bound=Model)
PAGE_ROWS = 25
MOST_PAGES = 400
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Column:
    """A column of the table. `sort` is the model's field to order by; empty: not sortable."""

    key: str
    title: str
    sort: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Choice:
    """A filter: the parameter, its label, the values with their words, and the field they test.

    `field` empty: the same as `key`.
    """

    key: str
    label: str
    options: Sequence[tuple[str, str]]
    field: str = ""


def options(words: Mapping[str, object]) -> list[tuple[str, str]]:
    """The options of a filter: each value with its word."""
    return [(value, str(word)) for value, word in words.items()]


def by_state(states: Iterable[Enum]) -> Choice:
    """The filter on the column `state`, with the words that the rooms have for these states."""
    return Choice("state", _("State"), [(one.value, state_word(one.value)) for one in states])


@dataclass(frozen=True)
class Head:
    """A column as the table's head shows it."""

    title: str
    numeric: bool
    href: str
    direction: str  # ascending, descending or empty


@dataclass(frozen=True)
class Filter:
    """A filter as the tools show it."""

    key: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str


class Listing(Generic[M]):
    """One page of a list, as its address asks for it.

    Parameters in the address: `q` searches the fields of `search`, each filter has its own key,
    `sort` is a column's key (with `-` for descending), `page` counts from 1. What the address says
    that the list does not know is ignored: a shared link never breaks.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[M],
        *,
        columns: Sequence[Column],
        search: Iterable[str] = (),
        choices: Sequence[Choice] = (),
        sort: str = "",
        page_rows: int = PAGE_ROWS,
    ) -> None:
        self._given: QueryDict = request.GET
        self.path = request.path
        self.q = self._given.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        self.searchable = bool(tuple(search))
        self._columns = {column.key: column for column in columns}
        self._default = sort
        self.filters = [self._filter(choice) for choice in choices]
        self.is_narrowed = bool(self.q or any(found.value for found in self.filters))
        rows = self._narrowed(rows, tuple(search), choices)
        self._sort = self._asked_sort()
        rows = rows.order_by(*self._order())
        self.page = self._asked_page()
        start = (self.page - 1) * page_rows
        found = list(rows[start : start + page_rows + 1])
        self.rows: list[M] = found[:page_rows]
        self.previous = self.address(page=self.page - 1) if self.page > 1 else ""
        self.next = self.address(page=self.page + 1) if len(found) > page_rows else ""
        self.heads = [self._head(column) for column in columns]

    def address(self, **changes: object) -> str:
        """This list's address with these parameters changed; empty ones are left out."""
        known = {"q", "sort", "page", *(found.key for found in self.filters)}
        wanted: dict[str, str] = {
            key: str(value) for key, value in self._given.items() if key in known and value
        }
        wanted |= {key: str(value) for key, value in changes.items()}
        if wanted.get("page") == "1":
            del wanted["page"]
        query = QueryDict(mutable=True)
        query.update({key: value for key, value in wanted.items() if value})
        return f"{self.path}?{query.urlencode()}" if query else self.path

    @property
    def sort(self) -> str:
        """The order asked for, to be kept by the search form; empty for the usual one."""
        return self._sort if self._sort != self._default else ""

    def _filter(self, choice: Choice) -> Filter:
        asked = self._given.get(choice.key, "")
        known = {value for value, _ in choice.options}
        return Filter(choice.key, choice.label, choice.options, asked if asked in known else "")

    def _narrowed(
        self, rows: QuerySet[M], search: Sequence[str], choices: Sequence[Choice]
    ) -> QuerySet[M]:
        if self.q and search:
            found = Q()
            for field in search:
                found |= Q(**{f"{field}__icontains": self.q})
            rows = rows.filter(found)
        for choice, asked in zip(choices, self.filters, strict=True):
            if asked.value:
                rows = rows.filter(**_test(choice, asked.value))
        return rows

    def _asked_sort(self) -> str:
        asked = self._given.get("sort", "")
        column = self._columns.get(asked.removeprefix("-"))
        return asked if column and column.sort else self._default

    def _order(self) -> list[str]:
        column = self._columns.get(self._sort.removeprefix("-"))
        if column is None or not column.sort:
            return ["-pk"]
        sign = "-" if self._sort.startswith("-") else ""
        # The key decides between equals, so that pages never repeat or skip a row.
        return [f"{sign}{column.sort}", f"{sign}pk"]

    def _asked_page(self) -> int:
        return max(1, min(whole(self._given.get("page", "")) or 1, MOST_PAGES))

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column.title, column.numeric, "", "")
        now = self._sort.removeprefix("-") == column.key
        falling = self._sort.startswith("-")
        asked = column.key if not now or falling else f"-{column.key}"
        direction = ("descending" if falling else "ascending") if now else ""
        return Head(column.title, column.numeric, self.address(sort=asked, page=1), direction)


def _test(choice: Choice, value: str) -> Mapping[str, Any]:
    field = choice.field or choice.key
    if value in ("true", "false"):
        return {field: value == "true"}
    return {field: value}
