"""A disk that is really full: a small file system under the factory's store."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import live
import pytest

from fabriek_vault import VaultError

MIB = 1024 * 1024


@pytest.fixture
def factory(tmp_path: Path) -> Iterator[live.Factory]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system (sudo make test-all)")
    store = tmp_path / "state" / "store"
    store.mkdir(parents=True, mode=0o700)
    (tmp_path / "state").chmod(0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", store], check=True)
    try:
        yield from live.running(tmp_path / "state")
    finally:
        subprocess.run(["umount", "-l", store], check=True)


def test_a_full_disk_is_said_and_nothing_is_half_made(
    factory: live.Factory, tmp_path: Path
) -> None:
    from fabriek_vault.hub import push_path

    person = factory.person("anna@example.org")
    person.make_project()
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(os.urandom(5 * MIB))
    large.write_bytes(os.urandom(70 * MIB))
    person.push("small", small)
    dataset = person.dataset("large")
    with pytest.raises(VaultError) as refused:
        push_path(person.wire(), dataset, large, patience_s=2)
    assert refused.value.code == "store-full"
    assert person.get(f"/datasets/{dataset}/versions")["items"] == []
    assert factory.server("vault", "verify").returncode == 0
    assert factory.server("ledger", "check").returncode == 0
    # Room is made: the same push goes on where it broke off.
    store = factory.state / "store"
    subprocess.run(["mount", "-o", "remount,size=200m", store], check=True)
    assert push_path(person.wire(), dataset, large).size_bytes == 70 * MIB
    assert factory.server("vault", "verify").returncode == 0
