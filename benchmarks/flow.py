"""From sign-up to a registered, documented model and its report: the demo, without installation.

Real processes throughout: web, worker, agent, sandbox, vault; each run starts an empty factory.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.figures import at_most, beside

ROUNDS = 3
DEMO = Path(__file__).parents[1] / "demo" / "run.py"


def run() -> list[dict[str, Any]]:
    ends = [one_run() for _ in range(ROUNDS)]
    assert all(end["job_state"] == "succeeded" for end in ends)
    seconds = [end["seconds"] for end in ends]
    return [
        at_most("sign-up to registered model and report", statistics.median(seconds), 20, "s"),
        beside("slowest of the runs", max(seconds), "s"),
        beside("AUC of the model", ends[0]["auc"], "on held-out rows"),
    ]


def one_run() -> dict[str, Any]:
    done = subprocess.run([sys.executable, DEMO], capture_output=True, text=True, check=True)
    end: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return end
