"""What is to be learned from a table: decided from its columns, never from its name."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from table import OddTable, Table, as_numbers
from words import say

LEAST_ROWS = 40
LEAST_IN_CLASS = 8  # so that every class is in each of three folds and in the test
MOST_CLASSES = 20
MOST_TEXT_VALUES = 1000


@dataclass
class Problem:
    """Features and answers; `kind` is binary, multi-class or regression."""

    target: str
    kind: str
    names: list[str]
    features: np.ndarray
    answers: np.ndarray
    numbers: list[int]
    texts: list[int]

    @property
    def classes(self) -> bool:
        """Whether the answers are classes."""
        return self.kind != "regression"


def pose(table: Table, target: str, wanted: str = "auto") -> Problem:
    """The problem that the target column poses. OddTable when there is none to solve.

    `wanted`: classes or number; auto decides by the column.
    """
    if target not in table.names:
        raise OddTable(say("unknown-target", target=target, names=", ".join(table.names[:30])))
    answers, kind, kept = _answers(table, target, wanted)
    names, columns, are_numbers = _features(table, target, kept)
    features = np.empty((len(kept), len(columns)), dtype=object)
    for index, column in enumerate(columns):
        features[:, index] = column
    return Problem(
        target,
        kind,
        names,
        features,
        answers,
        [index for index, number in enumerate(are_numbers) if number],
        [index for index, number in enumerate(are_numbers) if not number],
    )


def _answers(table: Table, target: str, wanted: str) -> tuple[np.ndarray, str, np.ndarray]:
    """The answers, their kind, and the rows they stand in."""
    values = table.column(target)
    kept = np.array([index for index, value in enumerate(values) if value is not None], dtype=int)
    if len(kept) < len(values):
        print(say("no-target", rows=len(values) - len(kept), target=target))
    if len(kept) < LEAST_ROWS:
        raise OddTable(say("too-small", rows=len(kept), target=target, least=LEAST_ROWS))
    numbers = as_numbers(values)
    if wanted == "number" and numbers is None:
        raise OddTable(say("no-numbers", target=target))
    is_amount = numbers is not None and wanted != "classes" and _is_amount(numbers[kept])
    if numbers is not None and (is_amount or wanted == "number"):
        kept = kept[np.isfinite(numbers[kept])]
        return numbers[kept], "regression", kept
    texts = np.array([values[index] for index in kept], dtype=object)
    counts = Counter(texts)
    if len(counts) > max(MOST_CLASSES, len(kept) // 20):
        facts = {"target": target, "classes": len(counts), "rows": len(kept)}
        raise OddTable(say("too-many-classes", **facts))
    rare = sorted(str(name) for name, count in counts.items() if count < LEAST_IN_CLASS)
    if len(counts) - len(rare) < 2:
        raise OddTable(say("one-class", target=target))
    if rare:
        print(say("rare", names=", ".join(rare[:10])))
        common = np.array([counts[text] >= LEAST_IN_CLASS for text in texts])
        kept, texts = kept[common], texts[common]
    kind = "binary" if len(counts) - len(rare) == 2 else "multi-class"
    return texts.astype(str), kind, kept


def _is_amount(numbers: np.ndarray) -> bool:
    """Whether a column of numbers is something to predict rather than a code of classes."""
    different = np.unique(numbers[np.isfinite(numbers)])
    whole = bool(np.all(different == np.round(different)))
    return len(different) > MOST_CLASSES or (not whole and len(different) > 2)


def _features(
    table: Table, target: str, kept: np.ndarray
) -> tuple[list[str], list[list[object]], list[bool]]:
    """The columns that can tell something, and which of them are numbers."""
    names, columns, are_numbers, useless = [], [], [], []
    for name in table.names:
        if name == target:
            continue
        values = table.column(name)
        numbers = as_numbers(values)
        column: list[object] = [values[i] if numbers is None else numbers[i] for i in kept]
        # A text that is another in every row is a name or a number of something: it tells nothing.
        different = len({values[i] for i in kept})
        if different < 2 or (numbers is None and different > min(len(kept) // 2, MOST_TEXT_VALUES)):
            useless.append(name)
            continue
        names.append(name)
        columns.append(column)
        are_numbers.append(numbers is not None)
    if useless:
        print(say("left-out", names=", ".join(useless[:10])))
    if not names:
        raise OddTable(say("no-features", target=target))
    return names, columns, are_numbers
