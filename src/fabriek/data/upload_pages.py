"""The pages' door to uploads: what static/data/upload.js talks to. JSON in, JSON out.

Signed-in by the session; the CSRF token comes in a header. A refusal has its sentence and way out
in the language of the page.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from ninja import Schema
from pydantic import ValidationError

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.core.problems import Problem, Reason
from fabriek.data import bodies, commits, filling, queries, schemas, uploads
from fabriek.data.models import Upload
from fabriek.data.rules import CHUNK_BYTES, MANIFEST_BYTES_MOST
from fabriek.people.session import PageRequest, signed_in
from fabriek.web.telling import tell

P = ParamSpec("P")
S = TypeVar("S", bound=Schema)
_QUESTION_BYTES_MOST = 1024 * 1024


def answers_json(
    view: Callable[Concatenate[PageRequest, P], dict[str, Any]],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A view for a script: what it returns, or its Problem, as JSON."""

    def gate(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return JsonResponse(view(request, *args, **kwargs))
        except Problem as problem:
            return _refusal(problem)

    return signed_in(gate)


@require_POST
@answers_json
def open_upload(request: PageRequest, slug: str) -> dict[str, Any]:
    """Announce what is coming; storage for it is set apart, and the dataset made if it is new."""
    access.project_for(request.person, slug, Right.RUN)
    asked = _read(request, schemas.BrowserUpload)
    if asked.is_new:
        wanted = filling.NewData(
            asked.dataset,
            asked.classification,
            asked.personal_data,
            asked.description,
            asked.kind,
        )
        upload = filling.open_new(request.person, slug, wanted, asked.size_bytes, asked.fingerprint)
    else:
        upload = filling.open_more(
            request.person, slug, asked.dataset, asked.size_bytes, asked.fingerprint
        )
    return {
        "id": upload.pk,
        "dataset": upload.dataset.slug,
        "missing": reverse("upload_missing", args=[upload.pk]),
        "chunk": reverse("upload_chunk", args=[upload.pk, 0]).removesuffix("0/"),
        "commit": reverse("upload_commit", args=[upload.pk]),
        "abandon": reverse("upload_abandon", args=[upload.pk]),
    }


@require_POST
@answers_json
def missing(request: PageRequest, upload_id: int) -> dict[str, Any]:
    """Which of these chunks are not there, or no longer."""
    upload = _own(request, upload_id)
    return {"missing": uploads.missing(upload, _read(request, schemas.Names).names)}


@require_http_methods(["PUT"])
@answers_json
def put_chunk(request: PageRequest, upload_id: int, index: int) -> dict[str, Any]:
    """Store one chunk: the body. Its name is needed to commit."""
    upload = _own(request, upload_id)
    body = bodies.browsers_body(request, CHUNK_BYTES, request.headers.get("X-SHA256", ""))
    if not body:
        raise Problem("invalid-input", where="body", why=Reason("no-bytes"))
    return {"index": index, "name": uploads.put_plain(upload, body)}


@require_POST
@answers_json
def commit(request: PageRequest, upload_id: int) -> dict[str, Any]:
    """Make the version of these files; `href` is where to look at it."""
    upload = _own(request, upload_id)
    asked = _read(request, schemas.PlainCommit, MANIFEST_BYTES_MOST)
    version = commits.commit_plain(upload, [file.as_file() for file in asked.files])
    reference = f"{version.dataset.slug}@{version.number}"
    messages.success(request, _("%(reference)s is in.") % {"reference": reference})
    dataset = version.dataset
    return {
        "reference": reference,
        "href": reverse("version", args=[dataset.project.slug, dataset.slug, version.number]),
    }


@require_POST
@answers_json
def abandon(request: PageRequest, upload_id: int) -> dict[str, Any]:
    """Give an upload up. Repeating it changes nothing."""
    uploads.abandon(_own(request, upload_id), request.person)
    return {}


def _own(request: PageRequest, upload_id: int) -> Upload:
    return queries.upload_for(request.person, upload_id, None)


def _read(request: HttpRequest, schema: type[S], most_bytes: int = _QUESTION_BYTES_MOST) -> S:
    body = bodies.bounded_body(request, most_bytes)
    try:
        return schema.model_validate_json(bytes(body))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "body"
        raise Problem("invalid-input", where=where, why=Reason("input-pattern")) from None


def _refusal(problem: Problem) -> JsonResponse:
    told = tell(problem)
    said = {
        "code": problem.code,
        "sentence": told.sentence,
        "way_out": told.way_out,
        "retry": problem.retry,
    }
    return JsonResponse(said, status=problem.status)
