"""What the endpoints of the data room take and give."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from fabriek.data.commits import PlainFile
from fabriek.data.models import Dataset, DatasetVersion
from fabriek.data.rules import NAMES_A_QUESTION, UPLOAD_BYTES_MOST
from fabriek_vault import FileEntry

ChunkName = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Kind = Literal["data", "code", "output", "model"]


class NewDataset(Schema):
    slug: str = Field(max_length=63)
    kind: Kind = "data"
    title: str = Field("", max_length=100)
    classification: Literal["open", "internal", "confidential"] = "internal"
    personal_data: bool = False
    description: str = Field("", max_length=10_000)
    licence: str = Field("", max_length=100)


class DatasetOut(Schema):
    """`stored_bytes` is what all its versions take together."""

    id: int
    project: str
    slug: str
    title: str
    kind: str
    classification: str
    personal_data: bool
    description: str
    licence: str
    created_at: datetime
    versions: int
    stored_bytes: int
    erased_at: datetime | None

    @classmethod
    def of(cls, row: Dataset) -> "DatasetOut":
        """From a row with its project."""
        return cls(
            id=row.pk,
            project=row.project.slug,
            slug=row.slug,
            title=row.title,
            kind=row.kind,
            classification=row.classification,
            personal_data=row.personal_data,
            description=row.description,
            licence=row.licence,
            created_at=row.created_at,
            versions=row.last_number,
            stored_bytes=row.stored_bytes,
            erased_at=row.erased_at,
        )


class DatasetPage(Schema):
    items: list[DatasetOut]
    next_before: int | None


class VersionOut(Schema):
    dataset_id: int
    number: int
    reference: str
    size_bytes: int
    stored_bytes: int
    file_count: int
    digest: str
    signature: str
    created_at: datetime
    erased_at: datetime | None

    @classmethod
    def of(cls, row: DatasetVersion) -> "VersionOut":
        """From a row with its dataset."""
        return cls(
            dataset_id=row.dataset_id,
            number=row.number,
            reference=f"{row.dataset.slug}@{row.number}",
            size_bytes=row.size_bytes,
            stored_bytes=row.stored_bytes,
            file_count=row.file_count,
            digest=row.digest,
            signature=row.signature,
            created_at=row.created_at,
            erased_at=row.erased_at,
        )


class VersionPage(Schema):
    items: list[VersionOut]
    next_before: int | None


class FileOut(Schema):
    path: str
    size_bytes: int
    executable: bool

    @classmethod
    def of(cls, entry: FileEntry) -> "FileOut":
        """From an entry of the manifest."""
        return cls(path=entry.path, size_bytes=entry.size_bytes, executable=entry.executable)


class FilePage(Schema):
    """Files in the order of their paths; ask on with `before` = `next_before`."""

    items: list[FileOut]
    next_before: int | None


class NewUpload(Schema):
    """`fingerprint` names the exact set of files, so that a broken upload is found again."""

    size_bytes: int = Field(ge=0, le=UPLOAD_BYTES_MOST)
    fingerprint: str = Field("", pattern=r"^([0-9a-f]{64})?$")


class UploadOut(Schema):
    """`key` is the dataset's, in base64: chunks and manifest are sealed with it."""

    id: int
    dataset_id: int
    algorithm: str
    chunk_bytes: int
    key: str
    expires_at: datetime


class Names(Schema):
    names: list[ChunkName] = Field(max_length=NAMES_A_QUESTION)


class Missing(Schema):
    missing: list[str]


class PlainChunk(Schema):
    """Under which name the hub stored the chunk, to be named in commit-plain."""

    index: int
    name: str


class PlainFileIn(Schema):
    """Extents are (chunk name, offset in the chunk, length in bytes), in order."""

    path: str = Field(max_length=4096)
    size_bytes: int = Field(ge=0, le=UPLOAD_BYTES_MOST)
    executable: bool = False
    extents: list[tuple[ChunkName, int, int]]

    def as_file(self) -> PlainFile:
        """As commits.py takes it."""
        return PlainFile(self.path, self.size_bytes, self.executable, self.extents)


class PlainCommit(Schema):
    files: list[PlainFileIn] = Field(max_length=200_000)


class KeyOut(Schema):
    """`key` in base64, the others in hex."""

    key: str
    digest: str
    signature: str
    public_key: str


class BrowserUpload(Schema):
    """What a browser is about to bring. With `is_new` the dataset is made, as described."""

    dataset: str = Field(max_length=63)
    is_new: bool
    kind: Literal["data", "code"] = "data"
    classification: Literal["open", "internal", "confidential"] = "internal"
    personal_data: bool = False
    description: str = Field("", max_length=10_000)
    size_bytes: int = Field(ge=0, le=UPLOAD_BYTES_MOST)
    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
