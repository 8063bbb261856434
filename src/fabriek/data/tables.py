"""Previews of tables in a version: its first part is read from the vault and described.

Who may download a file may see its preview, and the right is asked here at each call. Nothing of
what was read is kept.
"""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core.problems import Problem, Reason
from fabriek.data import contents, keys, queries, table_reading, table_rules
from fabriek.data.models import DatasetVersion
from fabriek.data.table_reading import NotATable
from fabriek.data.table_rules import ColumnFacts, Table
from fabriek_vault import DatasetKeys, FileEntry, Manifest, VaultError, read_range

if TYPE_CHECKING:
    from fabriek.people.models import Person

READ_BYTES = 1024 * 1024
READ_ROWS = 2000
_FILES_LOOKED_AT = 10_000


@dataclass(frozen=True)
class Preview:
    """A file of a version and what its first part holds."""

    path: str
    size_bytes: int
    read_bytes: int
    table: Table


def preview(person: "Person", version: DatasetVersion, path: str) -> Preview:
    """What the file holds, judged by at most READ_BYTES and READ_ROWS of it.

    Problem `not-found`, `dataset-erased`, `no-such-file`, `not-a-table`, `data-damaged`.
    """
    access.project_for(person, version.dataset.project_id, Right.VIEW)
    queries.refuse_erased(version.dataset)
    manifest = contents.manifest_of(version)
    entry = contents.file_entry(manifest, path)
    if not table_reading.may_be_table(path):
        raise _not_a_table(path, NotATable(Reason("table-suffix")))
    data = _beginning(version, manifest, entry)
    try:
        rows = table_reading.read(
            data, path, is_cut=len(data) < entry.size_bytes, rows_most=READ_ROWS
        )
    except NotATable as error:
        raise _not_a_table(path, error) from None
    return Preview(path, entry.size_bytes, len(data), table_rules.describe(rows))


def columns(person: "Person", version: DatasetVersion, path: str) -> list[ColumnFacts]:
    """The columns of a table, for rooms that ask which one is meant. Problems as `preview`."""
    return preview(person, version, path).table.columns


def table_paths(person: "Person", version: DatasetVersion, most: int = 50) -> list[str]:
    """The files of the version that may be tables, at most so many; those whose name says so before
    plain texts. Problem `not-found`, `dataset-erased`, `data-damaged`."""
    access.project_for(person, version.dataset.project_id, Right.VIEW)
    queries.refuse_erased(version.dataset)
    files = islice(contents.manifest_of(version).files, _FILES_LOOKED_AT)
    named = [entry.path for entry in files if table_reading.may_be_table(entry.path)]
    return sorted(named, key=lambda path: path.endswith(".txt"))[:most]


def _beginning(version: DatasetVersion, manifest: Manifest, entry: FileEntry) -> bytes:
    key = keys.dataset_key(version.dataset.project_id, version.dataset_id)
    stop = min(entry.size_bytes, READ_BYTES)
    pieces = read_range(
        manifest,
        DatasetKeys.derive(key, manifest.algorithm),
        contents.ChunkSource(version.dataset_id),
        entry.path,
        start=0,
        stop=stop,
    )
    try:
        return b"".join(pieces)
    except VaultError as error:
        raise contents.damaged(version.dataset_id, error.sentence) from error


def _not_a_table(path: str, error: NotATable) -> Problem:
    return Problem("not-a-table", path=path[-120:], why=error.why)
