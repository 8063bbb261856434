"""Finding and making datasets, and sending files into them, for `data` and `run`."""

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from fabriek_client.cli import kit
from fabriek_client.cli.progress import transfer
from fabriek_client.errors import FactoryError
from fabriek_client.words import say

if TYPE_CHECKING:
    from fabriek_client.sdk import Factory
    from fabriek_client.sdk.shapes import Dataset
    from fabriek_vault import Plan, Version


def find(factory: "Factory", text: str, project: str) -> tuple["Dataset", int | None]:
    """The dataset of `name@3` or `project/name@3`, and the number that stands there."""
    wanted = kit.reference(text)
    slug = kit.project_in_use(factory, wanted.project or project)
    return factory.data.show(slug, wanted.name), wanted.number


def find_version(factory: "Factory", text: str, project: str) -> tuple["Dataset", int]:
    """As `find`; without a number the newest version. FactoryError `no-version` without any."""
    dataset, number = find(factory, text, project)
    if number is None:
        newest = next(iter(factory.data.versions(dataset["id"])), None)
        if newest is None:
            raise FactoryError(
                "no-version",
                say("data.no-version", name=dataset["slug"]),
                say("data.no-version-out"),
            )
        number = newest["number"]
    return dataset, number


def find_or_make(
    factory: "Factory",
    project: str,
    slug: str,
    *,
    kind: str | None = None,
    classification: str | None = None,
    personal_data: bool | None = None,
) -> tuple["Dataset", bool]:
    """The dataset, and whether it was made now.

    FactoryError `dataset-differs` when there is one that is not what was said: data must not end
    up under a weaker protection than its owner asked for.
    """
    try:
        found = factory.data.show(project, slug)
    except FactoryError as error:
        if error.code != "not-found":
            raise
        made = factory.data.make(
            project, slug, kind or "data", classification or "internal", bool(personal_data)
        )
        return made, True
    said = {"kind": kind, "classification": classification, "personal_data": personal_data}
    for field, value in said.items():
        if value is not None and found.get(field) != value:
            raise FactoryError(
                "dataset-differs",
                say("data.differs", name=slug, field=field, value=found.get(field)),
                say("data.differs-out"),
            )
    return found, False


def send(factory: "Factory", dataset: "Dataset", plan: "Plan", again: str) -> "Version":
    """Push a plan with a progress bar; `again` is the command that goes on after Ctrl-C."""
    with transfer(say("data.sending", name=dataset["slug"]), again) as told:
        return factory.data.push(dataset["id"], plan, told)


def slug_from(path: Path) -> str:
    """A dataset's name from a file's or folder's: `Breast Cancer.csv` gives `breast-cancer`."""
    absolute = path.absolute()
    name = absolute.stem if absolute.is_file() else absolute.name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "data"
