"""Run the benchmarks named, or all; print each figure and keep it as JSON in results/."""

import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("flow", "jobs", "data", "growth", "pages")
sys.path.insert(0, str(HERE.parent / "tests"))


def main() -> int:
    missed = []
    for name in sys.argv[1:] or NAMES:
        print(f"== {name}", flush=True)
        began = time.perf_counter()
        figures = importlib.import_module(f"benchmarks.{name}").run()
        result = {
            "benchmark": name,
            "figures": figures,
            "took_s": round(time.perf_counter() - began, 1),
            "machine": {
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "system": platform.platform(),
            },
        }
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
        for figure in figures:
            print("  {what}: {value} {unit}".format(**figure), end="")
            if "target" in figure:
                print(
                    f"  (target {figure['target']}, {'met' if figure['met'] else 'MISSED'})", end=""
                )
                missed += [] if figure["met"] else [f"{name}: {figure['what']}"]
            print(flush=True)
    if missed:
        print("missed:", "; ".join(missed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
