"""The room that the walk over the pages goes through."""

from pathlib import Path

import pytest
from showroom import Showroom, as_over, build


@pytest.fixture
def showroom(db: None, tmp_path: Path) -> Showroom:
    return build(tmp_path, as_over(tmp_path))
