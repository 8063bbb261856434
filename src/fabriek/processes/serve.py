"""A whole factory on one machine: the web process and a worker, started and stopped together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

STOP_S = 20


def web_command(host: str, port: int) -> list[str]:
    """The web process. Threads, since requests wait for the disk and the cipher lets go of the
    interpreter lock; two processes, since the machine has more than one core."""
    return [
        str(Path(sys.executable).with_name("granian")),
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        "--workers=2",
        "--blocking-threads=4",
        "--http=1",
        "--no-ws",
        "--log-level=warning",
        "--respawn-failed-workers",
        "--workers-kill-timeout=10",
        "fabriek.processes.wsgi:application",
    ]


def refuse_taken_port(host: str, port: int) -> None:
    """SystemExit with a sentence when something listens there already.

    The web server shares its port among its own processes, so it would share it with another
    factory's as well, and each would get half of the other's requests.
    """
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        raise SystemExit(
            f"Something already listens at {host}:{port}. Stop it, or choose another --port."
        )


def worker_command() -> list[str]:
    """The worker process."""
    return [sys.executable, "-m", "fabriek.processes.cli", "worker"]


def serve(host: str, port: int) -> int:
    """Run both until one of them ends or a signal comes; returns the exit status.

    A process that dies is started again: what it was doing stands in the database.
    """
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    commands = {"web": web_command(host, port), "worker": worker_command()}
    # In sessions of their own: a Ctrl-C at the terminal reaches them through us, in order.
    running = {name: _start(command) for name, command in commands.items()}
    started = {name: time.monotonic() for name in commands}
    status = 0
    while not stopping:
        time.sleep(0.1)
        for name, process in running.items():
            if process.poll() is None:
                continue
            if time.monotonic() - started[name] < 2:
                print(f"{name} ended at once with status {process.returncode}", file=sys.stderr)
                status, stopping = 1, True
                break
            running[name], started[name] = _start(commands[name]), time.monotonic()
    for process in running.values():
        process.terminate()
    for process in running.values():
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    return status


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, start_new_session=True)
