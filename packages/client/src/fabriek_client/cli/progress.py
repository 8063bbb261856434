"""The bar of a transfer, drawn only when it takes long enough to wonder."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from fabriek_client.cli import show, units
from fabriek_client.escape import escaped
from fabriek_client.words import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE_S = 0.7
_LINE_EVERY_S = 10.0


@contextmanager
def transfer(
    what: str, again: str, broken_off: str = "data.broken-off"
) -> Iterator[Callable[[int, int], None]]:
    """Takes (bytes done, bytes in all). Ctrl-C ends with how to go on, and exit code 130."""
    bar = _Bar(what) if sys.stderr.isatty() else _Lines(what)
    try:
        yield bar.told
    except KeyboardInterrupt:
        bar.close()
        show.note(f"\n{say(broken_off)}\n  {again}")
        raise typer.Exit(130) from None
    finally:
        bar.close()


class _Lines:
    """Where nobody watches: a line every ten seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + _LINE_EVERY_S

    def told(self, done: int, total: int) -> None:
        if total and time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_EVERY_S
            show.note(
                f"{self._what}: {100 * done // total} %,"
                f" {units.shown_size(done)} / {units.shown_size(total)}"
            )

    def close(self) -> None:
        """Nothing is left open."""


class _Bar:
    """At a terminal: done, speed and remaining time. rich is loaded when the bar appears."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._since = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def told(self, done: int, total: int) -> None:
        if self._progress is None and time.monotonic() - self._since > _PATIENCE_S:
            self._open(total)
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _open(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task(escaped(self._what), total=total)
        self._progress.start()
