"""Answers that go to a file or to the screen."""

import json
from pathlib import Path
from typing import Any

from fabriek_client.cli import show
from fabriek_client.errors import FactoryError
from fabriek_client.words import say


def json_text(value: Any) -> str:
    """Data as JSON text."""
    return json.dumps(value, ensure_ascii=True, indent=2) + "\n"


def write_or_print(text: str, path: Path | None) -> None:
    """Write the text to the file, saying so, or print it. FactoryError `not-written`."""
    if path is None:
        show.out(text.rstrip("\n"))
        return
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise FactoryError(
            "not-written",
            say("common.not-written", path=path, why=error.strerror),
            say("common.not-written-out"),
        ) from error
    show.note(say("common.written", path=path))
