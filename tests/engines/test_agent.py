"""The agent's own work: fetching, beats, output, metrics, and an API that is not always there."""

import ctypes
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fabriek.compute.engines.contract import SightingState
from fabriek.compute.engines.testing import Bench
from fabriek_agent import spool
from fabriek_agent.proctree import become_undumpable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def test_code_inputs_parameters_and_output(bench: Bench, folder: Path) -> None:
    (folder / "main.py").write_text(
        "import json, os, pathlib\n"
        "from helper import twice\n"
        "text = pathlib.Path('inputs/table/part/a.csv').read_text()\n"
        "assert text == open(os.environ['FABRIEK_INPUTS'] + '/table/part/a.csv').read()\n"
        "seed = json.loads(os.environ['FABRIEK_PARAMETERS'])['seed']\n"
        "pathlib.Path('output/sub').mkdir()\n"
        "pathlib.Path('output/sub/b.txt').write_text(twice(text) * seed)\n"
        "figures = open(os.environ['FABRIEK_OUTPUT'] + '/metrics.json', 'w')\n"
        'figures.write(\'{"auc": 0.5, "n": 3}\')\n'
        "print(os.getcwd(), os.environ['FABRIEK_JOB'], os.environ['MINE'], os.environ['HOME'])\n"
    )
    (folder / "helper.py").write_text("twice = lambda text: text * 2\n")
    code = bench.api.pack(folder)
    data = folder / "data" / "part"
    data.mkdir(parents=True)
    (data / "a.csv").write_text("1,2\n")
    table = bench.api.pack(folder / "data", "table")
    attempt = bench.run(
        ["python3", "main.py"],
        code=code,
        inputs=[table],
        parameters={"seed": 3},
        environment={"MINE": "yes"},
    )
    report = attempt.report
    assert report is not None
    assert (report["outcome"], report["exit_code"]) == ("exited", 0), attempt.log
    assert attempt.log.split()[1:3] == [b"7", b"yes"]
    assert report["metrics"] == {"auc": 0.5, "n": 3.0}
    assert bench.api.output_paths(report["output"]["version"]) == ["metrics.json", "sub/b.txt"]


def test_what_the_code_has_in_the_place_of_output_is_not_taken_for_output(
    bench: Bench, folder: Path
) -> None:
    (folder / "output").mkdir()
    (folder / "output" / "old").write_text("x")
    (folder / "inputs").write_text("a file")
    attempt = bench.run(["ls", "output", "inputs"], code=bench.api.pack(folder))
    assert attempt.report is not None
    assert attempt.report["output"] is None
    assert b"is left out" in attempt.log
    assert b"old" not in attempt.log


@pytest.mark.parametrize("fault", ["chunk", "signature", "manifest", "missing"])
def test_input_that_is_not_what_was_signed(bench: Bench, folder: Path, fault: str) -> None:
    (folder / "a").write_bytes(os.urandom(5000))
    before = set(bench.api.store.objects)
    pack = bench.api.pack(folder, "in")
    fresh = (set(bench.api.store.objects) - before).pop()
    if fault == "chunk":
        data = bytearray(bench.api.store.objects[fresh])
        data[7] ^= 1
        bench.api.store.objects[fresh] = bytes(data)
    elif fault == "signature":
        pack["version"] = 2
    elif fault == "manifest":
        pack["manifest"] = bench.api.pack(folder)["manifest"]
    else:
        bench.api.fail_paths[f"/api/v1/datasets/{pack['dataset_id']}/versions/1/chunks/{fresh}"] = 1
    attempt = bench.run(["true"], inputs=[pack])
    assert attempt.report is not None
    expected = "exited" if fault == "missing" else "input-failed"
    assert attempt.report["outcome"] == expected
    assert (attempt.report["started_at"] is None) == (expected == "input-failed")


def test_new_log_text_arrives_while_the_job_runs(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "echo one; sleep 1.2; echo two; sleep 60"])
    deadline = time.monotonic() + 10
    while b"two" not in attempt.log:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert [beat["phase"] for beat in attempt.beats][-1] == "running"
    assert attempt.beats[-1]["started_at"]
    attempt.stop = "cancelled-by-person"
    assert attempt.wait(10)["outcome"] == "stopped"
    assert bench.wait_gone(name) == SightingState.ENDED


