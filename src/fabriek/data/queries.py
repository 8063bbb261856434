"""Reading datasets and versions. `visible_to` is written once, here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core.numbers import whole
from fabriek.core.problems import Problem
from fabriek.data.models import Dataset, DatasetVersion, Upload

if TYPE_CHECKING:
    from fabriek.people.models import Person

Version = DatasetVersion


@dataclass(frozen=True)
class VersionFacts:
    """What other rooms keep of a version. `reference` is how a person writes it."""

    dataset_id: int
    dataset_slug: str
    project_id: int
    number: int
    reference: str
    size_bytes: int
    file_count: int
    digest: str
    classification: str
    personal_data: bool


def datasets_visible_to(person: "Person") -> QuerySet[Dataset]:
    """The datasets of the projects that the person may see."""
    return Dataset.objects.filter(project__in=access.visible_projects(person))


def versions_visible_to(person: "Person") -> QuerySet[DatasetVersion]:
    """The versions of those datasets; not what attempts left and nobody has kept."""
    return DatasetVersion.objects.filter(
        dataset__in=datasets_visible_to(person), attempt=None
    ).select_related("dataset")


def of_project(project_id: int) -> QuerySet[Dataset]:
    """All datasets of one project, for whoever has checked the right to see it."""
    return Dataset.objects.filter(project_id=project_id)


def kept_versions(dataset_ids: Iterable[int]) -> QuerySet[DatasetVersion]:
    """The versions that count, newest first, for whoever has checked the right to see them."""
    return DatasetVersion.objects.filter(dataset__in=list(dataset_ids), attempt=None).order_by(
        "-pk"
    )


def dataset_for(person: "Person", dataset_id: int, right: Right) -> Dataset:
    """The dataset, if the person may do this with it; Problem `not-found`, `not-allowed`."""
    row = datasets_visible_to(person).filter(pk=dataset_id).first()
    if row is None:
        raise Problem("not-found")
    access.project_for(person, row.project_id, right)
    return row


def dataset_named(person: "Person", project_slug: str, slug: str) -> Dataset:
    """The dataset of this name in the project; Problem `not-found`."""
    row = datasets_visible_to(person).filter(project__slug=project_slug, slug=slug).first()
    if row is None:
        raise Problem("not-found")
    return row


def version_of(person: "Person", dataset_id: int, number: int) -> DatasetVersion:
    """The version, if the person may see it; Problem `not-found`."""
    row = versions_visible_to(person).filter(dataset_id=dataset_id, number=number).first()
    if row is None:
        raise Problem("not-found")
    return row


@dataclass(frozen=True)
class Newest:
    """How many versions a dataset has, and which is the newest."""

    count: int
    number: int
    made_at: datetime


def newest_versions(dataset_ids: Iterable[int]) -> dict[int, Newest]:
    """The newest version that counts, by dataset, for whoever has checked the right to see it."""
    rows = DatasetVersion.objects.filter(dataset_id__in=list(dataset_ids), attempt=None)
    found = rows.values("dataset_id").annotate(
        count=Count("pk"), number=Max("number"), made_at=Max("created_at")
    )
    return {
        row["dataset_id"]: Newest(row["count"], row["number"], row["made_at"])
        for row in found.order_by()
    }


def listed_versions(person: "Person", dataset: Dataset) -> QuerySet[DatasetVersion]:
    """A dataset's versions with who made them; `of_attempt` says whether a job left it behind."""
    rows = versions_visible_to(person).filter(dataset_id=dataset.pk).select_related("created_by")
    brought = Upload.objects.filter(version=OuterRef("pk"), attempt__isnull=False)
    return rows.annotate(of_attempt=Exists(brought))


def is_of_a_job(version: DatasetVersion) -> bool:
    """Whether a job left it behind."""
    return Upload.objects.filter(version=version, attempt__isnull=False).exists()


def version_for(
    person: "Person", project_id: int, reference: str | tuple[int, int]
) -> DatasetVersion:
    """A version of the project to work with, by `slug@number` or (dataset number, version number).

    Problem `bad-reference`, `no-such-version` (which also covers other projects' versions),
    `dataset-erased`.
    """
    rows = versions_visible_to(person).filter(dataset__project_id=project_id)
    if isinstance(reference, str):
        slug, _at, number = reference.partition("@")
        asked = whole(number, 9)
        if not slug or asked is None:
            raise Problem("bad-reference", reference=ascii(reference[:80]))
        rows = rows.filter(dataset__slug=slug, number=asked)
    else:
        rows = rows.filter(dataset_id=reference[0], number=reference[1])
    row = rows.first()
    if row is None:
        raise Problem("no-such-version", reference=ascii(str(reference)[:80]))
    refuse_erased(row.dataset)
    return row


def upload_for(person: "Person", upload_id: int, attempt: int | None) -> Upload:
    """The person's own upload, in a project where the person may still write.

    Problem `not-found` for anybody else's, and for one that another attempt opened.
    """
    rows = Upload.objects.filter(pk=upload_id, person_id=person.pk, attempt=attempt)
    row = rows.select_related("dataset", "version").first()
    if row is None:
        raise Problem("not-found")
    access.project_for(person, row.dataset.project_id, Right.RUN)
    refuse_erased(row.dataset)
    return row


def refuse_erased(dataset: Dataset) -> None:
    """Problem `dataset-erased` if it is."""
    if dataset.erased_at:
        raise Problem("dataset-erased")


def facts(version_id: int) -> VersionFacts:
    """The facts of a version, by its key in the database."""
    return facts_of([version_id])[version_id]


def facts_of(version_ids: Iterable[int]) -> dict[int, VersionFacts]:
    """The facts of many versions, by their keys, in one question."""
    rows = DatasetVersion.objects.select_related("dataset").filter(pk__in=set(version_ids))
    return {
        row.pk: VersionFacts(
            dataset_id=row.dataset_id,
            dataset_slug=row.dataset.slug,
            project_id=row.dataset.project_id,
            number=row.number,
            reference=f"{row.dataset.slug}@{row.number}",
            size_bytes=row.size_bytes,
            file_count=row.file_count,
            digest=row.digest,
            classification=row.dataset.classification,
            personal_data=row.dataset.personal_data,
        )
        for row in rows
    }


def live_subjects(subjects: Iterable[str]) -> set[str]:
    """Those of `dataset:ID` that still store something or may: for the check of the ledger."""
    numbers = {
        int(subject.removeprefix("dataset:"))
        for subject in subjects
        if subject.startswith("dataset:")
    }
    alive = Dataset.objects.filter(pk__in=numbers, erased_at=None)
    return {f"dataset:{pk}" for pk in alive.values_list("pk", flat=True)}
