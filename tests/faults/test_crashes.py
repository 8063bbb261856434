"""kill -9 of the web process, the worker or an agent, at each named step and at random.

Afterwards no job is lost, none has two results kept, no hold is left, and all books verify. The
seed of a random run is printed; FABRIEK_CRASH_SEED repeats it.
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import live
import pytest

WORKER_STEPS = ["observed", "made", "submitted", "reported", "settled", "closed"]
WEB_STEPS = ["claimed", "log-kept", "report-kept", "chunk-stored", "manifest-stored"]
AGENT_STEPS = ["begun", "claimed", "staged", "started", "ran", "stored", "reported"]
COMMAND = ("sh", "-c", "echo working; echo $FABRIEK_JOB > output/job; sleep 0.1")


@pytest.fixture
def factory(tmp_path: Path) -> Iterator[live.Factory]:
    yield from live.running(tmp_path / "state")


@pytest.fixture
def person(factory: live.Factory) -> live.Person:
    person = factory.person("anna@example.org")
    person.make_project()
    return person


class Keeper:
    """Starts again what dies, as a service manager would."""

    def __init__(self, factory: live.Factory) -> None:
        self.factory, self.deaths = factory, Counter[str]()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            for name in ("web", "worker"):
                if not self.factory.is_up(name):
                    self.deaths[name] += 1
                    self.factory.kill(name)  # what is left of its group
                    with contextlib.suppress(AssertionError):
                        start = getattr(self.factory, f"start_{name}")
                        start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def patient_submit(person: live.Person, count: int) -> list[int]:
    """Submit until so many were acknowledged, trying again where no answer came.

    Every acknowledged job must be there afterwards; a lost answer may leave one more.
    """
    acknowledged: set[int] = set()
    deadline = time.monotonic() + 240
    while len(acknowledged) < count:
        assert time.monotonic() < deadline, f"only {len(acknowledged)} jobs were taken"
        try:
            output = {"kind": "output", "name": "results"}
            acknowledged.add(person.submit(*COMMAND, output=output))
        except (httpx.HTTPError, AssertionError):
            time.sleep(0.2)
    found = live.until(lambda: patiently(person), 60, "the list of jobs")
    assert acknowledged <= set(found)
    return found


def patiently(person: live.Person) -> list[int]:
    with contextlib.suppress(httpx.HTTPError, AssertionError):
        return all_jobs(person)
    return []


def all_jobs(person: live.Person, state: str = "") -> list[int]:
    found: list[int] = []
    path = f"/projects/{person.project}/jobs?limit=200" + (f"&state={state}" if state else "")
    page = person.get(path)
    while True:
        found += [job["id"] for job in page["items"]]
        if page["next_before"] is None:
            return found
        page = person.get(f"{path}&before={page['next_before']}")


def settle_down(person: live.Person, jobs: list[int], timeout_s: float = 120) -> list[dict]:
    def over() -> bool:
        time.sleep(0.3)
        with contextlib.suppress(httpx.HTTPError, AssertionError):
            return not any(all_jobs(person, state) for state in ("queued", "starting", "running"))
        return False

    live.until(over, timeout_s, "the end of all jobs")
    return [person.job(job) for job in jobs]


def everything_adds_up(factory: live.Factory, person: live.Person, jobs: list[dict]) -> None:
    """One kept result for each job that succeeded, every hour accounted for, every chain whole."""
    kept = [job["output"]["version"] for job in jobs if job["output"]]
    assert len(kept) == len(set(kept)) == sum(job["state"] == "succeeded" for job in jobs)
    dataset = person.get(f"/projects/{person.project}/datasets/results")["id"]
    versions, before = [], ""
    while True:
        page = person.get(f"/datasets/{dataset}/versions?limit=100{before}")
        versions += [version["number"] for version in page["items"]]
        if not page["next_before"]:
            break
        before = f"&before={page['next_before']}"
    assert sorted(versions) == sorted(kept)
    budgets = {
        row["unit"]: row for row in person.get(f"/projects/{person.project}/report")["budgets"]
    }
    charged = sum(Decimal(job["charged"].get("cpu-hour", 0)) for job in jobs)
    assert Decimal(budgets["cpu-hour"]["settled"]) == charged
    assert Decimal(budgets["cpu-hour"]["held"]) == 0
    live.until(lambda: factory.server("audit", "verify").returncode == 0, 30, "the seal")
    for command in (("ledger", "check"), ("vault", "verify"), ("audit", "verify")):
        done = factory.server(*command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    live.until(lambda: not live.agents(factory.state), 30, "the end of all agents")


@pytest.mark.parametrize("step", WORKER_STEPS)
def test_the_worker_dies_at(step: str, factory: live.Factory, person: live.Person) -> None:
    crash(factory, person, "worker", step)


@pytest.mark.parametrize("step", WEB_STEPS)
def test_the_web_process_dies_at(step: str, factory: live.Factory, person: live.Person) -> None:
    crash(factory, person, "web", step)


@pytest.mark.parametrize("step", AGENT_STEPS)
def test_the_agent_dies_at(step: str, factory: live.Factory, person: live.Person) -> None:
    """The agent of each job's first attempt; what it had stored by then is not kept twice."""
    factory.kill("worker")
    factory.start_worker(FABRIEK_CRASH_AT=f"agent-{step}")
    jobs = settle_down(person, patient_submit(person, 4))
    assert all(job["state"] == "succeeded" for job in jobs), jobs
    # Who has reported has done its work: nothing is run again for it.
    tries = 1 if step == "reported" else 2
    assert {job["attempt"] for job in jobs} == {tries}
    everything_adds_up(factory, person, jobs)


