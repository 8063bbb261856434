"""The API's door to datasets and versions. Uploads: upload_endpoints.py."""

from typing import Annotated

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Query, Router, Status

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core import paging
from fabriek.core.paging import Before, Limit
from fabriek.core.problems import Problem
from fabriek.data import actions, bodies, contents, keys, queries, schemas, upload_endpoints
from fabriek.data.models import DatasetVersion
from fabriek.people.auth import Request, any_token, person_token

router = Router(tags=["data"])
router.add_router("", upload_endpoints.router)
FileLimit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/projects/{slug}/datasets", response=schemas.DatasetPage, auth=person_token)
def list_datasets(
    request: Request,
    slug: str,
    kind: schemas.Kind | None = None,
    before: Before = None,
    limit: Limit = 50,
) -> schemas.DatasetPage:
    """A project's datasets, newest first."""
    project = access.project_for(request.person, slug, Right.VIEW)
    rows = queries.datasets_visible_to(request.person).filter(project_id=project.pk)
    if kind:
        rows = rows.filter(kind=kind)
    page = paging.newest_first(rows.select_related("project"), before=before, limit=limit)
    items = [schemas.DatasetOut.of(row) for row in page.items]
    return schemas.DatasetPage(items=items, next_before=page.next_before)


@router.post("/projects/{slug}/datasets", response={201: schemas.DatasetOut}, auth=person_token)
def create_dataset(
    request: Request, slug: str, body: schemas.NewDataset
) -> Status[schemas.DatasetOut]:
    """Make an empty dataset with a key of its own."""
    facts = body.dict(exclude={"slug"})
    dataset = actions.create_dataset(request.person, slug, body.slug, **facts)
    return Status(201, schemas.DatasetOut.of(dataset))


@router.get(
    "/projects/{slug}/datasets/{dataset_slug}", response=schemas.DatasetOut, auth=person_token
)
def show_dataset_by_name(request: Request, slug: str, dataset_slug: str) -> schemas.DatasetOut:
    """A dataset by its name."""
    return schemas.DatasetOut.of(queries.dataset_named(request.person, slug, dataset_slug))


@router.get("/datasets/{dataset_id}", response=schemas.DatasetOut, auth=person_token)
def show_dataset(request: Request, dataset_id: int) -> schemas.DatasetOut:
    """A dataset."""
    dataset = queries.dataset_for(request.person, dataset_id, Right.VIEW)
    return schemas.DatasetOut.of(dataset)


@router.get("/datasets/{dataset_id}/versions", response=schemas.VersionPage, auth=person_token)
def list_versions(
    request: Request, dataset_id: int, before: Before = None, limit: Limit = 50
) -> schemas.VersionPage:
    """A dataset's versions, newest first, erased ones included."""
    dataset = queries.dataset_for(request.person, dataset_id, Right.VIEW)
    rows = queries.versions_visible_to(request.person).filter(dataset_id=dataset.pk)
    page = paging.newest_first(rows, before=before, limit=limit)
    items = [schemas.VersionOut.of(row) for row in page.items]
    return schemas.VersionPage(items=items, next_before=page.next_before)


@router.get(
    "/datasets/{dataset_id}/versions/{number}", response=schemas.VersionOut, auth=person_token
)
def show_version(request: Request, dataset_id: int, number: int) -> schemas.VersionOut:
    """A version."""
    return schemas.VersionOut.of(queries.version_of(request.person, dataset_id, number))


@router.get(
    "/datasets/{dataset_id}/versions/{number}/files", response=schemas.FilePage, auth=person_token
)
def list_files(
    request: Request, dataset_id: int, number: int, before: Before = None, limit: FileLimit = 200
) -> schemas.FilePage:
    """The files of a version, in the order of their paths."""
    version = _readable(request, dataset_id, number)
    page = contents.files_page(version, before, limit)
    items = [schemas.FileOut.of(entry) for entry in page.items]
    return schemas.FilePage(items=items, next_before=page.next_before)


@router.get(
    "/datasets/{dataset_id}/versions/{number}/files/{path:path}",
    response={200: bytes},
    auth=person_token,
)
def read_file(request: Request, dataset_id: int, number: int, path: str) -> StreamingHttpResponse:
    """One file, decrypted by the hub, whole or the one range asked for."""
    version = _readable(request, dataset_id, number)
    key = keys.dataset_key(version.dataset.project_id, version.dataset_id)
    manifest = contents.manifest_of(version)
    entry = contents.file_entry(manifest, path)
    return bodies.file_response(request, version, manifest, key, entry)


@router.post(
    "/datasets/{dataset_id}/versions/{number}/key", response=schemas.KeyOut, auth=any_token
)
def release_key(request: Request, dataset_id: int, number: int) -> schemas.KeyOut:
    """The key to decrypt a version oneself, with what proves its manifest."""
    version = _readable(request, dataset_id, number)
    return schemas.KeyOut(**actions.release_key(request.person, version))


@router.get(
    "/datasets/{dataset_id}/versions/{number}/manifest", response={200: bytes}, auth=any_token
)
def read_manifest(request: Request, dataset_id: int, number: int) -> HttpResponse:
    """The stored manifest, sealed."""
    return bodies.binary(contents.sealed_manifest(_readable(request, dataset_id, number)))


@router.get(
    "/datasets/{dataset_id}/versions/{number}/chunks/{name}",
    response={200: bytes},
    auth=any_token,
)
def read_chunk(
    request: Request, dataset_id: int, number: int, name: schemas.ChunkName
) -> HttpResponse:
    """One stored chunk, sealed."""
    version = _readable(request, dataset_id, number)
    if not contents.has_chunk(version, name):
        raise Problem("not-found")
    return bodies.binary(contents.sealed_chunk(version.dataset_id, name))


def _readable(request: Request, dataset_id: int, number: int) -> DatasetVersion:
    """The version, if this token may read its data at this moment."""
    scope = request.scope
    if scope["kind"] == "attempt" and [dataset_id, number] not in scope["read"]:
        raise Problem("not-found")
    version = queries.version_of(request.person, dataset_id, number)
    queries.refuse_erased(version.dataset)
    return version
