"""Killing whoever takes part, at any moment: nothing is left, nothing runs twice."""

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from fabriek.compute.engines.contract import SightingState
from fabriek.compute.engines.local import LocalEngine
from fabriek.compute.engines.testing import Bench, marked
from fabriek_agent import spool

BUSY = "import os,subprocess,time\nsubprocess.Popen(['sleep', '300'], start_new_session=True)\n"
BUSY += "open('scratch-file', 'w').write('x')\nprint('up', flush=True)\ntime.sleep(300)"


def _folder(bench: Bench, name: str) -> Path:
    return bench.base / "spool" / name


def _agent_pid(bench: Bench, name: str) -> int:
    deadline = time.monotonic() + 10
    while (facts := spool.read(_folder(bench, name), spool.STARTED)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return int(facts["pid"])


def test_killing_the_agent_takes_its_job_with_it(mode: Bench) -> None:
    name, attempt = mode.start(["python3", "-c", BUSY])
    deadline = time.monotonic() + 10
    while b"up" not in attempt.log:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(_agent_pid(mode, name), signal.SIGKILL)
    assert mode.wait_gone(name) == SightingState.LOST
    assert mode.leftovers(name) == []
    assert attempt.report is None
    # Submitting it again does not run it again: the next attempt has another name.
    mode.engine.submit(mode.order(name))
    time.sleep(0.3)
    assert mode.engine.find(name).state == SightingState.LOST  # type: ignore[union-attr]
    assert attempt.claims == 1


def test_killing_the_agent_at_random_moments(mode: Bench, tmp_path: Path) -> None:
    seed = int(os.environ.get("FABRIEK_SEED", random.SystemRandom().randrange(2**32)))
    print(f"FABRIEK_SEED={seed}")
    dice = random.Random(seed)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "file").write_bytes(b"x" * 100_000)
    code, data = mode.api.pack(tmp_path / "data"), mode.api.pack(tmp_path / "data", "in")
    command = ["python3", "-c", "import shutil; shutil.copy('inputs/in/file', 'output/file')"]
    seen = []
    for _ in range(8):
        name, attempt = mode.start(command, code=code, inputs=[data])
        pid = _agent_pid(mode, name)
        time.sleep(dice.uniform(0, 0.35))
        if spool.is_locked(_folder(mode, name)):
            os.kill(pid, signal.SIGKILL)
        state = mode.wait_gone(name)
        seen.append(state)
        assert state == SightingState.LOST or attempt.report is not None, seed
        assert mode.leftovers(name) == [], seed
        assert attempt.claims <= 1, seed
    print(seen)


def test_a_submitter_killed_after_making_the_folder(bench: Bench) -> None:
    name, attempt = bench.prepare(["true"])
    _folder(bench, name).mkdir(mode=0o700)
    assert bench.engine.find(name) is None
    assert bench.engine.observe() == {}
    bench.engine.submit(bench.order(name))
    assert attempt.wait()["outcome"] == "exited"


def test_a_submitter_killed_before_telling_the_agent_what_to_do(bench: Bench) -> None:
    name, attempt = bench.prepare(["true"])
    folder = _folder(bench, name)
    folder.mkdir(mode=0o700)
    agent = [sys.executable, "-I", "-m", "fabriek_agent.main", str(folder)]
    assert subprocess.run(agent, input=b'{"api": "ht', check=False).returncode == 2
    assert bench.engine.find(name) is None
    bench.engine.submit(bench.order(name))
    assert attempt.wait()["outcome"] == "exited"
    assert attempt.claims == 1


