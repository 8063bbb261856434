"""Write the Wisconsin breast-cancer measurements that scikit-learn ships as a CSV file.

    .venv-node/bin/python demo/sample.py FILE

Runs in the node's environment, where scikit-learn is. The last column, `diagnosis`, is the target.
"""

import csv
import sys
from pathlib import Path

from sklearn.datasets import load_breast_cancer


def main() -> None:
    """Write the table."""
    found = load_breast_cancer()
    with Path(sys.argv[1]).open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow([*(name.replace(" ", "_") for name in found.feature_names), "diagnosis"])
        for measurements, answer in zip(found.data, found.target, strict=True):
            lines.writerow([*measurements, found.target_names[answer]])


if __name__ == "__main__":
    main()
