"""The folder of one attempt: the lock that shows its agent is alive, and how far it came.

lock     held from the submission until the agent's end, whatever that is
started  made once, by the agent that runs the attempt: its process id, and what it may leave
ended    the agent's last word, after everything was reported and wiped
"""

import contextlib
import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LOCK, STARTED, ENDED = "lock", "started", "ended"


def take_lock(folder: Path) -> int | None:
    """The lock as an open file, not inherited; None while another holds it."""
    lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def is_locked(folder: Path) -> bool:
    """Whether an agent is alive on this folder, or a submission under way."""
    try:
        lock = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        # A shared lock: two who look at the same moment do not see each other as the agent.
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def begin(folder: Path, facts: dict[str, Any]) -> bool:
    """Write `started`; False when it is there already, and this attempt must not run again."""
    document = {**facts, "at": datetime.now(UTC).isoformat()}
    try:
        # Written whole before it has its name: nobody ever reads half of it.
        draft = folder / f".{STARTED}.{os.getpid()}"
        draft.write_text(json.dumps(document))
        os.link(draft, folder / STARTED)
    except FileExistsError:
        return False
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    return True


def end(folder: Path, word: str) -> None:
    """Write `ended`."""
    draft = folder / f".{ENDED}.{os.getpid()}"
    draft.write_text(json.dumps({"at": datetime.now(UTC).isoformat(), "word": word}))
    draft.rename(folder / ENDED)


def read(folder: Path, name: str) -> dict[str, Any] | None:
    """The facts in `started` or `ended`; None when it is not there."""
    try:
        document: dict[str, Any] = json.loads((folder / name).read_text())
    except FileNotFoundError:
        return None
    return document
