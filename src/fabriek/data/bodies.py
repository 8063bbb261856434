"""Raw bodies in, raw bodies out: bounded, checked by their digest, in ranges."""

import hashlib
import re
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from fabriek.core.problems import Problem
from fabriek.data import buffers, contents
from fabriek.data.models import DatasetVersion
from fabriek_vault import DatasetKeys, FileEntry, Manifest, VaultError, digest_hex, read_range

BINARY = "application/octet-stream"
_SLICE_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def checked_body(request: HttpRequest, most_bytes: int, digest: str) -> memoryview:
    """The whole body, at most so large, with this BLAKE3 digest.

    It lies in a buffer of this thread, so it is good only until this thread's next request.
    Problem `length-missing`, `body-too-large` (before anything is read), `wrong-digest`.
    """
    body = bounded_body(request, most_bytes)
    if digest_hex(body) != digest.lower():
        raise Problem("wrong-digest")
    return body


def browsers_body(request: HttpRequest, most_bytes: int, sha256: str) -> memoryview:
    """As `checked_body`, by the digest that browsers can make; Problem `piece-damaged`."""
    body = bounded_body(request, most_bytes)
    if hashlib.sha256(body).hexdigest() != sha256.lower():
        raise Problem("piece-damaged")
    return body


def bounded_body(request: HttpRequest, most_bytes: int) -> memoryview:
    """The whole body, at most so large, in a buffer of this thread.

    Problem `length-missing`, `body-too-large` (before anything is read).
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdecimal()) or "Transfer-Encoding" in request.headers:
        raise Problem("length-missing")
    if len(length) > 12 or int(length) > most_bytes:
        raise Problem("body-too-large", most_bytes=most_bytes)
    return _read(request, int(length))


def _read(request: HttpRequest, size: int) -> memoryview:
    buffer = buffers.of_this_thread("body", size)
    done = 0
    while done < size and (piece := request.read(min(_SLICE_BYTES, size - done))):
        buffer[done : done + len(piece)] = piece
        done += len(piece)
    return buffer[:done]


def binary(data: bytes) -> HttpResponse:
    """Bytes that nobody should show or guess at. They never change, so they may be kept."""
    response = HttpResponse(data, content_type=BINARY)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def file_response(
    request: HttpRequest, version: DatasetVersion, manifest: Manifest, key: bytes, entry: FileEntry
) -> StreamingHttpResponse:
    """A file, or the one range of it that the request asks for, decrypted as it is sent.

    Problem `range-not-satisfiable`; `data-damaged` when its first chunk does not open. A chunk
    further on that does not open breaks the connection, since the status has been sent by then.
    """
    span = asked_range(request.headers.get("Range", ""), entry.size_bytes)
    start, stop = (span.start, span.stop) if span is not None else (0, entry.size_bytes)
    keys = DatasetKeys.derive(key, manifest.algorithm)
    source = contents.ChunkSource(version.dataset_id)
    pieces = read_range(manifest, keys, source, entry.path, start=start, stop=stop)
    try:
        first = next(pieces, memoryview(b""))
    except VaultError as error:
        raise contents.damaged(version.dataset_id, error.sentence) from error
    response = StreamingHttpResponse(
        _chain(first, pieces), status=200 if span is None else 206, content_type=BINARY
    )
    response["Content-Length"] = str(stop - start)
    response["Accept-Ranges"] = "bytes"
    if span is not None:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{entry.size_bytes}"
    name = entry.path.rpartition("/")[2]
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def asked_range(header: str, size_bytes: int) -> range | None:
    """The bytes asked for; None for the whole file, also for headers that are not one range."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first:
        start = int(first)
        stop = min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None
    else:
        start, stop = max(0, size_bytes - int(last)), size_bytes
    if start >= stop:
        raise Problem("range-not-satisfiable", size_bytes=size_bytes)
    return range(start, stop)


def _chain(first: memoryview, rest: Iterator[memoryview]) -> Iterator[bytes]:
    yield bytes(first)
    for piece in rest:
        yield bytes(piece)
