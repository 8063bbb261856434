"""Datasets and their versions; the bytes travel encrypted, through fabriek_vault.hub."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fabriek_client.sdk.connection import Connection, segment
from fabriek_client.sdk.shapes import Dataset, DatasetVersion, Record

if TYPE_CHECKING:
    from fabriek_vault import Version
    from fabriek_vault.parallel import OnProgress
    from fabriek_vault.plan import Plan


class Data:
    """The data of projects."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, project: str, kind: str | None = None) -> Iterator[Dataset]:
        """The datasets of a project, newest first."""
        return self._connection.pages(f"/projects/{segment(project)}/datasets", kind=kind)

    def show(self, project: str, slug: str) -> Dataset:
        """One of them."""
        answer: Dataset = self._connection.get(
            f"/projects/{segment(project)}/datasets/{segment(slug)}"
        )
        return answer

    def make(
        self, project: str, slug: str, kind: str, classification: str, personal_data: bool
    ) -> Dataset:
        """Make a dataset. FactoryError `dataset-exists` when there is one of that name."""
        body: Record = {
            "slug": slug,
            "kind": kind,
            "classification": classification,
            "personal_data": personal_data,
        }
        answer: Dataset = self._connection.post(f"/projects/{segment(project)}/datasets", body)
        return answer

    def versions(self, dataset_id: int) -> Iterator[DatasetVersion]:
        """The versions of a dataset, newest first."""
        return self._connection.pages(f"/datasets/{segment(dataset_id)}/versions")

    def files(self, dataset_id: int, number: int) -> Iterator[Record]:
        """The files of a version, in the order of their paths."""
        return self._connection.pages(
            f"/datasets/{segment(dataset_id)}/versions/{segment(number)}/files", limit=1000
        )

    def push(
        self, dataset_id: int, plan: "Plan", on_progress: "OnProgress | None" = None
    ) -> "Version":
        """Make a version of the planned files, encrypted here; goes on where it broke off.

        VaultError for what the files are, and for the factory's refusals.
        """
        from fabriek_vault.hub import push_plan

        return push_plan(self._connection.bulk, dataset_id, plan, on_progress)

    def pull(
        self,
        dataset_id: int,
        number: int,
        destination: Path,
        on_progress: "OnProgress | None" = None,
    ) -> None:
        """Write a version's files into a new folder, every byte checked. VaultError."""
        from fabriek_vault.hub import pull_version

        pull_version(self._connection.bulk, dataset_id, number, destination, on_progress)
