"""Model versions, their lineage and their cards."""

from collections.abc import Iterator, Mapping

from fabriek_client.sdk.connection import Connection, segment
from fabriek_client.sdk.shapes import Record


class Models:
    """The models of projects."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, project: str) -> Iterator[Record]:
        """The models of a project, newest first."""
        return self._connection.pages(f"/projects/{segment(project)}/models")

    def versions(self, project: str, name: str) -> Iterator[Record]:
        """The versions of a model, newest first."""
        return self._connection.pages(f"/projects/{segment(project)}/models/{segment(name)}")

    def version(self, project: str, name: str, number: int) -> Record:
        """One version: lineage, metrics, the card's fields and what it still misses."""
        answer: Record = self._connection.get(_path(project, name, number))
        return answer

    def register(self, project: str, name: str, job_id: int) -> str:
        """Make what a finished job left a version of a model; its `name@number`.

        The same job again is the same version.
        """
        path = f"/projects/{segment(project)}/models/{segment(name)}/versions"
        made = self._connection.post(path, {"job_id": job_id}, repeatable=True)
        return str(made["model_version"])

    def card(self, project: str, name: str, number: int) -> str:
        """The model card as a page of Markdown."""
        return self._connection.answer("GET", f"{_path(project, name, number)}/card").text

    def complete_card(
        self, project: str, name: str, number: int, fields: Mapping[str, str]
    ) -> Record:
        """Fill in what the records could not."""
        answer: Record = self._connection.patch(f"{_path(project, name, number)}/card", fields)
        return answer


def _path(project: str, name: str, number: int) -> str:
    return f"/projects/{segment(project)}/models/{segment(name)}/versions/{segment(number)}"
