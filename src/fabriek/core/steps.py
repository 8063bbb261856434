"""Named step boundaries, so that the crash tests can kill a process exactly there.

Outside a crash test `step` does nothing. With FABRIEK_CRASH_AT=name:count the process kills itself
with SIGKILL the count-th time it passes that step.
"""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()
_name, _, _count = os.environ.get("FABRIEK_CRASH_AT", "").partition(":")


def step(name: str) -> None:
    """Mark that this step has been reached."""
    if name == _name:
        _passed[name] += 1
        if _passed[name] == int(_count or "1"):
            os.kill(os.getpid(), signal.SIGKILL)
