"""Reading datasets and versions. `visible_to` is written once, here."""

import logging
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core.numbers import whole
from fabriek.core.problems import Problem
from fabriek.data import keys
from fabriek.data.models import Dataset, DatasetVersion, Upload
from fabriek.data.store import the_store
from fabriek_vault import FileEntry, Manifest, VaultError, manifest_digest, open_manifest

if TYPE_CHECKING:
    from fabriek.people.models import Person

log = logging.getLogger(__name__)
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


@dataclass(frozen=True)
class FilePage:
    """Files in the order of their paths. `next_before` counts from the end; None on the last."""

    items: tuple[FileEntry, ...]
    next_before: int | None


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


def manifest_name(dataset_id: int, digest: str) -> str:
    """Under which name the store keeps a manifest."""
    return f"datasets/{dataset_id}/manifests/{digest}"


def chunk_object(dataset_id: int, name: str) -> str:
    """Under which name the store keeps a chunk."""
    return f"datasets/{dataset_id}/chunks/{name}"


def sealed_manifest(version: DatasetVersion) -> bytes:
    """The stored manifest; Problem `data-damaged` when it is gone or another one."""
    try:
        sealed = the_store().get(manifest_name(version.dataset_id, version.digest))
    except KeyError:
        raise damaged(version.dataset_id, f"the manifest of version {version.number}") from None
    if manifest_digest(sealed) != version.digest:
        raise damaged(version.dataset_id, f"the manifest of version {version.number}")
    return sealed


def manifest_of(version: DatasetVersion) -> Manifest:
    """The manifest, opened; Problem `data-damaged`, `key-missing`."""
    key = keys.dataset_key(version.dataset.project_id, version.dataset_id)
    try:
        return _opened(key, version.dataset_id, version.digest, version.pk)
    except VaultError as error:
        raise damaged(version.dataset_id, error.sentence) from error


# In both caches the key is part of the question: without it, nothing kept can be reached.
@lru_cache(maxsize=4)
def _opened(key: bytes, dataset_id: int, digest: str, version_pk: int) -> Manifest:
    version = DatasetVersion.objects.get(pk=version_pk)
    return open_manifest(key, dataset_id, sealed_manifest(version))


@lru_cache(maxsize=32)
def _chunk_names(key: bytes, dataset_id: int, digest: str, version_pk: int) -> frozenset[str]:
    manifest = manifest_of(DatasetVersion.objects.select_related("dataset").get(pk=version_pk))
    return frozenset(chunk.name for chunk in manifest.chunks)


def has_chunk(version: DatasetVersion, name: str) -> bool:
    """Whether the version uses a chunk of this name. Which ones it does, only its manifest says;
    the names of versions read lately are kept."""
    key = keys.dataset_key(version.dataset.project_id, version.dataset_id)
    return name in _chunk_names(key, version.dataset_id, version.digest, version.pk)


def sealed_chunk(dataset_id: int, name: str) -> bytes:
    """A stored chunk; Problem `data-damaged` when it is gone."""
    try:
        return the_store().get(chunk_object(dataset_id, name))
    except KeyError:
        raise damaged(dataset_id, f"chunk {name[:16]}") from None


class ChunkSource:
    """Where reading in the vault finds the chunks of a dataset."""

    def __init__(self, dataset_id: int) -> None:
        self._dataset_id = dataset_id

    def get(self, name: str) -> bytes:
        """As `sealed_chunk`."""
        return sealed_chunk(self._dataset_id, name)


def files_page(version: DatasetVersion, before: int | None, limit: int) -> FilePage:
    """Up to `limit` files; `before` as the page before this one gave it."""
    files = manifest_of(version).files
    start = len(files) - before if before is not None else 0
    start = max(0, min(start, len(files)))
    stop = min(start + max(1, min(limit, 1000)), len(files))
    return FilePage(files[start:stop], len(files) - stop or None)


def file_entry(manifest: Manifest, path: str) -> FileEntry:
    """The file of this path; Problem `no-such-file`."""
    place = bisect_right(manifest.files, path, key=lambda entry: entry.path) - 1
    if place < 0 or manifest.files[place].path != path:
        raise Problem("no-such-file", path=ascii(path[:120]))
    return manifest.files[place]


def live_subjects(subjects: Iterable[str]) -> set[str]:
    """Those of `dataset:ID` that still store something or may: for the check of the ledger."""
    numbers = {
        int(subject.removeprefix("dataset:"))
        for subject in subjects
        if subject.startswith("dataset:")
    }
    alive = Dataset.objects.filter(pk__in=numbers, erased_at=None)
    return {f"dataset:{pk}" for pk in alive.values_list("pk", flat=True)}


def damaged(dataset_id: int, what: str) -> Problem:
    """The problem of damaged data, with the particulars in the log."""
    log.error("dataset %s is damaged: %s", dataset_id, what)
    return Problem("data-damaged")