def crash(factory: live.Factory, person: live.Person, name: str, step: str) -> None:
    factory.kill(name)
    getattr(factory, f"start_{name}")(FABRIEK_CRASH_AT=f"{step}:2")
    keeper = Keeper(factory)
    try:
        jobs = settle_down(person, patient_submit(person, 6))
    finally:
        keeper.stop()
    assert keeper.deaths[name] == 1, f"the step {step} was never passed twice"
    assert all(job["state"] == "succeeded" for job in jobs), jobs
    everything_adds_up(factory, person, jobs)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("victim", ["web", "worker", "agent", "any"])
def test_deaths_at_random(victim: str, factory: live.Factory, person: live.Person) -> None:
    seed = int(os.environ.get("FABRIEK_CRASH_SEED", time.time_ns() % 10**9))
    print(f"victim {victim}, FABRIEK_CRASH_SEED={seed}")
    dice = random.Random(seed)
    keeper, stop = Keeper(factory), threading.Event()
    killed = Counter[str]()

    def killer() -> None:
        while not stop.wait(dice.uniform(0.2, 1.5)):
            name = dice.choice(["web", "worker", "agent"]) if victim == "any" else victim
            if name == "agent":
                for pid in live.agents(factory.state)[:1]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed[name] += 1
            elif factory.is_up(name) and (name != "web" or factory.web_answered):
                # A web process that never comes to answering would only show that.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(factory.processes[name].pid, signal.SIGKILL)
                    killed[name] += 1

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        submitted = patient_submit(person, 100)
        live.until(lambda: sum(killed.values()) >= 10, 120, "ten deaths")
    finally:
        stop.set()
        thread.join()
    try:
        jobs = settle_down(person, submitted, 300)
    finally:
        keeper.stop()
    print(dict(killed), Counter(job["attempt"] for job in jobs))
    assert len(jobs) >= 100
    for job in jobs:
        # Three losses in a row end a job; it says so, and is charged nothing.
        assert job["state"] == "succeeded" or (job["reason"], job["attempt"]) == ("node-lost", 3)
    everything_adds_up(factory, person, jobs)
