"""A factory that lives as long as the demo: started from nothing, stopped without a trace."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from stage import StepFailed, say

_START_S = 60
_STOP_S = 25
_AGENTS_S = 2
_MAIL_S = 20
_CODE = re.compile(r"^(?:Uw code is|Your code is): (\S+)$", re.MULTILINE)


class Factory:
    """`fabriek-server serve` on a free port, with its state in a folder of its own."""

    def __init__(self, folder: Path, node: Path) -> None:
        self.state = folder / "state"
        self.log = folder / "factory.log"
        self.address = f"http://127.0.0.1:{_free_port()}"
        self._environment = plain_environment() | {
            "FABRIEK_STATE": str(self.state),
            "FABRIEK_ADDRESS": self.address,
            "FABRIEK_NODE_ENV": str(node),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. StepFailed when it does not."""
        command = str(Path(sys.executable).with_name("fabriek-server"))
        port = self.address.rpartition(":")[2]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [command, "serve", "--port", port],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the demo, which stops the factory when it is ready for it.
                start_new_session=True,
            )
        end = time.monotonic() + _START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise StepFailed(say("did-not-start"))
            time.sleep(0.1)

    def mailed_code(self, email: str) -> str:
        """The confirmation code in the printed mail to this address."""
        end = time.monotonic() + _MAIL_S
        while time.monotonic() < end:
            mails = self.log.read_text("utf-8", "replace").split(f"\nTo: {email}\n")
            found = _CODE.search(mails[-1]) if len(mails) > 1 else None
            if found:
                return found[1]
            time.sleep(0.1)
        raise StepFailed(say("no-code"))

    def stop(self) -> None:
        """Stop it, its worker, and whatever agents and jobs are left of it."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_S)
        # Agents outlive the factory by design, so that a restart loses no job. Ours must not.
        for number in (signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + _AGENTS_S
            for pid in self._left_over():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
            while self._left_over() and time.monotonic() < end:
                time.sleep(0.05)
        if self._process is not None:
            self._process.wait()

    def _answers(self) -> bool:
        try:
            with httpx.Client(trust_env=False, timeout=5) as client:
                return client.get(f"{self.address}/api/v1/modes").is_success
        except httpx.TransportError:
            return False

    def _left_over(self) -> list[int]:
        """The processes that know our state folder: in a command line, an environment, as cwd."""
        mark = os.fsencode(self.state)
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and int(entry.name) != os.getpid() and _knows(entry, mark)
        ]


def plain_environment() -> dict[str, str]:
    """Ours, without what would change how a factory or its command behaves."""
    return {
        name: value
        for name, value in os.environ.items()
        # Without compiled files every command would compile its modules again.
        if not name.startswith("FABRIEK_") and name != "PYTHONDONTWRITEBYTECODE"
    }


def person_environment(folder: Path, spoken: str) -> Mapping[str, str]:
    """The environment of a newcomer's terminal."""
    return plain_environment() | {
        "FABRIEK_CONFIG": str(folder / "person" / "settings.json"),
        "LC_ALL": "en_GB.UTF-8" if spoken == "en" else "nl_NL.UTF-8",
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
    }


def _knows(process: Path, mark: bytes) -> bool:
    for name in ("environ", "cmdline"):
        # Suppressed: it is gone, or not ours to read.
        with contextlib.suppress(OSError):
            if mark in (process / name).read_bytes():
                return True
    with contextlib.suppress(OSError):
        return mark in os.fsencode((process / "cwd").readlink())
    return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
