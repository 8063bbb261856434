"""Job code that tries to write, reach, keep or become more than it may."""

import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from fabriek.compute.engines.testing import marked

READ = "import os; print('GOT', open(os.environ['TARGET']).read()[:100])"
LIBC = "import ctypes, os, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n"


def test_writing_to_inputs(factory: Any, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "file").write_text("as it was")
    for part in ("file", "chmod", "unlink", "rename", "create"):
        tried = {
            "file": "open(place + '/file', 'w').write('changed')",
            "chmod": "os.chmod(place + '/file', 0o666)",
            "unlink": "os.unlink(place + '/file')",
            "rename": "os.rename(place, place + '2')",
            "create": "open(place + '/new', 'w')",
        }[part]
        code = f"import os\nplace = os.environ.get('PLACE', 'inputs/in')\n{tried}; print('GOT')\n"
        copy = tmp_path / f"copy-{part}"
        copy.mkdir()
        (copy / "file").write_text("as it was")
        assert factory.outside(code, PLACE=str(copy))
        attempt = factory.bench.python(code, inputs=[factory.bench.api.pack(folder, "in")])
        assert attempt.report is not None
        assert attempt.report["exit_code"] == 1, part
        assert b"GOT" not in attempt.log, part


@pytest.mark.parametrize("folder", ["/usr", "/usr/bin", "/etc", "/", "/dev", "/opt", "/var/tmp"])
def test_writing_to_system_folders(factory: Any, folder: str) -> None:
    code = (
        "import os\n"
        "path = os.path.join(os.environ['FOLDER'], f'fabriek-attack-{os.getpid()}')\n"
        "open(path, 'w').close(); print('GOT'); os.unlink(path)\n"
    )
    if os.geteuid() == 0:
        factory.refuses(code, FOLDER=folder)
    else:
        factory.only_refuses(code, FOLDER=folder)


def test_reaching_the_api_over_loopback(factory: Any) -> None:
    code = (
        "import os, socket\n"
        "s = socket.create_connection(('127.0.0.1', int(os.environ['PORT'])), 3)\n"
        "s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); s.recv(100); print('GOT')\n"
    )
    factory.refuses(code, PORT=str(factory.bench.api.port))


def test_reaching_any_network(factory: Any) -> None:
    code = (
        "import socket, sys\n"
        "names = [name for _, name in socket.if_nameindex()]\n"
        "sys.exit(print('GOT') or 0 if set(names) - {'lo'} else 1)\n"
    )
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    if others:
        factory.refuses(code)
    else:
        factory.only_refuses(code)
    route = "import socket; s = socket.socket(type=2); s.connect(('192.0.2.1', 9)); print('GOT')"
    factory.only_refuses(route)


def test_reaching_sockets_without_a_path(factory: Any) -> None:
    name = f"\0fabriek-attack-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        threading.Thread(target=server.accept, daemon=True).start()
        code = (
            "import os, socket\n"
            "socket.socket(socket.AF_UNIX).connect('\\0' + os.environ['NAME']); print('GOT')\n"
        )
        factory.refuses(code, NAME=name[1:])


def test_remaining_after_the_end(factory: Any) -> None:
    code = (
        "import os, sys\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        null = os.open('/dev/null', os.O_RDWR)\n"
        "        for fd in (0, 1, 2): os.dup2(null, fd)\n"
        "        os.execve('/bin/sleep', [os.environ['MARK'], '300'], {})\n"
        "    os._exit(0)\n"
        "os.wait(); print('GOT')\n"
    )
    outside, inside = f"outside-{time.monotonic_ns()}", f"inside-{time.monotonic_ns()}"
    assert factory.outside(code, MARK=outside)
    left = marked(outside)
    assert left
    for pid in left:
        os.kill(pid, 9)
    attempt = factory.inside(code, MARK=inside)
    assert b"GOT" in attempt.log
    assert marked(inside) == []


def test_escaping_the_limits_by_forking_away(factory: Any) -> None:
    """The memory of a daemon of a daemon counts as well."""
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        kept = [os.urandom(1 << 20) for _ in range(600)]\n"
        "        print('GOT', flush=True); os._exit(0)\n"
        "    os._exit(0)\n"
        "os.wait(); time.sleep(4)\n"
    )
    assert factory.outside(code)
    attempt = factory.bench.python(code, memory_mib=200)
    assert attempt.report is not None
    assert attempt.report["outcome"] == "memory-limit"
    assert b"GOT" not in attempt.log


