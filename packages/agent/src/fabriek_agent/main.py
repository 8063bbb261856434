"""`fabriek-agent SPOOL_DIR`: run one attempt of one job, told what to do on standard input."""

import json
import os
import resource
import sys
from pathlib import Path


def main() -> None:
    """Exit code 0 also when another agent has this attempt; 2 for a wrong call.

    Standard input: {"api": address, "secret": text, "node": NodeConfig, "lock_fd": int or absent}.
    """
    # First of all, before there is anything to read here.
    from fabriek_agent.proctree import become_undumpable

    become_undumpable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o022)
    if len(sys.argv) != 2:
        sys.exit("usage: fabriek-agent SPOOL_DIR < order.json")
    text = sys.stdin.buffer.read()
    try:
        order = json.loads(text)
    except ValueError:
        # Whoever started us died before telling what to do.
        sys.exit(2)
    from fabriek_agent import spool
    from fabriek_agent.spec import NodeConfig

    folder = Path(sys.argv[1])
    lock = order.get("lock_fd")
    if lock is None:
        lock = spool.take_lock(folder)
        if lock is None:
            return
    # Held until this process is gone, by whatever end; never passed on to the job.
    os.set_inheritable(lock, False)
    if (folder / spool.STARTED).exists():
        return
    from fabriek_agent.attempt import run_attempt

    run_attempt(folder, order["api"], order["secret"], NodeConfig.from_json(order["node"]))


if __name__ == "__main__":
    main()
