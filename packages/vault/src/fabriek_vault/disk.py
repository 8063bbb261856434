"""Two calls of the operating system that Python does not offer."""

import ctypes
import errno
import os
from functools import cache

_UNSUPPORTED = frozenset({errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def reserve(descriptor: int, size_bytes: int) -> None:
    """Set room apart for a file that is about to be written; OSError ENOSPC when there is none.

    Writing and flushing then costs about half. Where the file system cannot do it, nothing
    happens: os.posix_fallocate would write to every block there.
    """
    fallocate = getattr(_libc(), "fallocate64", None) or getattr(_libc(), "fallocate", None)
    if fallocate is None or not size_bytes:
        return
    if fallocate(descriptor, 0, ctypes.c_int64(0), ctypes.c_int64(size_bytes)):
        code = ctypes.get_errno()
        if code not in _UNSUPPORTED:
            raise OSError(code, os.strerror(code))


def sync_filesystem(folder: str) -> None:
    """Wait until the folder's file system is on the disk: one call, where an fsync for each of
    20,000 files would take minutes."""
    syncfs = getattr(_libc(), "syncfs", None)
    if syncfs is None:  # not Linux
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if syncfs(descriptor):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(descriptor)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
