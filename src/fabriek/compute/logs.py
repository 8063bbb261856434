"""Job logs: sealed objects in the store, one for each piece that came in, joined at the end."""

from collections.abc import Iterator

from fabriek.compute.models import Attempt
from fabriek.data import blobs

PIECE = 1024 * 1024


def append(attempt: Attempt, offset: int, text: bytes) -> int:
    """Add text that begins at byte `offset`; returns the next offset expected.

    Text that came already is skipped, and text after a gap is left for the agent to send again.
    """
    known = attempt.log_bytes
    fresh = text[known - offset :] if offset <= known else b""
    if not fresh:
        return known
    blobs.replace(attempt.job.project_id, f"{_folder(attempt)}/{known:014d}", fresh)
    return known + len(fresh)


def read(attempt: Attempt, offset: int, most: int = PIECE) -> bytes:
    """At most `most` bytes of the log from byte `offset`; empty at its end so far."""
    pieces = blobs.names(attempt.job.project_id, _folder(attempt))
    starts = [int(name.rpartition("/")[2]) for name in pieces]
    found = b""
    for index, (name, start) in enumerate(zip(pieces, starts, strict=True)):
        end = starts[index + 1] if index + 1 < len(starts) else attempt.log_bytes
        if end <= offset or len(found) >= most or start >= attempt.log_bytes:
            continue
        piece = blobs.get(attempt.job.project_id, name)[: end - start]
        found += piece[max(0, offset - start) :]
    return found[:most]


def pieces(attempt: Attempt) -> Iterator[bytes]:
    """The whole log so far, piece by piece."""
    project_id, sent = attempt.job.project_id, 0
    for name in blobs.names(project_id, _folder(attempt)):
        try:
            piece = blobs.get(project_id, name)[: attempt.log_bytes - sent]
        except KeyError:
            # The pieces have just been joined: the rest is in the one that is left.
            piece = read(attempt, sent, attempt.log_bytes - sent)
        if piece:
            yield piece
            sent += len(piece)


def join(attempt: Attempt) -> None:
    """Make one object of the pieces, once the log will grow no more."""
    pieces = blobs.names(attempt.job.project_id, _folder(attempt))
    if len(pieces) > 1:
        whole = read(attempt, 0, attempt.log_bytes)
        blobs.replace(attempt.job.project_id, f"{_folder(attempt)}/{0:014d}", whole)
        for name in pieces[1:]:
            blobs.delete(attempt.job.project_id, name)


def _folder(attempt: Attempt) -> str:
    return f"logs/{attempt.job_id}/{attempt.number}"


def whole_characters(piece: bytes) -> bytes:
    """The piece without a last character that is cut in two, unless nothing would be left.

    A follower asks again from where this ends, so characters are not torn between two answers.
    """
    for back in range(1, min(4, len(piece)) + 1):
        byte = piece[-back]
        if byte < 0x80:
            return piece
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return piece[:-back] if back < length and len(piece) > back else piece
    return piece
