"""What people bring in by their browser: the dataset it goes into, and the upload."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core import audit, names
from fabriek.core.problems import Problem
from fabriek.data import actions, levels, queries, uploads
from fabriek.data.models import Dataset, Upload
from fabriek.data.rules import UploadState, room_for

if TYPE_CHECKING:
    from fabriek.people.models import Person


@dataclass(frozen=True)
class NewData:
    """A dataset that is to be made."""

    slug: str
    classification: str
    personal_data: bool
    description: str = ""
    kind: str = Dataset.Kind.DATA


def open_new(
    person: "Person", project_slug: str, wanted: NewData, size_bytes: int, fingerprint: str
) -> Upload:
    """Make the dataset and open its first upload; repeating it finds both again.

    A dataset that this person made and never filled counts as new, so that whoever broke off may
    begin again, also as another kind or class. Problem `allocation-exhausted` before anything is
    made; `dataset-exists`, `invalid-name`, and those of `uploads.open_upload`.
    """
    project = access.project_for(person, project_slug, Right.RUN)
    slug = names.checked_slug(wanted.slug)
    dataset = _never_filled(person, project.pk, slug)
    if dataset is None:
        levels.refuse_no_room(project.pk, room_for(size_bytes))
        dataset = actions.create_dataset(
            person,
            project_slug,
            slug,
            kind=wanted.kind,
            classification=wanted.classification,
            personal_data=wanted.personal_data,
            description=wanted.description,
        )
    else:
        _describe(person, dataset, wanted)
    return uploads.open_upload(person, dataset, size_bytes, fingerprint)


def open_more(
    person: "Person", project_slug: str, slug: str, size_bytes: int, fingerprint: str
) -> Upload:
    """Open an upload of the next version; Problems as `uploads.open_upload`."""
    access.project_for(person, project_slug, Right.RUN)
    dataset = queries.dataset_named(person, project_slug, slug)
    return uploads.open_upload(person, dataset, size_bytes, fingerprint)


def _never_filled(person: "Person", project_id: int, slug: str) -> Dataset | None:
    return Dataset.objects.filter(
        project_id=project_id,
        slug=slug,
        kind__in=(Dataset.Kind.DATA, Dataset.Kind.CODE),
        created_by_id=person.pk,
        last_number=0,
        erased_at=None,
    ).first()


def _describe(person: "Person", dataset: Dataset, wanted: NewData) -> None:
    """Say again what will be in it; Problem `dataset-exists` once something is on its way."""
    facts = {
        "kind": Dataset.Kind(wanted.kind),
        "classification": Dataset.Classification(wanted.classification),
        "personal_data": wanted.personal_data,
    }
    if all(getattr(dataset, name) == value for name, value in facts.items()):
        return
    with transaction.atomic():
        levels.lock(dataset.pk)
        open_uploads = Upload.objects.filter(dataset=dataset, state=UploadState.OPEN.value)
        rows = Dataset.objects.filter(pk=dataset.pk, last_number=0)
        if open_uploads.exists() or not rows.update(**facts):
            raise Problem("dataset-exists", slug=dataset.slug)
        audit.record(person, "dataset.describe", "dataset", dataset.pk, **facts)
