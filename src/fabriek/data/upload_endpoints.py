"""The API's door to uploads: the protocol of docs/vault-format.md, and the one for browsers."""

import base64
from typing import Annotated

from ninja import Header, Path, Router, Status

from fabriek.access.queries import Right
from fabriek.core.problems import Problem, Reason
from fabriek.data import bodies, commits, keys, queries, schemas, uploads
from fabriek.data.models import Dataset, Upload
from fabriek.data.rules import CHUNK_BYTES, MANIFEST_BYTES_MOST, TAG_BYTES
from fabriek.people.auth import Request, any_token, person_token
from fabriek_vault import DEFAULT_ALGORITHM

router = Router(tags=["uploads"])
XDigest = Annotated[str, Header(alias="X-Digest", max_length=64)]


@router.post("/datasets/{dataset_id}/uploads", response={201: schemas.UploadOut}, auth=any_token)
def open_upload(
    request: Request, dataset_id: int, body: schemas.NewUpload
) -> Status[schemas.UploadOut]:
    """Announce a new version of so many bytes; storage for it is set apart."""
    dataset = _writable(request, dataset_id)
    upload = uploads.open_upload(
        request.person, dataset, body.size_bytes, body.fingerprint, _attempt(request)
    )
    key = keys.dataset_key(dataset.project_id, dataset.pk)
    made = schemas.UploadOut(
        id=upload.pk,
        dataset_id=dataset.pk,
        algorithm=DEFAULT_ALGORITHM,
        chunk_bytes=CHUNK_BYTES,
        key=base64.b64encode(key).decode(),
        expires_at=upload.expires_at,
    )
    return Status(201, made)


@router.post("/uploads/{upload_id}/missing", response=schemas.Missing, auth=any_token)
def missing(request: Request, upload_id: int, body: schemas.Names) -> schemas.Missing:
    """Which of these chunks are not there yet."""
    return schemas.Missing(missing=uploads.missing(_own(request, upload_id), body.names))


@router.put("/uploads/{upload_id}/chunks/{name}", response={204: None}, auth=any_token)
def put_chunk(
    request: Request, upload_id: int, name: schemas.ChunkName, x_digest: XDigest
) -> Status[None]:
    """Store a sealed chunk: the body. Repeating it changes nothing."""
    upload = _own(request, upload_id)
    body = bodies.checked_body(request, CHUNK_BYTES + TAG_BYTES, x_digest)
    uploads.put_chunk(upload, name, body)
    return Status(204, None)


@router.post("/uploads/{upload_id}/commit", response={201: schemas.VersionOut}, auth=any_token)
def commit(request: Request, upload_id: int, x_digest: XDigest) -> Status[schemas.VersionOut]:
    """Make the version of which the body is the stored manifest."""
    upload = _own(request, upload_id)
    body = bodies.checked_body(request, MANIFEST_BYTES_MOST, x_digest)
    return Status(201, schemas.VersionOut.of(commits.commit(upload, bytes(body))))


@router.delete("/uploads/{upload_id}", response={204: None}, auth=any_token)
def abandon(request: Request, upload_id: int) -> Status[None]:
    """Give an upload up. Repeating it changes nothing."""
    uploads.abandon(_own(request, upload_id), request.person)
    return Status(204, None)


@router.put("/uploads/{upload_id}/plain/{index}", response=schemas.PlainChunk, auth=person_token)
def put_plain(
    request: Request,
    upload_id: int,
    index: Annotated[int, Path(ge=0, lt=2**31)],
    x_digest: XDigest,
) -> schemas.PlainChunk:
    """For browsers: store a chunk of plaintext (the body); the hub seals it."""
    upload = _own(request, upload_id)
    body = bodies.checked_body(request, CHUNK_BYTES, x_digest)
    if not body:
        raise Problem("invalid-input", where="body", why=Reason("no-bytes"))
    return schemas.PlainChunk(index=index, name=uploads.put_plain(upload, body))


@router.post(
    "/uploads/{upload_id}/commit-plain", response={201: schemas.VersionOut}, auth=person_token
)
def commit_plain(
    request: Request, upload_id: int, body: schemas.PlainCommit
) -> Status[schemas.VersionOut]:
    """For browsers: make the version of these files; the hub makes and seals the manifest."""
    files = [file.as_file() for file in body.files]
    version = commits.commit_plain(_own(request, upload_id), files)
    return Status(201, schemas.VersionOut.of(version))


def _own(request: Request, upload_id: int) -> Upload:
    """The upload, if this token opened it or could have, and may still write."""
    upload = queries.upload_for(request.person, upload_id, _attempt(request))
    _refuse_other_scope(request, upload.dataset_id)
    return upload


def _writable(request: Request, dataset_id: int) -> Dataset:
    _refuse_other_scope(request, dataset_id)
    return queries.dataset_for(request.person, dataset_id, Right.RUN)


def _refuse_other_scope(request: Request, dataset_id: int) -> None:
    if request.scope["kind"] == "attempt" and dataset_id not in request.scope["write"]:
        raise Problem("not-found")


def _attempt(request: Request) -> int | None:
    return request.scope["attempt"] if request.scope["kind"] == "attempt" else None
