"""The sandbox's walls, as arguments of bubblewrap.

As an ordinary user one bubblewrap makes the file tree and the namespaces. As root there are two:
the outer one makes the file tree, since only root can read every folder that goes into it; then
setpriv gives up root for good, and the inner one makes the namespaces as a user without rights.
The job is never root, not even outside its namespace.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from fabriek_agent.spec import MIB, NodeConfig, RunSpec

INSIDE_WORK = "/work"
INSIDE_UID = 1000
_SYSTEM_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC_FILES = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives")
_ETC_FILES_FOR_NETWORK = ("resolv.conf", "ssl", "ca-certificates", "services", "protocols")
_ACCOUNTS = {
    "passwd": "root:x:0:0::/:/usr/sbin/nologin\njob:x:1000:1000::/work:/bin/sh\n",
    "group": "root:x:0:\njob:x:1000:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


@dataclass
class Invocation:
    """A command line; `fds` must reach the new process, and be closed here afterwards."""

    words: list[str]
    status_fd: int
    fds: list[int] = field(default_factory=list)

    def close_fds(self) -> None:
        """Close our copies of what the new process got."""
        while self.fds:
            os.close(self.fds.pop())


def invocation(
    spec: RunSpec, node: NodeConfig, environment: dict[str, str], inner_prefix: list[str], uid: int
) -> Invocation:
    """The command line for one run. `uid` is the job's own, or our own when we are not root.

    The status (JSON documents: `child-pid` at the start, `exit-code` at the end) can be read from
    `status_fd`. Options go through memory files, because a command line is readable by all.
    """
    bwrap = program("bwrap")
    status_read, status_write = os.pipe2(os.O_CLOEXEC)
    tree = _tree(spec, node)
    walls = [*_walls(spec, node, environment), "--json-status-fd", str(status_write)]
    inside = [program("prlimit"), "--core=0:0", *inner_prefix, "--", *spec.command]
    if os.geteuid() != 0:
        options = _memory_file([*tree, *walls])
        words = [bwrap, "--args", str(options), "--", *inside]
        return Invocation(words, status_read, [options, status_write])
    outer = _memory_file([*tree, "--bind", "/proc", "/proc", "--dev", "/dev", "--die-with-parent"])
    inner = _memory_file(["--bind", "/", "/", *walls])
    words = [bwrap, "--args", str(outer), "--"]
    words += [program("setpriv"), f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    words += ["--inh-caps=-all", "--", bwrap, "--args", str(inner), "--", *inside]
    return Invocation(words, status_read, [outer, inner, status_write])


def program(name: str) -> str:
    """The full path of a program of the system; FileNotFoundError when it is not there."""
    found = shutil.which(name, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
    if found is None:
        raise FileNotFoundError(f"{name} is not installed.")
    return found


def _memory_file(options: list[str]) -> int:
    fd = os.memfd_create("options", os.MFD_CLOEXEC)
    os.write(fd, b"".join(os.fsencode(word) + b"\0" for word in options))
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _tree(spec: RunSpec, node: NodeConfig) -> list[str]:
    """The file tree: the system and the node's software read-only, the work folder writable."""
    options = ["--ro-bind", "/usr", "/usr"]
    for name in _SYSTEM_LINKS:
        path = Path("/", name)
        if path.is_symlink():
            options += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            options += ["--ro-bind", str(path), str(path)]
    options += _etc(spec)
    for folder in ("/tmp", "/dev", "/proc"):
        options += ["--perms", "0755", "--dir", folder]
    work = os.fspath(spec.work)
    options += ["--bind", work, INSIDE_WORK]
    inputs = os.path.join(work, "inputs")
    options += ["--ro-bind", inputs, f"{INSIDE_WORK}/inputs"]
    made: set[str] = set()
    for software in node.software:
        for parent in reversed(Path(software).parents[:-1]):
            if str(parent) not in made and not str(parent).startswith("/usr"):
                made.add(str(parent))
                options += ["--perms", "0755", "--dir", str(parent)]
        options += ["--ro-bind", software, software]
    return options


def _etc(spec: RunSpec) -> list[str]:
    own = spec.work.parent / "etc"
    own.mkdir(mode=0o755, exist_ok=True)
    options = ["--perms", "0755", "--dir", "/etc"]
    for name, text in _ACCOUNTS.items():
        (own / name).write_text(text)
        options += ["--ro-bind", os.fspath(own / name), f"/etc/{name}"]
    for name in (*_ETC_FILES, *(_ETC_FILES_FOR_NETWORK if spec.network else ())):
        options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return options


def _walls(spec: RunSpec, node: NodeConfig, environment: dict[str, str]) -> list[str]:
    """Namespaces, no rights, an own /proc, /dev and /tmp, and the environment."""
    options = ["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts"]
    options += ["--unshare-cgroup-try", "--disable-userns", "--cap-drop", "ALL"]
    if not spec.network:
        options += ["--unshare-net"]
    options += ["--uid", str(INSIDE_UID), "--gid", str(INSIDE_UID), "--hostname", "job"]
    options += ["--new-session", "--die-with-parent", "--proc", "/proc", "--dev", "/dev"]
    size = str(max(1, spec.memory_mib // 2) * MIB)
    for folder in ("/tmp", "/dev/shm"):
        options += ["--size", size, "--perms", "1777", "--tmpfs", folder]
    for software in node.software:
        if software.startswith("/tmp/"):
            # The job's own /tmp has just covered it.
            options += ["--ro-bind", software, software]
    options += ["--remount-ro", "/dev", "--remount-ro", "/"]
    options += ["--chdir", INSIDE_WORK, "--clearenv"]
    for name, value in environment.items():
        options += ["--setenv", name, value]
    return options


def finds(command: str, spec: RunSpec, node: NodeConfig) -> bool:
    """Whether a command's first word is a program that the job could see and start."""
    if "/" in command:
        places = [os.path.normpath(os.path.join(INSIDE_WORK, command))]
    else:
        places = [os.path.join(folder, command) for folder in _search_path(spec, node)]
    return any(_startable(place, spec, node) for place in places)


def _search_path(spec: RunSpec, node: NodeConfig) -> list[str]:
    own = spec.environment.get("PATH")
    return own.split(":") if own else list(node.path)


def _startable(place: str, spec: RunSpec, node: NodeConfig) -> bool:
    if place.startswith(f"{INSIDE_WORK}/") and not place.startswith(tuple(node.software)):
        place = os.fspath(spec.work / place[len(INSIDE_WORK) + 1 :])
    if os.path.islink(place):
        # It may point to a place inside: only the shell could tell.
        return True
    return os.path.isfile(place) and os.access(place, os.X_OK)