def test_heartbeats_come_also_when_nothing_is_printed(bench: Bench) -> None:
    attempt = bench.run(["sleep", "3.5"])
    assert len(attempt.beats) >= 3


def test_a_stop_while_inputs_are_fetched(bench: Bench, folder: Path) -> None:
    (folder / "a").write_bytes(b"x")
    pack = bench.api.pack(folder, "in")
    for path in list(bench.api.store.objects):
        bench.api.fail_paths[f"/api/v1/datasets/{pack['dataset_id']}/versions/1/chunks/{path}"] = 99
    name, attempt = bench.start(["true"], inputs=[pack])
    attempt.stop = "cancelled-by-person"
    report = attempt.wait(10)
    assert (report["outcome"], report["started_at"]) == ("stopped", None)
    bench.wait_gone(name)
    assert bench.leftovers(name) == []


def test_an_api_that_is_away_costs_time_and_nothing_else(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "for i in 1 2 3 4 5 6; do echo $i; sleep 0.3; done"])
    bench.wait_state(name, SightingState.RUNNING)
    time.sleep(0.4)
    bench.api.unreachable_until = time.monotonic() + 3
    report = attempt.wait()
    assert (report["outcome"], report["exit_code"]) == ("exited", 0)
    assert attempt.log == b"1\n2\n3\n4\n5\n6\n"


def test_answers_that_get_lost_repeat_nothing(bench: Bench) -> None:
    for lost in range(1, 4):
        bench.api.drop_answers = lost
        attempt = bench.run(["sh", "-c", "echo a; sleep 0.5; echo b; echo x > output/x"])
        assert attempt.report is not None
        assert attempt.report["outcome"] == "exited"
        assert attempt.log == b"a\nb\n"
        assert bench.api.output_paths(attempt.report["output"]["version"]) == ["x"]


def test_a_large_log_arrives_whole_after_an_absence(bench: Bench) -> None:
    command = ["python3", "-c", "for i in range(400000): print(f'line {i:>10}')"]
    name, attempt = bench.prepare(command, log_limit_mib=8)
    bench.engine.submit(bench.order(name))
    bench.wait_state(name, SightingState.RUNNING)
    bench.api.unreachable_until = time.monotonic() + 1
    attempt.wait()
    lines = attempt.log.split()
    assert len(lines) == 800_000
    assert lines[-1] == b"399999"


def test_an_attempt_that_no_longer_counts_stops_and_reports_nothing(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "echo up; sleep 60"])
    while b"up" not in attempt.log:
        time.sleep(0.01)
    attempt.superseded = True
    assert bench.wait_gone(name, timeout_s=10) == SightingState.ENDED
    assert attempt.report is None
    assert bench.leftovers(name) == []


def test_sigterm_to_the_agent_ends_the_job_as_stopped(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "echo up; sleep 60"])
    while b"up" not in attempt.log:
        time.sleep(0.01)
    facts = spool.read(bench.base / "spool" / name, spool.STARTED)
    assert facts is not None
    os.kill(facts["pid"], signal.SIGTERM)
    assert attempt.wait(10)["outcome"] == "stopped"


@pytest.mark.parametrize(
    ("text", "metrics", "said"),
    [
        ('{"a": 1, "b": 2.5}', {"a": 1.0, "b": 2.5}, b""),
        (
            '{"a": NaN, "b": Infinity, "c": 1e999, "d": true, "e": "1", "f": 0}',
            {"f": 0.0},
            b"finite",
        ),
        ('{"a": 1' + "0" * 400 + "}", {}, b"finite"),
        ("[1, 2]", {}, b"not a JSON object"),
        ("{", {}, b"cannot be read"),
        ("[" * 60000, {}, b"cannot be read"),
        (json.dumps({f"m{i}": i for i in range(300)}), {}, b"more than 200"),
        (json.dumps({"x" * 300: 1}), {}, b"finite"),
        ('{"a": "' + "x" * 70000 + '"}', {}, b"larger than"),
    ],
)
def test_metrics(bench: Bench, text: str, metrics: dict[str, float], said: bytes) -> None:
    code = "import os; open('output/metrics.json', 'w').write(eval(os.environ['TEXT']))"
    attempt = bench.python(code, environment={"TEXT": _compact(text)})
    assert attempt.report is not None
    assert attempt.report["outcome"] == "exited", attempt.log
    assert attempt.report["metrics"] == metrics
    assert said in attempt.log
    assert bool(said) == bool(attempt.log)