def test_submitters_killed_at_random_run_it_once(bench: Bench) -> None:
    """Real processes that submit, killed with -9; then a submission that is left in peace."""
    seed = int(os.environ.get("FABRIEK_SEED", random.SystemRandom().randrange(2**32)))
    print(f"FABRIEK_SEED={seed}")
    dice = random.Random(seed)
    script = textwrap.dedent(f"""
        import json, sys
        from pathlib import Path
        from fabriek.compute.engines.contract import Order, Capacity
        from fabriek.compute.engines.local import LocalEngine
        from fabriek.compute.engines.node import Node
        from fabriek_agent.spec import NodeConfig
        node = Node(NodeConfig.from_json(json.loads(sys.argv[1])), Capacity(64, 10**6))
        engine = LocalEngine(Path({str(bench.base / "spool")!r}), node)
        api = {bench.api.url!r}
        for name in sys.argv[2:]:
            engine.submit(Order(name, 1, 256, 0, '', 30, False, api, 'secret-' + name))
    """)
    import json

    node = json.dumps(bench.node.config.to_json())
    prepared = [bench.prepare(["sh", "-c", "echo once"]) for _ in range(6)]
    names = [name for name, _ in prepared]
    for _ in range(4):
        submitter = subprocess.Popen([sys.executable, "-c", script, node, *names])
        time.sleep(dice.uniform(0.05, 0.6))
        submitter.kill()
        submitter.wait()
    for name, attempt in prepared:
        bench.engine.submit(bench.order(name))
        attempt.wait()
        bench.wait_gone(name)
        assert attempt.claims == 1, seed
        assert attempt.log == b"once\n", seed


def test_an_engine_started_anew_finds_what_runs(bench: Bench) -> None:
    name, attempt = bench.start(["sh", "-c", "sleep 1; echo done"])
    bench.wait_state(name, SightingState.RUNNING)
    again = LocalEngine(bench.base / "spool", bench.node)
    assert again.observe()[name].state == SightingState.RUNNING
    attempt.wait()
    assert attempt.log == b"done\n"


def test_a_process_id_used_again_is_not_taken_for_the_agent(bench: Bench) -> None:
    name, _ = bench.prepare(["true"])
    folder = _folder(bench, name)
    folder.mkdir(mode=0o700)
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        spool.begin(folder, {"pid": bystander.pid, "uid": None})
        assert bench.engine.find(name).state == SightingState.LOST  # type: ignore[union-attr]
        bench.engine.cancel(name)
        bench.engine.forget(name)
        assert bystander.poll() is None
        assert not folder.exists()
    finally:
        bystander.kill()
        bystander.wait()


def test_a_second_agent_on_the_same_attempt_ends_at_once(bench: Bench) -> None:
    import json

    name, attempt = bench.start(["sh", "-c", "sleep 1; echo once"])
    bench.wait_state(name, SightingState.RUNNING)
    order = {"api": bench.api.url, "secret": f"secret-{name}", "node": bench.node.config.to_json()}
    second = [sys.executable, "-I", "-m", "fabriek_agent.main", str(_folder(bench, name))]
    for _ in range(2):
        done = subprocess.run(
            second, input=json.dumps(order).encode(), capture_output=True, check=False, timeout=10
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        attempt.wait()
        bench.wait_gone(name)
    assert attempt.claims == 1
    assert attempt.log == b"once\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="jobs have users of their own only under root")
def test_a_user_that_a_crashed_job_had_is_cleaned_before_the_next_gets_it(mode: Bench) -> None:
    if mode.node.config.sandbox != "none":
        return
    mark = f"left-{time.monotonic_ns()}"
    code = "import os,sys,time\nif os.fork() == 0:\n    os.setsid()\n"
    code += "    os.execve('/bin/sleep', [sys.argv[1], '300'], {})\n"
    code += "print('up', flush=True)\ntime.sleep(300)"
    name, attempt = mode.start(["python3", "-c", code, mark])
    while b"up" not in attempt.log:
        time.sleep(0.01)
    os.kill(_agent_pid(mode, name), signal.SIGKILL)
    # Nobody has looked yet. The next job comes first, and gets the same user.
    mode.run(["true"])
    assert mode.engine.find(name).state == SightingState.LOST  # type: ignore[union-attr]
    assert marked(mark) == []
    shutil.rmtree(_folder(mode, name))