NEEDS_ROOT = {
    "mount": "ok = not libc.mount(b'x', os.environ['PLACE'].encode(), b'tmpfs', 0, None)\n"
    "if ok: libc.umount(os.environ['PLACE'].encode())",
    "bind over inputs": "ok = not libc.mount(os.environ['PLACE'].encode(),"
    " os.environ['PLACE'].encode(), None, 4096, None)\n"
    "if ok: libc.umount(os.environ['PLACE'].encode())",
    "chroot": "os.chroot(os.environ['PLACE']); ok = True",
    "mknod": "p = os.environ['PLACE'] + '/disk'; os.mknod(p, 0o60666, os.makedev(8, 0));"
    " ok = True; os.unlink(p)",
    "setuid": "os.setuid(12345); ok = True",
    "become root": "os.setuid(0); ok = True",
    "own user namespace": "ok = not libc.unshare(0x10000000)",
    "own mount namespace": "ok = not libc.unshare(0x00020000)",
    "host name": "import socket; socket.sethostname(socket.gethostname()); ok = True",
    "raw socket": "import socket; socket.socket(2, 3, 1); ok = True",
    "higher limit": "import resource as r; soft, hard = r.getrlimit(r.RLIMIT_CORE);"
    " r.setrlimit(r.RLIMIT_CORE, (hard, hard + 1 if hard == 0 else -1)); ok = True",
    "negative niceness": "os.nice(-5); ok = True",
    "kernel log": "ok = libc.klogctl(3, ctypes.create_string_buffer(99), 99) >= 0",
    "system settings": "open('/proc/sys/kernel/core_pattern', 'a').close(); ok = True",
}


@pytest.mark.skipif(os.geteuid() != 0, reason="outside, these need root to succeed")
@pytest.mark.parametrize("what", list(NEEDS_ROOT))
def test_what_only_root_may(factory: Any, tmp_path: Path, what: str) -> None:
    code = LIBC + NEEDS_ROOT[what] + "\nsys.exit(print('GOT') or 0 if ok else 1)\n"
    assert factory.outside(code, PLACE=str(tmp_path))
    factory.only_refuses(code, PLACE="/work/output")


def test_devices(factory: Any) -> None:
    """Only the harmless ones are there."""
    code = (
        "import os, stat, sys\n"
        "for folder, _, files in os.walk('/dev'):\n"
        "    for name in files:\n"
        "        path = os.path.join(folder, name)\n"
        "        mode = os.stat(path).st_mode if not os.path.islink(path) else 0\n"
        "        if not (stat.S_ISBLK(mode) or stat.S_ISCHR(mode)): continue\n"
        "        if name in 'null zero full random urandom tty ptmx'.split(): continue\n"
        "        try: os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK)); print('GOT', path)\n"
        "        except OSError: continue\n"
        "        sys.exit(0)\n"
        "sys.exit(1)\n"
    )
    if os.geteuid() == 0:
        assert factory.outside(code)
    factory.only_refuses(code)


def test_rights_are_gone_for_good(factory: Any) -> None:
    code = (
        "import os, sys\n"
        "facts = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines()"
        " if ':\\t' in line)\n"
        "caps = [facts[f'Cap{kind}'] for kind in ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb')]\n"
        "none = all(int(cap, 16) == 0 for cap in caps) and facts['NoNewPrivs'] == '1'\n"
        "sys.exit(1 if none and os.getuid() != 0 and os.getgroups() in ([], [os.getgid()]) else"
        " print('GOT', facts) or 0)\n"
    )
    factory.refuses(code)


@pytest.mark.skipif(os.geteuid() != 0, reason="jobs have users of their own only under root")
def test_outside_the_job_is_no_known_user(factory: Any) -> None:
    """Should a wall fall, the process behind it owns nothing."""
    status = next(
        Path(f"/proc/{pid}/status").read_text()
        for pid in marked("mine")
        if b"print" in Path(f"/proc/{pid}/cmdline").read_bytes()
        and b"python3\0-c" in Path(f"/proc/{pid}/cmdline").read_bytes()[:12]
    )
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    first, count = factory.bench.node.config.job_uids
    assert all(first <= int(uid) < first + count for uid in uids)


def test_raising_its_own_limits(factory: Any) -> None:
    if factory.bench.node.config.limits == "watching":
        code = (
            "import os, resource, time\n"
            "try: resource.setrlimit(resource.RLIMIT_NPROC, (-1, -1))\n"
            "except (OSError, ValueError): pass\n"
            "for _ in range(100):\n"
            "    if os.fork() == 0: time.sleep(1); os._exit(0)\n"
            "print('GOT')\n"
        )
        factory.refuses(code)
        return
    code = (
        "import os, sys\n"
        "for folder, _, files in os.walk(os.environ.get('WHERE', '/')):\n"
        "    if folder.startswith('/proc'): continue\n"
        "    for name in files:\n"
        "        if name in ('memory.limit_in_bytes', 'memory.max'):\n"
        "            open(os.path.join(folder, name), 'w').write('1073741824')\n"
        "            sys.exit(print('GOT') or 0)\n"
        "sys.exit(1)\n"
    )
    place = next(
        place
        for controller in ("memory", ".")
        if (place := Path("/sys/fs/cgroup", controller, "fabriek", factory.victim_name)).exists()
    )
    assert factory.outside(code, WHERE=str(place))
    factory.only_refuses(code)


