"""Push and pull against `cp` with fsync on the same disk; many small files.

All bytes cross HTTP on the loopback, encrypted by the client; the server is on the same machine.
Each side is run several times in turn, and the median counts.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import live

from benchmarks.figures import at_least, at_most, beside

GIB = 1024**3
ROUNDS = 3
SMALL_FILES = 20_000


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        factory = live.Factory(Path(folder) / "state", web_workers=2)
        try:
            factory.start()
            person = factory.person("bench@example.org")
            person.make_project(storage_gib=50)
            return [*one_gib(person, Path(folder)), *small_files(factory, person, Path(folder))]
        finally:
            factory.stop()


def one_gib(person: live.Person, folder: Path) -> list[dict[str, Any]]:
    from fabriek_vault.hub import pull_version

    source, target = folder / "big.bin", folder / "pulled"
    copies, pushes, pulls, hub_pushes, hub_pulls = [], [], [], [], []
    # The first round warms up: page cache, interpreters, the file system's free lists.
    for number in range(-1, ROUNDS):
        write_random(source)
        copies.append(timed(copy, source, folder / "copy.bin"))
        dataset = person.dataset(f"big{number + 1}")
        pushes.append(timed(person.push, f"big{number + 1}", source))
        pulls.append(timed(pull_version, person.wire(), dataset, 1, target))
        assert same(source, target), "what came back differs"
        remove(target)
        hub = person.dataset(f"hub{number + 1}")
        hub_pushes.append(timed(push_plain, person, hub, source))
        hub_pulls.append(timed(pull_plain, person, hub, source.name, target))
        assert same(source, target), "what came back through the hub differs"
        remove(target)
    for times in (copies, pushes, pulls, hub_pushes, hub_pulls):
        del times[0]
    copy_s = statistics.median(copies)
    rows = {
        "push": pushes,
        "pull": pulls,
    }
    found = [beside("cp with fsync", GIB / copy_s / 1e6, "MB/s")]
    for what, times in rows.items():
        seconds = statistics.median(times)
        found += [
            beside(f"{what} of 1 GiB", GIB / seconds / 1e6, "MB/s"),
            at_least(f"{what} of 1 GiB against cp", copy_s / seconds, 0.4, "of its speed"),
        ]
    for what, times in {"push": hub_pushes, "pull": hub_pulls}.items():
        ratio = copy_s / statistics.median(times)
        found.append(beside(f"{what} through the hub's own encryption", ratio, "of cp's speed"))
    return found


def small_files(factory: live.Factory, person: live.Person, folder: Path) -> list[dict[str, Any]]:
    tree = folder / "small"
    for number in range(SMALL_FILES):
        path = tree / f"{number // 500:03d}" / f"{number:05d}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(4096))
    person.dataset("small")
    before = objects(factory.state)
    seconds = timed(person.push, "small", tree)
    made = objects(factory.state) - before
    return [
        at_least("small files pushed", SMALL_FILES / seconds, 5000, "files/s"),
        at_most("objects stored for them", made, 300, "objects"),
    ]


def push_plain(person: live.Person, dataset: int, source: Path) -> None:
    """As a browser does: plain chunks to the hub, which encrypts them."""
    from blake3 import blake3

    size = source.stat().st_size
    upload = person.post(f"/datasets/{dataset}/uploads", {"size_bytes": size})
    chunk_bytes, extents = upload["chunk_bytes"], []
    with source.open("rb") as stream:
        for index in range(-(-size // chunk_bytes)):
            piece = stream.read(chunk_bytes)
            answer = person.http.put(
                f"/api/v1/uploads/{upload['id']}/plain/{index}",
                content=piece,
                headers={"X-Digest": blake3(piece).hexdigest()},
            )
            assert answer.status_code == 200, answer.text
            extents.append([answer.json()["name"], 0, len(piece)])
    file = {"path": source.name, "size_bytes": size, "executable": False, "extents": extents}
    person.post(f"/uploads/{upload['id']}/commit-plain", {"files": [file]})


def pull_plain(person: live.Person, dataset: int, name: str, target: Path) -> None:
    path = f"/api/v1/datasets/{dataset}/versions/1/files/{name}"
    with person.http.stream("GET", path) as answer, target.open("wb") as out:
        assert answer.status_code == 200
        for piece in answer.iter_raw(1 << 20):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def write_random(path: Path) -> None:
    with path.open("wb") as out:
        for _ in range(64):
            out.write(os.urandom(GIB // 64))
        out.flush()
        os.fsync(out.fileno())


def copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", source, target], check=True)
    descriptor = os.open(target, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def same(source: Path, target: Path) -> bool:
    found = target / source.name if target.is_dir() else target
    return subprocess.run(["cmp", source, found], check=False).returncode == 0


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def objects(state: Path) -> int:
    return sum(1 for found in (state / "store").rglob("*") if found.is_file())


def timed(call: Callable[..., Any], *arguments: Any) -> float:
    began = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - began
