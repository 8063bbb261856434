"""A real factory in processes of its own, for tests that go through HTTP or kill things."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

BIN = Path(sys.executable).parent
CODE = re.compile(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b")
OVER = {"succeeded", "failed", "cancelled"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], timeout_s: float = 60, what: str = "it") -> Any:
    """Wait for the condition to give something true, and return that."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {timeout_s} s")


@dataclass
class Factory:
    """Web and worker as `fabriek-server` starts them, each of which a test may kill."""

    state: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    web_workers: int = 1
    web_answered: bool = False
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.state.parent / f"{self.state.name}.log"

    def env(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FABRIEK_")}
        mine = {"FABRIEK_STATE": str(self.state), "FABRIEK_ADDRESS": self.address}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        return kept | mine | self.environment | more

    def server(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a fabriek-server command to its end."""
        return subprocess.run(
            [BIN / "fabriek-server", *words],
            env=self.env(**env),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self) -> "Factory":
        assert self.server("migrate").returncode == 0
        self.start_web()
        self.start_worker()
        return self

    def start_web(self, **env: str) -> None:
        command = [
            BIN / "granian",
            "--interface=wsgi",
            f"--port={self.port}",
            f"--workers={self.web_workers}",
            "--blocking-threads=8",
            "--no-ws",
            "--log-level=error",
            "fabriek.processes.wsgi:application",
        ]
        self.web_answered = False
        self._start("web", command, env)
        until(self.answers, what="the web process answering")
        self.web_answered = True

    def start_worker(self, **env: str) -> None:
        self._start("worker", [BIN / "fabriek-server", "worker"], env)

    def _start(self, name: str, command: list[Any], env: dict[str, str]) -> None:
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(word) for word in command],
                env=self.env(**env),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.address}/api/v1/modes", timeout=2).status_code == 200
        return False

    def is_up(self, name: str) -> bool:
        return self.processes[name].poll() is None

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its children, as the machine would."""
        process = self.processes[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for pid in agents(self.state):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def mailed_code(self, email: str) -> str:
        """The newest confirmation code that was printed for the address."""

        def look() -> str | None:
            mails = self.log.read_text(errors="replace").split("Content-Type: text/plain")
            codes = [
                match.group(1)
                for mail in mails
                if f"To: {email}" in mail and (match := CODE.search(mail))
            ]
            return codes[-1] if codes else None

        return str(until(look, what=f"mail to {email}"))

    def person(self, email: str) -> "Person":
        """Sign up, confirm and sign in."""
        api = httpx.Client(base_url=self.address, timeout=60, headers={"Accept-Language": "en"})
        who = {"email": email, "password": "correct horse battery staple"}
        answer = api.post(
            "/api/v1/people", json=who | {"name": email.partition("@")[0], "language": "en"}
        )
        assert answer.status_code == 201, answer.text
        code = self.mailed_code(email)
        answer = api.post("/api/v1/people/confirm", json={"email": email, "code": code})
        assert answer.status_code == 200, answer.text
        answer = api.post("/api/v1/tokens", json=who | {"name": "test"})
        assert answer.status_code == 201, answer.text
        api.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return Person(api, email)


@dataclass
class Person:
    """Somebody at the API over HTTP."""

    http: httpx.Client
    email: str
    project: str = ""

    def get(self, path: str) -> Any:
        answer = self.http.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.http.post(f"/api/v1{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def make_project(self, **amounts: int) -> str:
        """A granted Playground project of a new start-up."""
        slug = re.sub(r"[^a-z0-9]", "-", self.email.split("@")[0])
        self.post(
            "/organisations", {"name": slug, "kind": "start-up", "country": "NL", "slug": slug}
        )
        asked = {"gpu_hours": 0, "cpu_hours": 1000, "storage_gib": 10, "months": 1} | amounts
        story = {"title": f"Project {slug}", "summary": "To test with.", "purpose_text": "Testing."}
        application = self.post(
            "/applications",
            {"mode": "playground", "organisation": slug, "purpose": "product-development"}
            | asked
            | story,
        )
        assert application["state"] == "granted", application
        self.project = application["project"]
        return self.project

    def dataset(self, slug: str, kind: str = "data", **more: Any) -> int:
        made = self.post(f"/projects/{self.project}/datasets", {"slug": slug, "kind": kind} | more)
        return int(made["id"])

    def push(self, slug: str, path: Path, kind: str = "data", **more: Any) -> str:
        """Store a file or folder; returns `slug@number`."""
        from fabriek_vault.hub import push_path

        answer = self.http.get(f"/api/v1/projects/{self.project}/datasets/{slug}")
        number = (
            answer.json()["id"] if answer.status_code == 200 else self.dataset(slug, kind, **more)
        )
        return f"{slug}@{push_path(self.wire(), number, path).number}"

    def submit(self, *command: str, **fields: Any) -> int:
        body = {"command": list(command), "cpus": 1, "memory_mib": 256, "time_limit_s": 60}
        return int(self.post(f"/projects/{self.project}/jobs", body | fields)["id"])

    def wire(self) -> Any:
        """The transport that the command line and the agent move chunks with."""
        from fabriek_vault.wire import Wire

        authorization = {"Authorization": self.http.headers["Authorization"]}
        return Wire(str(self.http.base_url), authorization)

    def job(self, job_id: int) -> Any:
        return self.get(f"/jobs/{job_id}")

    def wait(self, job_id: int, timeout_s: float = 60) -> Any:
        def over() -> Any:
            job = self.job(job_id)
            return job if job["state"] in OVER else None

        return until(over, timeout_s, f"the end of job {job_id}")

    def log(self, job_id: int) -> str:
        text, offset = "", 0
        while True:
            piece = self.get(f"/jobs/{job_id}/log?offset={offset}")
            text, offset = text + piece["text"], piece["next_offset"]
            if not piece["text"] or piece["ended"]:
                return text


def agents(state: Path) -> list[int]:
    """Process numbers of the agents that work for this factory."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if b"fabriek_agent.main" in words and any(
                    word.startswith(os.fsencode(state)) for word in words
                ):
                    found.append(int(entry.name))
    return found


def running(state: Path, **environment: str) -> Iterator[Factory]:
    """A factory for a fixture: started, and stopped whatever happened."""
    factory = Factory(state, environment=environment)
    try:
        yield factory.start()
    finally:
        factory.stop()
