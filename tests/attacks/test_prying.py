"""Job code that tries to read what is not its own, or to lay hands on other processes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

READ = "import os; print('GOT', open(os.environ['TARGET']).read()[:100])"
LIBC = "import ctypes, os, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n"


@pytest.mark.parametrize("name", ["vault/ab/chunk", "fabriek.sqlite3", "root.key", "settings.env"])
def test_reading_the_factorys_files(factory: Any, name: str) -> None:
    factory.refuses(READ, TARGET=str(factory.state / name))


def test_finding_the_factorys_files_anywhere(factory: Any) -> None:
    """Walks every folder that can be reached, also through /proc."""
    code = (
        "import os, sys\n"
        "roots = ['/'] + [f'/proc/{p}/{d}' for p in os.listdir('/proc') if p.isdigit()"
        " for d in ('root', 'cwd')]\n"
        "if os.environ.get('ONLY'): roots = [os.environ['ONLY']]\n"
        "for root in roots:\n"
        "    for folder, folders, files in os.walk(root):\n"
        "        folders[:] = [f for f in folders if folder.count('/') < 12 and not"
        " (folder == '/' and f in ('proc', 'sys', 'usr'))]\n"
        "        if 'root.key' in files: sys.exit(print('GOT') or 0)\n"
        "sys.exit(1)\n"
    )
    assert factory.outside(code, ONLY=str(factory.bench.base))
    factory.only_refuses(code)


@pytest.mark.parametrize("place", ["work/mine", "work/inputs/in/file", "log"])
def test_reading_another_jobs_files(factory: Any, place: str) -> None:
    factory.refuses(READ, TARGET=str(factory.bench.home(factory.victim_name) / place))


@pytest.mark.parametrize("name", ["started", "agent.log", "lock"])
def test_reading_an_agents_spool(factory: Any, name: str) -> None:
    folder = factory.bench.base / "spool" / factory.victim_name
    factory.refuses(READ, TARGET=str(folder / name))


def test_reading_system_files_that_tell_of_users(factory: Any) -> None:
    factory.refuses_all(READ, TARGET="/etc/shadow")
    accounts = factory.inside("print(open('/etc/passwd').read())")
    assert accounts.log.count(b"\n") <= 4


def test_reading_the_servers_environment(factory: Any) -> None:
    code = (
        "import os, sys\n"
        "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "    try: text = open(f'/proc/{pid}/environ').read()\n"
        "    except OSError: continue\n"
        "    if 'FABRIEK_SECRET_KEY=' in text: sys.exit(print('GOT') or 0)\n"
        "sys.exit(1)\n"
    )
    factory.refuses(code)


def test_seeing_other_processes(factory: Any) -> None:
    code = (
        "import os, sys\n"
        "seen = [open(f'/proc/{p}/cmdline').read() for p in os.listdir('/proc') if p.isdigit()]\n"
        "sys.exit(print('GOT') or 0 if any(os.environ['WORD'] in text for text in seen) else 1)\n"
    )
    factory.refuses(code, WORD="the-server")


@pytest.mark.parametrize("what", ["mem", "environ", "fd", "maps", "cwd", "root"])
def test_reading_the_agent_through_proc(factory: Any, what: str) -> None:
    code = (
        "import os\n"
        "base = f\"/proc/{os.environ['PID']}\"\n"
        "assert b'fabriek_agent' in open(base + '/cmdline', 'rb').read()\n"
        f"path = base + '/{what}'\n"
        "print('GOT', os.listdir(path) if os.path.isdir(path) else open(path, 'rb'))\n"
    )
    factory.refuses_all(code, PID=str(factory.agent_pid()))


def test_finding_the_token_in_any_memory(factory: Any) -> None:
    code = (
        "import os, re, sys\n"
        "token = b'token-' + b'secret-fabriek'\n"
        "only = os.environ.get('ONLY')\n"
        "own = str(os.getpid())\n"
        "for pid in [only] if only else filter(str.isdigit, os.listdir('/proc')):\n"
        "    if pid == own: continue\n"
        "    try:\n"
        "        lines = open(f'/proc/{pid}/maps').read().splitlines()\n"
        "        memory = open(f'/proc/{pid}/mem', 'rb', buffering=0)\n"
        "    except OSError: continue\n"
        "    for line in lines:\n"
        "        if ' rw' not in line: continue\n"
        "        start, end = (int(n, 16) for n in line.split()[0].split('-'))\n"
        "        try: memory.seek(start); found = token in memory.read(end - start)\n"
        "        except (OSError, ValueError, OverflowError): continue\n"
        "        if found: sys.exit(print('GOT') or 0)\n"
        "sys.exit(1)\n"
    )
    assert factory.outside(code, ONLY=str(factory.agent_pid())) == (os.geteuid() == 0)
    factory.only_refuses(code)


def test_open_files_that_were_handed_down(factory: Any) -> None:
    code = (
        "import os, sys\n"
        "more = [n for n in os.listdir('/proc/self/fd') if int(n) > 2]\n"
        "own = [n for n in more if not os.path.exists(f'/proc/self/fd/{n}')]\n"
        "links = [os.readlink(f'/proc/self/fd/{n}') for n in more if n not in own]\n"
        "sys.exit(print('GOT', links) or 0 if links else 1)\n"
    )
    with (factory.state / "root.key").open() as handed:
        os.set_inheritable(handed.fileno(), True)
        done = subprocess.run(
            [sys.executable, "-c", code],
            pass_fds=[handed.fileno()],
            capture_output=True,
            check=False,
        )
        assert b"root.key" in done.stdout
        factory.only_refuses(code)


@pytest.mark.parametrize("whom", ["server", "agent"])
def test_signalling_others(factory: Any, whom: str) -> None:
    pid = factory.server.pid if whom == "server" else factory.agent_pid()
    factory.refuses("import os; os.kill(int(os.environ['PID']), 0); print('GOT')", PID=str(pid))


def test_signalling_everybody(factory: Any) -> None:
    """Not tried outside. The job takes its own sandbox down at most."""
    attempt = factory.inside("import os, time; os.kill(-1, 9); time.sleep(1)")
    assert attempt.report is not None
    assert factory.server.poll() is None
    assert not factory.victim.reported.is_set()
    assert Path(f"/proc/{factory.agent_pid()}").exists()


def test_tracing_others(factory: Any) -> None:
    code = LIBC + (
        "pid = int(os.environ['PID'])\n"
        "if libc.ptrace(16, pid, None, None): sys.exit(1)\n"
        "os.waitpid(pid, 0x40000000) if 0 else None\n"
        "print('GOT'); libc.ptrace(17, pid, None, None)\n"
    )
    factory.refuses(code, PID=str(factory.server.pid))
