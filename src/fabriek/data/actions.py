"""What people and other rooms do with datasets and versions. Uploads: uploads.py and commits.py."""

import base64
from typing import TYPE_CHECKING, Any

from django.db import transaction

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core import audit, clock, keyfiles, names
from fabriek.core.problems import Problem, Reason
from fabriek.data import contents, keys, levels, queries, rules, uploads
from fabriek.data.models import Dataset, DatasetVersion, Upload
from fabriek.data.rules import UploadState

if TYPE_CHECKING:
    from fabriek.people.models import Person


def create_dataset(
    person: "Person",
    project_slug: str,
    slug: str,
    *,
    kind: str,
    title: str = "",
    classification: str = "internal",
    personal_data: bool = False,
    description: str = "",
    licence: str = "",
) -> Dataset:
    """A new, empty dataset with a key of its own; Problem `dataset-exists`, `invalid-name`."""
    project = access.project_for(person, project_slug, Right.RUN)
    slug = names.checked_slug(slug)
    if slug in rules.RESERVED:
        raise Problem("invalid-name", name=slug, why=Reason("reserved-name"))
    with transaction.atomic():
        dataset, is_new = Dataset.objects.get_or_create(
            project_id=project.pk,
            slug=slug,
            defaults={
                "kind": Dataset.Kind(kind),
                "title": names.checked(title or slug),
                "classification": Dataset.Classification(classification),
                "personal_data": personal_data,
                "description": _checked_text("description", description),
                "licence": _checked_text("licence", licence),
                "created_by": person,
                "created_at": clock.now(),
            },
        )
        if not is_new:
            raise Problem("dataset-exists", slug=slug)
        keys.make_dataset_key(project.pk, dataset.pk)
        audit.record(
            person,
            "dataset.create",
            "dataset",
            dataset.pk,
            project=project.slug,
            slug=slug,
            kind=kind,
            classification=classification,
            personal_data=personal_data,
        )
    return dataset


def _checked_text(where: str, text: str) -> str:
    fault = rules.text_fault(text)
    if fault:
        raise Problem("invalid-input", where=where, why=fault)
    return text


def ensure_dataset(
    project_id: int,
    slug: str,
    kind: str,
    by: "Person",
    *,
    classification: str = "internal",
    personal_data: bool = False,
) -> Dataset:
    """The project's dataset of this name and kind, made where there is none.

    Problem `dataset-other-kind`; `dataset-less-protected` when it exists with a lower
    classification than asked, or is not marked for the personal data that would go into it.
    """
    project = access.project_for(by, project_id, Right.RUN)
    row = Dataset.objects.filter(project_id=project_id, slug=names.checked_slug(slug)).first()
    if row is None:
        return create_dataset(
            by,
            project.slug,
            slug,
            kind=kind,
            classification=classification,
            personal_data=personal_data,
        )
    queries.refuse_erased(row)
    if row.kind != kind:
        raise Problem("dataset-other-kind", slug=slug, kind=row.kind, asked=kind)
    if (
        rules.less_protected(row.classification, classification)
        or personal_data > row.personal_data
    ):
        raise Problem("dataset-less-protected", slug=slug, classification=row.classification)
    return row


def release_key(person: "Person", version: DatasetVersion) -> dict[str, Any]:
    """The dataset's key and what proves the version, for a client that decrypts itself.

    `key` in base64; `digest`, `signature`, `public_key` in hex. The right is checked here, each
    time, and the release is in the audit log. Problem `not-found`, `dataset-erased`, `key-missing`.
    """
    access.project_for(person, version.dataset.project_id, Right.VIEW)
    queries.refuse_erased(version.dataset)
    key = keys.dataset_key(version.dataset.project_id, version.dataset_id)
    audit.record(person, "key.release", "dataset", version.dataset_id, number=version.number)
    return {
        "key": base64.b64encode(key).decode(),
        "digest": version.digest,
        "signature": version.signature,
        "public_key": keyfiles.version_key().public_key().public_bytes_raw().hex(),
    }


def reading_pack(person: "Person", version: DatasetVersion) -> dict[str, Any]:
    """`release_key` with `dataset_id`, `version` and the stored `manifest` (base64) in one."""
    return {
        "dataset_id": version.dataset_id,
        "version": version.number,
        "reference": f"{version.dataset.slug}@{version.number}",
        **release_key(person, version),
        "manifest": base64.b64encode(contents.sealed_manifest(version)).decode(),
    }


def keep_of_attempt(attempt: int, dataset_id: int, number: int) -> DatasetVersion | None:
    """Make the version that this attempt committed one that people see; None if it did not."""
    upload = Upload.objects.filter(
        attempt=attempt,
        dataset_id=dataset_id,
        version__number=number,
        version__discarded_at=None,
        state=UploadState.COMMITTED.value,
    ).first()
    if upload is None or upload.version is None:
        return None
    found = DatasetVersion.objects.filter(pk=upload.version.pk)
    with transaction.atomic():
        if found.filter(attempt=attempt).update(attempt=None):
            audit.record(upload.person, "version.keep", "dataset", dataset_id, number=number)
    return found.select_related("dataset").get()


def discard_of_attempt(attempt: int) -> None:
    """Give up whatever the attempt uploaded and nobody kept; the sweep takes it away."""
    with transaction.atomic():
        for upload in Upload.objects.filter(attempt=attempt, state=UploadState.OPEN.value):
            uploads.close(upload, UploadState.ABANDONED)
        left = DatasetVersion.objects.filter(attempt=attempt, discarded_at=None)
        for version in left:
            dataset = levels.lock(version.dataset_id)
            dataset.sweep_wanted = True
            dataset.save(update_fields=["sweep_wanted"])
        left.update(discarded_at=clock.now())
