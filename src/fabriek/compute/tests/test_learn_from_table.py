"""The training knows nothing about its table: every kind, and every kind it must refuse."""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

COMPUTE = Path(__file__).parents[1]
CODE = COMPUTE / "blueprints/learn-from-table/code"
PYTHON = COMPUTE.parents[2] / ".venv-node" / "bin" / "python"
pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="no .venv-node: run `make setup` (scikit-learn)"
)


def train(
    folder: Path, table: str | bytes, target: str, language: str = "en", kind: str = "auto"
) -> tuple[subprocess.CompletedProcess[str], dict[str, float]]:
    """Run the job's code on this table; what it said, and its figures."""
    shutil.copytree(CODE, folder / "work")
    (folder / "work/inputs/table").mkdir(parents=True)
    data = table if isinstance(table, bytes) else table.encode()
    (folder / "work/inputs/table/table.csv").write_bytes(data)
    parameters = {"FABRIEK_PARAMETERS": json.dumps({"seed": 1, "language": language})}
    done = subprocess.run(
        [PYTHON, "train.py", "--target", target, "--kind", kind],
        cwd=folder / "work",
        env=os.environ | parameters,
        capture_output=True,
        text=True,
        check=False,
    )
    figures = folder / "work/output/metrics.json"
    return done, json.loads(figures.read_text()) if figures.exists() else {}


def rows(count: int, *columns: object) -> list[list[str]]:
    """So many rows of what the columns (functions of a seeded random and the row) give."""
    chance = random.Random(7)
    return [[str(column(chance, number)) for column in columns] for number in range(count)]  # type: ignore[operator]


def csv(header: str, lines: list[list[str]], mark: str = ",") -> str:
    """As text, columns parted by the mark."""
    return "\n".join([header.replace(",", mark), *(mark.join(line) for line in lines)]) + "\n"


def mixed(classes: str) -> list[list[str]]:
    """Numbers with gaps, a text with gaps, a name, and a class that depends on both."""
    found = []
    chance = random.Random(3)
    for number in range(200):
        kind = chance.choice(classes)
        size = classes.index(kind) + chance.gauss(0, 0.4)
        shade = kind.upper() if chance.random() < 0.8 else "?"
        found.append([f"n{number}", "" if chance.random() < 0.1 else f"{size:.3f}", shade, kind])
    return found


def test_two_classes(tmp_path: Path) -> None:
    done, figures = train(tmp_path, csv("name,size,shade,kind", mixed("ab")), "kind")
    assert done.returncode == 0, done.stderr
    assert figures["auc"] > 0.9
    assert "Left out" in done.stdout and "name" in done.stdout
    assert {path.name for path in (tmp_path / "work/output").iterdir()} == {
        "MODEL.md",
        "metrics.json",
        "model.joblib",
    }


def test_the_same_table_gives_the_same_figures(tmp_path: Path) -> None:
    table = csv("name,size,shade,kind", mixed("ab"))
    (tmp_path / "2").mkdir()
    assert train(tmp_path, table, "kind")[1] == train(tmp_path / "2", table, "kind")[1]


def test_more_classes_and_rows_without_one(tmp_path: Path) -> None:
    lines = mixed("abc") + [["x", "1", "A", ""]] * 5 + [["y", "1", "A", "rare"]] * 3
    done, figures = train(tmp_path, csv("name,size,shade,kind", lines), "kind")
    assert done.returncode == 0, done.stderr
    assert figures["auc"] > 0.9
    assert "5 rows without" in done.stdout
    assert "rare" in done.stdout


def test_numbers_that_stand_for_classes(tmp_path: Path) -> None:
    lines = [[size, str("ab".index(kind))] for _, size, _, kind in mixed("ab")]
    done, figures = train(tmp_path, csv("size,kind", lines), "kind")
    assert "two classes" in done.stdout
    assert figures["auc"] > 0.8


def test_whoever_knows_better_says_what_to_predict(tmp_path: Path) -> None:
    lines = [[size, str("ab".index(kind))] for _, size, _, kind in mixed("ab")]
    table = csv("size,kind", lines)
    done, figures = train(tmp_path, table, "kind", kind="number")
    assert "r2" in figures and "auc" not in figures, done.stderr
    (tmp_path / "2").mkdir()
    done, _ = train(tmp_path / "2", csv("n,size,shade,kind", mixed("ab")), "kind", kind="number")
    assert done.returncode == 1 and "other than numbers" in done.stderr


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_number_to_predict_with_semicolons_and_commas(tmp_path: Path, language: str) -> None:
    lines = rows(
        120, lambda c, n: f"{n / 7:.2f}".replace(".", ","), lambda c, n: n * 2 + c.random()
    )
    done, figures = train(tmp_path, csv("x,y", lines, ";").encode("latin-1"), "y", language)
    assert done.returncode == 0, done.stderr
    assert figures["r2"] > 0.9
    assert "auc" not in figures
    assert ("Taak" if language == "nl" else "Task") in done.stdout


@pytest.mark.parametrize(
    ("table", "target", "said"),
    [
        ("", "y", "two columns"),
        ("y\n1\n", "y", "two columns"),
        ("x,y\n", "y", "too few"),
        ("x,y\n1,2\n", "y", "too few"),
        ("x,y\n1,2\n", "z", "no column z"),
        ("x,x,y\n1,2,3\n", "y", "more than once"),
        ("x,y\n1,2\n1,2,3\n", "y", "Row 3"),
        ("x,y\n" + "1,a\n" * 60, "y", "only one class"),
        ("x,y\n" + "1,a\n1,b\n" * 60, "y", "no useful column"),
        (csv("x,y", rows(60, lambda c, n: n, lambda c, n: f"t{n}")), "y", "no classes"),
        (b"\x00\x01\x02", "y", "no text file"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_table_that_cannot_be_learned_from(
    tmp_path: Path, table: str | bytes, target: str, said: str
) -> None:
    done, figures = train(tmp_path, table, target)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert figures == {}
