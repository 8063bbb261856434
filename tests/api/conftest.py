"""The world that the tests of the API walk through."""

from pathlib import Path

import pytest
from world import World, build


@pytest.fixture
def world(db: None, tmp_path: Path) -> World:
    return build(tmp_path)