def _compact(text: str) -> str:
    if set(text) == {"["}:
        return f"'[' * {len(text)}"
    return repr(text)


@pytest.mark.parametrize(
    "make",
    [
        "os.symlink('/etc/passwd', 'output/link')",
        "os.mkfifo('output/pipe')",
        "import socket; socket.socket(socket.AF_UNIX).bind('output/socket')",
        "os.rmdir('output'); os.symlink('/etc', 'output')",
        "os.rmdir('output'); open('output', 'w').write('x')",
        "open('output/a\\\\b', 'w').write('x')",
        "open(b'output/\\xff', 'w').write('x')",
    ],
)
def test_output_that_cannot_be_stored(bench: Bench, make: str) -> None:
    attempt = bench.python(f"import os; {make}")
    assert attempt.report is not None
    assert attempt.report["outcome"] == "output-failed", attempt.log
    assert attempt.report["output"] is None
    assert b"[fabriek]" in attempt.log


def test_a_failed_job_keeps_its_own_reason_when_its_output_cannot_be_stored(bench: Bench) -> None:
    attempt = bench.python("import os; os.mkfifo('output/pipe'); os._exit(4)")
    assert attempt.report is not None
    assert (attempt.report["outcome"], attempt.report["exit_code"]) == ("exited", 4)


def test_isolation_that_a_node_lacks_is_not_done_without(mode: Bench) -> None:
    attempt = mode.run(["echo", "ran"], isolation_required=True)
    assert attempt.report is not None
    if mode.node.config.sandbox == "none":
        assert attempt.report["outcome"] == "sandbox-failed"
        assert attempt.report["started_at"] is None
        assert b"ran" not in attempt.log
    else:
        assert attempt.report["outcome"] == "exited"


@pytest.mark.parametrize(
    "environment",
    [{"LD_PRELOAD": "/work/evil.so"}, {"PATH": "/nowhere"}, {"EMPTY": ""}, {"LINES": "a\nb\tc"}],
)
def test_any_environment_stays_inside(bench: Bench, environment: dict[str, str]) -> None:
    attempt = bench.run(["/usr/bin/env", "-0"], environment=environment)
    assert attempt.report is not None
    assert attempt.report["outcome"] == "exited"
    for name, value in environment.items():
        assert f"{name}={value}".encode() in attempt.log.split(b"\0") or name == "LD_PRELOAD"


def test_the_secret_is_in_no_place_that_others_can_read(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "echo up; sleep 60"], environment={"S": "of-the-job"})
    while b"up" not in attempt.log:
        time.sleep(0.01)
    places: list[Any] = [*Path("/proc").glob("[0-9]*/cmdline")]
    places += [*Path("/proc").glob("[0-9]*/environ"), *(bench.base / "spool" / name).iterdir()]
    for place in places:
        try:
            text = place.read_bytes()
        except OSError:
            continue
        assert f"secret-{name}".encode() not in text, place
        assert f"token-secret-{name}".encode() not in text, place
        if place.name == "cmdline":
            # A command line can be read by every user of the node.
            assert b"of-the-job" not in text, place


def _as_plain_user(act: Callable[[], object]) -> tuple[int, int]:
    """A child that gives up root, becomes readable for its own user again, and does something;
    its process id and a pipe that it closes at its end."""
    done, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(done)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresuid(61000, 61000, 61000)
            ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
            act()
            os.write(told, b"x")
            time.sleep(20)
        finally:
            os._exit(0)
    os.close(told)
    return pid, done


@pytest.mark.parametrize("what", ["environ", "maps", "mem", "fd/0", "cwd"])
def test_a_process_of_the_same_user_cannot_read_the_agent(what: str) -> None:
    """On a cluster, job and agent may run as one user, and a wall may be missing. The agent's
    first act, tried on a process of a user without root's right to look into any process."""
    for act, allowed in ((lambda: None, True), (become_undumpable, False)):
        watched, ready = _as_plain_user(act)
        try:
            assert os.read(ready, 1) == b"x"
            path = f"/proc/{watched}/{what}"
            look = os.readlink if what in {"cwd", "fd/0"} else open
            looker, seen = _as_plain_user(lambda look=look, path=path: look(path))
            assert (os.read(seen, 1) == b"x") == allowed
        finally:
            for pid in (watched, looker):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            os.close(ready)
            os.close(seen)