def test_leaving_its_cgroup(factory: Any) -> None:
    code = (
        "import glob, os, sys\n"
        "for path in glob.glob('/sys/fs/cgroup/**/cgroup.procs', recursive=True)[:1]:\n"
        "    os.close(os.open(path, os.O_WRONLY)); sys.exit(print('GOT') or 0)\n"
        "sys.exit(1)\n"
    )
    if os.geteuid() == 0:
        assert factory.outside(code)
    factory.only_refuses(code)


@pytest.mark.parametrize("make", ["os.symlink(target, 'output/x')", "os.link(target, 'output/x')"])
def test_having_the_agent_store_a_file_it_may_not_read(factory: Any, make: str) -> None:
    """The agent reads the output as another user, so it must not follow what leads away."""
    target = factory.state / "root.key"
    code = f"import os; target = os.environ['TARGET']; {make}; print('GOT')"
    (factory.state / "output").mkdir(exist_ok=True)
    assert factory.outside(code, TARGET=str(target))
    taken = factory.state / "output" / "x"
    assert taken.read_text() == target.read_text()
    taken.unlink()
    before = dict(factory.bench.api.outputs)
    attempt = factory.inside(code, TARGET=str(target))
    assert attempt.report is not None
    assert attempt.report["output"] is None
    assert factory.bench.api.outputs == before


def test_having_the_agent_read_metrics_from_elsewhere(factory: Any) -> None:
    target = factory.state / "figures"
    target.write_text('{"stolen": 1}')
    code = (
        "import json, os\n"
        "os.makedirs('output', exist_ok=True)\n"
        "os.symlink(os.environ['TARGET'], 'output/metrics.json')\n"
        "print('GOT', json.load(open('output/metrics.json')))\n"
    )
    attempt = factory.refuses(code, TARGET=str(target))
    assert attempt.report["metrics"] == {}


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_hiding_memory_in_a_file_system_of_memory(factory: Any, folder: str) -> None:
    code = (
        "import os, time\n"
        "path = os.path.join(os.environ['FOLDER'], f'fabriek-attack-{os.getpid()}')\n"
        "try:\n"
        "    with open(path, 'wb') as f:\n"
        "        for _ in range(60): f.write(b'x' * (1 << 20))\n"
        "    kept = b'y' * (160 << 20); time.sleep(0.5)\n"
        "    print('GOT', flush=True)\n"
        "finally: os.unlink(path)\n"
    )
    assert factory.outside(code, FOLDER=folder)
    attempt = factory.bench.python(
        code, environment={"FOLDER": folder}, memory_mib=200, disk_limit_mib=500
    )
    assert attempt.report is not None
    assert attempt.report["outcome"] == "memory-limit", attempt.report
    assert b"GOT" not in attempt.log


def test_one_job_cannot_see_anothers_shared_memory(factory: Any) -> None:
    """System V and POSIX shared memory of the machine are not the job's."""
    name = f"fabriek-attack-{os.getpid()}"
    path = Path("/dev/shm", name)
    path.write_text("x")
    try:
        factory.refuses(READ, TARGET=str(path))
    finally:
        path.unlink()
    code = LIBC + "sys.exit(print('GOT') or 0 if libc.shmget(4711, 1, 0) >= 0 else 1)\n"
    import ctypes

    libc = ctypes.CDLL(None)
    segment = libc.shmget(4711, 4096, 0o1666)
    try:
        factory.refuses(code)
    finally:
        libc.shmctl(segment, 0, None)


def test_preloading_a_library_into_the_sandbox_itself(factory: Any) -> None:
    """The job's environment must not reach bubblewrap or anything else outside."""
    from fabriek_agent import launch

    attempt = factory.inside("print('ran')", LD_PRELOAD="/nonexistent.so", BASH_ENV="/x")
    # The loader complains once for each program started with it: those inside only.
    assert attempt.log.count(b"/nonexistent.so") <= 2
    assert b"ran" in attempt.log
    assert launch.MARK.encode() not in attempt.log


def test_the_terminal_and_standard_input(factory: Any) -> None:
    code = (
        "import os, sys\n"
        "try: os.open('/dev/tty', os.O_RDWR); print('GOT'); sys.exit(0)\n"
        "except OSError: sys.exit(2 if sys.stdin.read() == '' else print('GOT') or 0)\n"
    )
    factory.only_refuses(code)
