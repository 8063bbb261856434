"""A user of its own for each job, when the agent is root."""

import fcntl
import os
from pathlib import Path
from typing import Self

from fabriek_agent import proctree

USERS = Path("/run/fabriek-users")
"""The folder of the locks: one for the machine, since the uids are the machine's."""


class NoUserFree(OSError):
    """All uids of the node's range are in use by running jobs."""


class JobUser:
    """One uid of the range, held by a lock, so that a crash frees it.

    The lock file holds the name of the run. A name found in a file whose lock is free is of a
    run that crashed: what still runs as that user is killed before the uid is used again.
    """

    def __init__(self, uid: int, lock: int) -> None:
        self.uid = uid
        self._lock = lock

    @classmethod
    def take(cls, folder: Path, uids: tuple[int, int], name: str) -> Self:
        """The first free uid of the range (first, count); NoUserFree when there is none."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        first, count = uids
        for uid in range(first, first + count):
            user = cls._lock_one(folder, uid)
            if user is not None:
                user.clean()
                os.write(user._lock, name.encode())
                return user
        raise NoUserFree(f"All {count} users for jobs are taken.")

    @classmethod
    def of_crashed(cls, folder: Path, uid: int, name: str) -> Self | None:
        """The uid that a crashed run had; None when it was cleaned or taken since."""
        if not (folder / str(uid)).exists():
            return None
        user = cls._lock_one(folder, uid)
        if user is not None and os.pread(user._lock, 1000, 0) != name.encode():
            os.close(user._lock)
            return None
        return user

    @classmethod
    def _lock_one(cls, folder: Path, uid: int) -> Self | None:
        lock = os.open(folder / str(uid), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return cls(uid, lock)

    def clean(self) -> None:
        """Kill what a crashed run left under this uid."""
        if os.fstat(self._lock).st_size:
            proctree.kill_user(self.uid)
            os.ftruncate(self._lock, 0)

    def release(self) -> None:
        """Others may have the uid; nothing of the job runs any more."""
        os.ftruncate(self._lock, 0)
        os.close(self._lock)
