"""Datasets and their versions, uploads, chunks; and, in a database of their own, wrapped keys."""

from django.db import models
from django.db.models import Q

from fabriek.data.rules import UploadState


class Dataset(models.Model):
    """A named series of versions in a project, under one key.

    `stored_bytes` is what its objects take; the ledger holds that and what open uploads may still
    bring, under the subject `dataset:ID` on `storage_account_id`.
    """

    class Kind(models.TextChoices):
        DATA = "data"
        CODE = "code"
        OUTPUT = "output"
        MODEL = "model"

    class Classification(models.TextChoices):
        OPEN = "open"
        INTERNAL = "internal"
        CONFIDENTIAL = "confidential"

    project = models.ForeignKey("access.Project", on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=63)
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    classification = models.CharField(
        max_length=15, choices=Classification.choices, default=Classification.INTERNAL
    )
    personal_data = models.BooleanField(default=False)
    description = models.TextField(blank=True)
    licence = models.CharField(max_length=100, blank=True)
    created_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    last_number = models.PositiveIntegerField(default=0, help_text="a number is never given twice")
    stored_bytes = models.BigIntegerField(default=0)
    storage_account_id = models.BigIntegerField(null=True)
    sweep_wanted = models.BooleanField(default=False, help_text="chunks may be there for nothing")
    sweeping_until = models.DateTimeField(null=True, help_text="no upload may open before this")
    swept_by = models.CharField(max_length=120, blank=True, help_text="the worker that sweeps")
    erased_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True, help_text="after erasure, when all objects went")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="one_dataset_a_slug"),
            models.CheckConstraint(condition=Q(stored_bytes__gte=0), name="stored_not_negative"),
        ]
        indexes = [
            models.Index(fields=["project", "kind", "-id"]),
            models.Index(
                fields=["id"],
                name="to_sweep",
                condition=Q(sweep_wanted=True) | Q(sweeping_until__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="to_empty",
                condition=Q(erased_at__isnull=False, emptied_at__isnull=True),
            ),
        ]


class DatasetVersion(models.Model):
    """One immutable version: a stored manifest, by its digest, signed.

    `attempt` is set while the version is only what an attempt of a job left behind: nobody sees it
    until the job is closed and the version kept or discarded.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="BLAKE3 of the stored manifest")
    signature = models.CharField(max_length=128)
    size_bytes = models.BigIntegerField()
    stored_bytes = models.BigIntegerField(help_text="its chunks and manifest, shared or not")
    file_count = models.PositiveIntegerField()
    created_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    attempt = models.BigIntegerField(null=True)
    discarded_at = models.DateTimeField(null=True, help_text="an attempt's, and nobody wants it")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="one_version_a_number")
        ]
        indexes = [
            models.Index(fields=["dataset", "digest"]),
            models.Index(fields=["attempt"], condition=Q(attempt__isnull=False), name="of_attempt"),
        ]


class Upload(models.Model):
    """Somebody bringing a version in. `attempt` when an attempt of a job does so."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="uploads")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    attempt = models.BigIntegerField(null=True)
    declared_bytes = models.BigIntegerField(help_text="of plaintext, as announced")
    room_bytes = models.BigIntegerField(help_text="the most it may store")
    received_bytes = models.BigIntegerField(default=0, help_text="stored so far")
    fingerprint = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in UploadState],
        default=UploadState.OPEN.value,
    )
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    version = models.ForeignKey(
        DatasetVersion, null=True, on_delete=models.SET_NULL, related_name="uploads"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received_bytes__lte=models.F("room_bytes")), name="never_over_room"
            )
        ]
        indexes = [
            models.Index(fields=["dataset"], name="open_uploads", condition=Q(state="open")),
            models.Index(fields=["expires_at"], name="expiring", condition=Q(state="open")),
            models.Index(
                fields=["attempt"], name="uploads_of_attempt", condition=Q(attempt__isnull=False)
            ),
        ]


class Chunk(models.Model):
    """One stored object of a dataset, and how many of its versions use it."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="chunks")
    name = models.CharField(max_length=64)
    stored_bytes = models.PositiveIntegerField()
    version_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="one_chunk_a_name")]
        indexes = [
            models.Index(fields=["dataset"], name="unused_chunks", condition=Q(version_count=0))
        ]


class KeyWrap(models.Model):
    """A wrapped key, in the `wraps` database: deleting the row is what makes data unreadable."""

    class Kind(models.TextChoices):
        PROJECT = "project"
        DATASET = "dataset"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject_id = models.BigIntegerField(help_text="the project's or dataset's number")
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="one_wrap_a_subject")
        ]
