"""What a file of many megabytes asks of the operating system beyond open and write."""

import ctypes
import errno
import fcntl
import mmap
import os
from functools import cache

Bytes = bytes | bytearray | memoryview

_BLOCK = 4096
_DIRECT_FROM_BYTES = 1024 * 1024
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


def aligned_buffer(size_bytes: int) -> memoryview:
    """A writable buffer that begins at a page, as writing past the page cache needs it."""
    return memoryview(mmap.mmap(-1, max(1, size_bytes)))[:size_bytes]


def write_at(descriptor: int, data: Bytes, offset: int) -> None:
    """Write all of the data at the offset.

    Large pieces go past the page cache where buffer, offset and file system allow it: filling a
    GiB of fresh page cache cost 1 to 3 s of kernel time where it was measured, this 0.1 s. What is
    written so lies in order on the disk after an fsync, as anything else.
    """
    view = memoryview(data)
    done = 0
    if len(view) >= _DIRECT_FROM_BYTES and offset % _BLOCK == 0 and _address(view) % _BLOCK == 0:
        done = _write_direct(descriptor, view[: len(view) // _BLOCK * _BLOCK], offset)
    while done < len(view):
        done += os.pwrite(descriptor, view[done:], offset + done)


def read_whole(descriptor: int, into: memoryview) -> int:
    """Read a file from its start into an aligned buffer, past the page cache where that can be.

    Returns how much was read: less than the buffer holds when the file ends before.
    """
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    done = 0
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_DIRECT)
        while done % _BLOCK == 0 and (count := os.preadv(descriptor, [into[done:]], done)):
            done += count
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)
    while done < len(into) and (count := os.preadv(descriptor, [into[done:]], done)):
        done += count
    return done


def _write_direct(descriptor: int, view: memoryview, offset: int) -> int:
    """How much could be written that way: all, or less where the file system does not know it."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    done = 0
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_DIRECT)
        while done < len(view) and done % _BLOCK == 0:
            done += os.pwrite(descriptor, view[done:], offset + done)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)
    return done


def _address(view: memoryview) -> int:
    if view.readonly:
        return 1  # an address cannot be asked of it, and nobody aligned it
    return ctypes.addressof(ctypes.c_char.from_buffer(view))
