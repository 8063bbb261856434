"""A nudge between processes on one machine: there is work, look now.

The worker looks by itself every so often, so a lost nudge costs a moment and never a job. Processes
on other machines are not nudged; they look at their own pace.
"""

import contextlib
import selectors
import socket
from pathlib import Path

from django.conf import settings
from django.db import transaction


def _socket_path() -> Path:
    return Path(settings.STATE_DIR) / "wake.sock"


def worker() -> None:
    """Wake the worker once the present transaction has committed (at once outside one)."""
    transaction.on_commit(_nudge)


def _nudge() -> None:
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
    ):
        sender.setblocking(False)
        sender.sendto(b"!", str(_socket_path()))


class Listener:
    """The worker's end. Of several workers on one machine the last one started is nudged."""

    def __init__(self) -> None:
        path = _socket_path()
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        path.chmod(0o600)
        self._socket.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)

    def wait(self, timeout_s: float) -> None:
        """Return at the first nudge, or after the timeout; nudges that came together count once."""
        if self._selector.select(timeout_s):
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._socket.recv(64)
