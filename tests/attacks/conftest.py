"""A factory worth attacking: secrets in files, a server process, other jobs; and job code to try.

Every attack prints GOT and ends with 0 when it succeeds. It is run twice: outside the sandbox,
where it must succeed (or the test proves nothing), and as a real job, where it must not.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fabriek.compute.engines.testing import Bench, kernel_limits, local_bench, why_no
from fabriek_agent import spool
from fabriek_agent.testing import Attempt

SECRET = "the-root-key-of-this-factory"


@dataclass
class Factory:
    """What there is to steal. `victim` is another job, running."""

    bench: Bench
    state: Path
    server: "subprocess.Popen[bytes]"
    victim_name: str
    victim: Attempt
    environment: dict[str, str] = field(default_factory=dict)

    def agent_pid(self) -> int:
        """The process id of the victim's agent."""
        facts = spool.read(self.bench.base / "spool" / self.victim_name, spool.STARTED)
        assert facts is not None
        return int(facts["pid"])

    def outside(self, code: str, **environment: str) -> bool:
        """Whether the attack succeeds without a sandbox, as the server's own user."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"PATH": os.environ["PATH"], **self.environment, **environment},
            cwd=self.state,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return done.returncode == 0 and b"GOT" in done.stdout

    def inside(self, code: str, **environment: str) -> Attempt:
        """The attack as a real job."""
        return self.bench.python(code, environment={**self.environment, **environment})

    def refuses(self, code: str, **environment: str) -> Attempt:
        """The attack succeeds outside and fails inside; the job's attempt."""
        assert self.outside(code, **environment), "the attack does not even work outside"
        return self.only_refuses(code, **environment)

    def refuses_all(self, code: str, **environment: str) -> Attempt:
        """What root can do outside, and nobody else, not even there; a job can it never."""
        assert self.outside(code, **environment) == (os.geteuid() == 0)
        return self.only_refuses(code, **environment)

    def only_refuses(self, code: str, **environment: str) -> Attempt:
        """The attack fails inside; for the few that nobody would run outside."""
        attempt = self.inside(code, **environment)
        assert attempt.report is not None
        assert attempt.report["outcome"] == "exited", attempt.log
        assert attempt.report["exit_code"] != 0, attempt.log
        assert b"GOT" not in attempt.log
        assert SECRET.encode() not in attempt.log
        return attempt


@pytest.fixture(scope="module", params=["kernel", "watching"])
def factory(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Factory]:
    """A factory with its state world-readable: nothing but the sandbox protects it here."""
    limits = kernel_limits() if request.param == "kernel" else "watching"
    if limits is None:
        pytest.skip("needs cgroups v2 or v1 that can be written, or a systemd user session")
    reason = why_no("bubblewrap", limits)
    if reason:
        pytest.skip(reason)
    base = tmp_path_factory.mktemp("factory")
    bench = local_bench(base, "bubblewrap", limits)
    state = base / "state"
    for name in ("vault/ab/chunk", "fabriek.sqlite3", "root.key", "settings.env"):
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).write_text(SECRET)
    environment = {"PATH": os.environ["PATH"], "FABRIEK_SECRET_KEY": SECRET}
    server = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)", "the-server"],
        env=environment,
        cwd=state,
    )
    try:
        yield _with_victim(bench, state, server)
    finally:
        server.kill()
        server.wait()
        bench.close()


def _with_victim(bench: Bench, state: Path, server: "subprocess.Popen[bytes]") -> Factory:
    data = bench.base / "data"
    data.mkdir()
    (data / "file").write_text(SECRET)
    code = f"open('mine', 'w').write({SECRET!r}); print('up', flush=True)\n"
    code += "import time; time.sleep(600)"
    inputs = [bench.api.pack(data, "in")]
    name, victim = bench.start(["python3", "-c", code], inputs=inputs, time_limit_s=600)
    deadline = time.monotonic() + 20
    while b"up" not in victim.log:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return Factory(bench, state, server, name, victim)
