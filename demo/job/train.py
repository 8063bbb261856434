"""Train and evaluate a model on one table. This is a user's code: it runs in the sandbox.

    python train.py --target COLUMN

Reads the one CSV file below inputs/, decides from the target column whether it is to tell classes
apart or to predict a number, chooses between a linear model and trees by cross-validation on the
training rows, and judges the choice on rows it never saw. Writes output/model.joblib,
output/metrics.json and output/MODEL.md. Seeds are fixed: the same table gives the same figures.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from problem import pose
from table import OddTable, read
from words import say


def main() -> int:
    """Train, evaluate, write; 1 when the table cannot be learned from."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", required=True)
    target = parser.parse_args().target
    seed = json.loads(os.environ.get("FABRIEK_PARAMETERS", "{}")).get("seed", 0)
    try:
        files = [path for path in Path("inputs").rglob("*") if path.is_file()]
        if len(files) != 1:
            raise OddTable(say("one-file", found=len(files)))
        problem = pose(read(files[0]), target)
    except OddTable as error:
        print(error, file=sys.stderr)
        return 1
    kinds = {"numbers": len(problem.numbers), "texts": len(problem.texts)}
    print(say("read", rows=len(problem.answers), **kinds))
    print(say(problem.kind, classes=len(set(problem.answers))), flush=True)
    # Only now: scikit-learn takes a second to load, and a table may be refused without it.
    from learning import learn

    learn(problem, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
