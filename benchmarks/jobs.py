"""200 short jobs through the whole flow, against the same commands started bare.

Two run at once on both sides. Real agent, real sandbox, one input; the difference in wall time is
what Fabriek costs a job.
"""

import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import kit
import live

from benchmarks.figures import at_most, beside

JOBS = 200
AT_ONCE = 2
COMMAND = ["python3", "-S", "-c", "print(sum(range(1000)))"]


def run() -> list[dict[str, Any]]:
    bare_s = run_bare()
    with tempfile.TemporaryDirectory() as folder:
        # A node of as many cores as run at once, one for each job.
        factory = live.Factory(Path(folder) / "state", web_workers=2)
        try:
            factory.start()
            return through_fabriek(factory, Path(folder), bare_s)
        finally:
            factory.stop()


def run_bare() -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in pool.map(
            lambda _: subprocess.run(COMMAND, capture_output=True, check=True), range(JOBS)
        ):
            assert done.stdout
    return time.perf_counter() - began


def through_fabriek(factory: live.Factory, folder: Path, bare_s: float) -> list[dict[str, Any]]:
    person = factory.person("bench@example.org")
    person.make_project()
    data = person.push("numbers", kit.folder(folder / "n", {"a.csv": b"1\n" * 1000}))
    code = person.push("code", kit.folder(folder / "c", {"a.py": b"x = 1\n"}), kind="code")
    fields: dict[str, Any] = {"inputs": [{"dataset": data}], "code": code}
    fields |= {"output": {"kind": "none"}}
    person.wait(person.submit(*COMMAND, **fields))
    single = [alone(person, fields) for _ in range(20)]
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = list(pool.map(lambda _: person.submit(*COMMAND, **fields), range(JOBS)))
    submitted_s = time.perf_counter() - began
    ends = [person.wait(job, 600) for job in jobs]
    total_s = time.perf_counter() - began
    assert all(end["state"] == "succeeded" for end in ends)
    return [
        at_most("overhead of a job", (total_s - bare_s) / JOBS * 1000, 250, "ms of wall time"),
        at_most("submission of one job", statistics.median(single) * 1000, 30, "ms, median"),
        beside("whole flow", total_s, "s for 200 jobs"),
        beside("bare commands", bare_s, "s for 200 jobs"),
        beside("ratio", total_s / bare_s, "x"),
        beside("submission while jobs run", submitted_s / JOBS * 1000, "ms each, two at once"),
        *where_the_time_goes(ends),
    ]


def where_the_time_goes(jobs: list[Any]) -> list[dict[str, Any]]:
    """From the factory's own clocks: how long the command itself ran, and used."""
    ran = [seconds(job["ended_at"]) - seconds(job["started_at"]) for job in jobs]
    used = [job["usage"]["cpu_s"] for job in jobs]
    return [
        beside("command in the sandbox", statistics.median(ran) * 1000, "ms of wall time, median"),
        beside("its own CPU time", statistics.median(used) * 1000, "ms, median"),
    ]


def seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment).timestamp()


def alone(person: live.Person, fields: dict[str, Any]) -> float:
    """Seconds to submit one job to a factory that has nothing else to do."""
    began = time.perf_counter()
    job = person.submit(*COMMAND, **fields)
    took = time.perf_counter() - began
    person.wait(job)
    time.sleep(0.3)  # the agent and the reconciler finish their housekeeping
    return took
