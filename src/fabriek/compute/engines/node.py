"""This machine as a compute node: what it has, what it can keep apart, what jobs find on it."""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from fabriek.compute.engines.contract import Capacity
from fabriek_agent.probe import probe
from fabriek_agent.spec import SYSTEM_PATH, NodeConfig

OPEN_SCRATCH = Path("/var/lib/fabriek-scratch")
"""Where jobs work on a node without a sandbox: passable, and each folder its job's alone."""


@dataclass(frozen=True)
class Node:
    """What the engine tells its agents (`config`), and what it tells the factory."""

    config: NodeConfig
    capacity: Capacity
    offers_network: bool = False
    notes: tuple[str, ...] = ()


def this_node(scratch: Path, environment: Path | None = None) -> Node:
    """Probe this machine. `environment` is a Python environment for jobs to use.

    It is FABRIEK_NODE_ENV where that is set, else the folder `.venv-node` beside the factory's own
    environment. A job with network shares that of the machine, the machine's own services
    included, so it is offered only where FABRIEK_NODE_NETWORK=1 says so.
    """
    found = probe()
    if found.sandbox == "none" and os.geteuid() == 0:
        # Without walls a job runs as a user of its own, who must be able to come to its folder;
        # the factory's own folder lets nobody in.
        mark = hashlib.sha256(os.fsencode(scratch.absolute())).hexdigest()[:12]
        scratch = OPEN_SCRATCH / mark
        OPEN_SCRATCH.mkdir(exist_ok=True)
        OPEN_SCRATCH.chmod(0o711)
    named = os.environ.get("FABRIEK_NODE_ENV")
    environment = environment or (Path(named) if named else Path(sys.prefix).parent / ".venv-node")
    software = python_folders(environment)
    path = (str(environment / "bin"), *SYSTEM_PATH) if software else SYSTEM_PATH
    config = NodeConfig(
        sandbox=found.sandbox,
        limits=found.limits,
        scratch=str(scratch),
        path=path,
        software=tuple(str(folder) for folder in software),
    )
    network = os.environ.get("FABRIEK_NODE_NETWORK") == "1"
    return Node(config, machine_capacity(), network, found.notes)


def machine_capacity() -> Capacity:
    """All processors that this process may use, and nine tenths of the memory."""
    pages, page_bytes = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return Capacity(
        cpus=len(os.sched_getaffinity(0)), memory_mib=pages * page_bytes * 9 // 10 // (1024 * 1024)
    )


def python_folders(environment: Path) -> list[Path]:
    """The folders a job must be able to read to use a virtual environment: itself, and the Python
    it was made from. None when there is no environment."""
    settings = environment / "pyvenv.cfg"
    if not settings.is_file():
        return []
    folders = [environment]
    for line in settings.read_text().splitlines():
        word, _, value = line.partition("=")
        if word.strip() == "home":
            home = Path(value.strip())
            for base in (home.parent, home.resolve().parent):
                if _is_python(base) and base not in folders:
                    folders.append(base)
    return folders


def _is_python(folder: Path) -> bool:
    """A folder of its own for a Python: never the system, and never somebody's home."""
    if folder == Path("/usr") or folder.is_relative_to("/usr"):
        return False
    return any((folder / "lib").glob("python3.*/os.py"))
