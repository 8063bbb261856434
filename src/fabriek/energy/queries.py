"""The node kinds the factory has."""

import tomllib
from functools import cache
from pathlib import Path

from fabriek.energy.rules import NodeKind


@cache
def node_kinds() -> dict[str, NodeKind]:
    """Node kinds by name, from data/node_kinds.toml."""
    rows = tomllib.loads((Path(__file__).parent / "data" / "node_kinds.toml").read_text("utf-8"))
    return {
        name: NodeKind(name=name, **{key: value for key, value in row.items() if key != "title"})
        for name, row in rows.items()
    }
