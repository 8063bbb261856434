"""Benches for each engine and each way of isolating that this machine can try."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fabriek.compute.engines.testing import Bench, kernel_limits, local_bench, why_no

ENGINES = ["local"]
"""Every engine passes the same suite; the next one adds its name and its bench here."""
MODES = [
    ("bubblewrap", "kernel"),
    ("bubblewrap", "watching"),
    ("none", "kernel"),
    ("none", "watching"),
]


def _closing(bench: Bench) -> Iterator[Bench]:
    try:
        yield bench
    finally:
        bench.close()


@pytest.fixture(params=ENGINES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """An engine as it finds this machine."""
    yield from _closing(local_bench(tmp_path))


@pytest.fixture(params=MODES, ids="-".join)
def mode(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """The local engine in each mode, also in those that it would not choose here."""
    sandbox, limits = request.param
    if limits == "kernel":
        limits = kernel_limits()
        if limits is None:
            pytest.skip("needs cgroups v2 or v1 that can be written, or a systemd user session")
    reason = why_no(sandbox, limits)
    if reason:
        pytest.skip(reason)
    for folder in (tmp_path, *tmp_path.parents):
        # pytest's folders are private; without walls the job's own user must pass through.
        if sandbox == "none" and folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    yield from _closing(local_bench(tmp_path, sandbox, limits))
