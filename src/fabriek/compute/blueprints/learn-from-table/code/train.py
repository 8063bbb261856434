"""Train and evaluate a model on one table. This is a user's code: it runs in the sandbox.

    python train.py --target COLUMN [--file FILE] [--kind auto|classes|number]

Reads the CSV file (without --file: the one below inputs/), decides from the target column whether
it is to tell classes apart or to predict a number, chooses between a linear model and trees by
cross-validation on the training rows, and judges the choice on rows it never saw. Writes
output/model.joblib, output/metrics.json and output/MODEL.md. Seeds are fixed: the same table gives
the same figures.
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
    parser.add_argument("--file", type=Path)
    parser.add_argument("--kind", choices=["auto", "classes", "number"], default="auto")
    given = parser.parse_args()
    seed = json.loads(os.environ.get("FABRIEK_PARAMETERS", "{}")).get("seed", 0)
    try:
        problem = pose(read(given.file or only_file()), given.target, given.kind)
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


def only_file() -> Path:
    """The one file below inputs/. OddTable when there are none or more."""
    files = [path for path in Path("inputs").rglob("*") if path.is_file()]
    if len(files) != 1:
        raise OddTable(say("one-file", found=len(files)))
    return files[0]


if __name__ == "__main__":
    sys.exit(main())
