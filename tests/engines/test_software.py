"""What the node offers jobs is there, wherever it lies."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fabriek.compute.engines.testing import Bench


@pytest.fixture(params=["/tmp", "/var/tmp"])
def software(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder with a program; a job has a /tmp of its own, which must not hide it."""
    folder = Path(tempfile.mkdtemp(dir=request.param))
    folder.chmod(0o755)
    (folder / "bin").mkdir(mode=0o755)
    program = folder / "bin" / "hello"
    program.write_text("#!/bin/sh\necho hello from the node\n")
    program.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_the_nodes_software_is_found(mode: Bench, software: Path) -> None:
    config = mode.node.config
    path = (str(software / "bin"), *config.path)
    config = replace(config, software=(*config.software, str(software)), path=path)
    mode.engine._node = replace(mode.node, config=config)
    attempt = mode.run(["hello"])
    assert attempt.log == b"hello from the node\n"
    assert attempt.report is not None and attempt.report["exit_code"] == 0
