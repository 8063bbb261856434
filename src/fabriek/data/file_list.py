"""The files of a version as a list that can be searched, by its address."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict

from fabriek.core.numbers import whole
from fabriek.data import contents, table_reading
from fabriek.web.lists import LONGEST_SEARCH

if TYPE_CHECKING:
    from fabriek.data.models import DatasetVersion

PAGE_ROWS = 50


@dataclass(frozen=True)
class FileRow:
    """A file as the list shows it."""

    path: str
    size_bytes: int
    executable: bool
    may_be_table: bool


class FileList:
    """One page of the files whose path holds the words searched for.

    Has what the templates of `fabriek.web` ask of a list; files lie in the manifest, not in rows.
    """

    filters: tuple[()] = ()
    sort = ""

    def __init__(self, request: HttpRequest, version: "DatasetVersion") -> None:
        files = contents.manifest_of(version).files
        self.path = request.path
        self.q = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        self.is_narrowed = bool(self.q)
        self.searchable = len(files) > PAGE_ROWS or self.is_narrowed
        self.page = whole(request.GET.get("page", ""), 6) or 1
        start = (self.page - 1) * PAGE_ROWS
        if self.q:
            wanted = self.q.casefold()
            files = tuple(entry for entry in files if wanted in entry.path.casefold())
        self.rows = [
            FileRow(
                entry.path,
                entry.size_bytes,
                entry.executable,
                table_reading.may_be_table(entry.path),
            )
            for entry in files[start : start + PAGE_ROWS]
        ]
        self.previous = self._address(self.page - 1) if self.page > 1 else ""
        self.next = self._address(self.page + 1) if len(files) > start + PAGE_ROWS else ""

    def _address(self, page: int) -> str:
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (("q", self.q), ("page", str(page))) if value})
        return f"{self.path}?{query.urlencode()}"
