"""An engine that does what the test says: for faults that a real one cannot be made to show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kit
import pytest

from fabriek.compute import attempts, catalogue, reconciler
from fabriek.compute.engines.contract import (
    Capacity,
    EngineError,
    EngineFacts,
    Order,
    Sighting,
    SightingState,
)
from fabriek.compute.models import Attempt, Job


class ScriptedEngine:
    """Keeps orders in a dict; the test moves them."""

    def __init__(self) -> None:
        self.sandbox = "bubblewrap"
        self.orders: dict[str, Order] = {}
        self.seen: dict[str, SightingState] = {}
        self.cancelled: list[str] = []
        self.forgotten: list[str] = []
        self.fail_submit_after_taking = False
        self.unreachable = False

    def describe(self) -> EngineFacts:
        confidential = self.sandbox == "bubblewrap"
        return EngineFacts("scripted", self.sandbox, "watching", confidential, False)

    def capacity(self) -> Capacity:
        return Capacity(cpus=4, memory_mib=8192, gpus={"h100": 2})

    def submit(self, order: Order) -> None:
        self.orders.setdefault(order.name, order)
        self.seen.setdefault(order.name, SightingState.RUNNING)
        if self.fail_submit_after_taking:
            self.fail_submit_after_taking = False
            raise EngineError("engine-unreachable", "the answer was lost", retry=True)

    def find(self, name: str) -> Sighting | None:
        return self.observe().get(name)

    def observe(self) -> dict[str, Sighting]:
        if self.unreachable:
            raise EngineError("engine-unreachable", "no answer", retry=True)
        return {name: Sighting(name, state) for name, state in self.seen.items()}

    def cancel(self, name: str) -> None:
        self.cancelled.append(name)

    def forget(self, name: str) -> None:
        self.forgotten.append(name)
        self.seen.pop(name, None)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedEngine]:
    scripted = ScriptedEngine()
    catalogue.site.cache_clear()
    monkeypatch.setattr(catalogue, "engine", lambda: scripted)
    yield scripted
    catalogue.site.cache_clear()


class Place:
    """A project with a manager at the API, and the agent's side of its jobs."""

    def __init__(self, folder: Path) -> None:
        self.manager = kit.person("manager")
        self.project = kit.project(self.manager)
        self.api = kit.api(self.manager)
        self.folder = folder

    def submit(self, **fields: Any) -> Job:
        body = {"command": ["true"], "cpus": 1, "memory_mib": 100, "time_limit_s": 3600} | fields
        status, answer = self.api.post(f"/projects/{self.project.slug}/jobs", body)
        assert status == 201, answer
        return Job.objects.get(pk=answer["id"])

    def refused(self, **fields: Any) -> str:
        body = {"command": ["true"], "cpus": 1, "memory_mib": 100, "time_limit_s": 3600} | fields
        status, answer = self.api.post(f"/projects/{self.project.slug}/jobs", body)
        assert 400 <= status < 500, answer
        assert answer["sentence"] and answer["way_out"]
        return str(answer["code"])

    def left(self, unit: str) -> Any:
        status, answer = self.api.get(f"/projects/{self.project.slug}/report")
        assert status == 200
        return next(row["left"] for row in answer["budgets"] if row["unit"] == unit)


@pytest.fixture
def place(db: None, tmp_path: Path) -> Place:
    return Place(tmp_path)


class Agent:
    """The agent's door, used as an agent would."""

    def __init__(self, name: str, nonce: str = "n" * 32) -> None:
        from django.test import Client

        self.client, self.name, self.nonce, self.token = Client(), name, nonce, ""

    def _post(self, path: str, body: Any) -> tuple[int, Any]:
        import json

        response = self.client.post(
            f"/api/v1/agent/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", "Accept-Language": "en"},
        )
        return response.status_code, json.loads(response.content) if response.content else None

    def claim(self) -> tuple[int, Any]:
        secret = attempts.secret_of(self.name)
        status, answer = self._post("claim", {"secret": secret, "nonce": self.nonce})
        if status == 200:
            self.token = answer["token"]
        return status, answer

    def beat(self, log: bytes = b"", offset: int = 0, **more: Any) -> tuple[int, Any]:
        import base64

        body = {"phase": "running", "log_offset": offset, "log": base64.b64encode(log).decode()}
        return self._post("beat", body | more)

    def finish(self, outcome: str = "exited", **more: Any) -> tuple[int, Any]:
        body = {
            "outcome": outcome,
            "exit_code": 0 if outcome == "exited" else None,
            "started_at": "2026-11-21T10:00:00Z",
            "ended_at": "2026-11-21T10:30:00Z",
            "usage": {"cpu_s": 900},
            "isolation": {"sandbox": "bubblewrap", "limits": "watching"},
            "log_offset": 0,
        }
        return self._post("finish", body | more)


@pytest.fixture
def run_one(engine: ScriptedEngine) -> Any:
    """Start a job and claim it; returns its agent."""

    def start(job: Job) -> Agent:
        reconciler.tick()
        attempt = Attempt.objects.filter(job=job).latest("number")
        agent = Agent(attempt.name)
        assert agent.claim()[0] == 200
        return agent

    return start
