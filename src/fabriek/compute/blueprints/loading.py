"""Finding the blueprints: the folders beside this file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fabriek.compute.blueprints.rules import Blueprint, read
from fabriek.core.problems import Problem

_HERE = Path(__file__).parent


@cache
def blueprints() -> Mapping[str, Blueprint]:
    """All blueprints by their id, in the order in which people should see them."""
    found = [
        read(path.parent.name, tomllib.loads(path.read_text("utf-8")))
        for path in _HERE.glob("*/blueprint.toml")
    ]
    return {one.id: one for one in sorted(found, key=lambda one: one.order)}


def blueprint(name: str) -> Blueprint:
    """One blueprint; Problem `not-found`."""
    found = blueprints().get(name)
    if found is None:
        raise Problem("not-found")
    return found


@cache
def code(name: str) -> Mapping[str, bytes]:
    """The files of a blueprint's code by path, in their order; empty when it brings none."""
    folder = _HERE / name / "code"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
