"""Choosing, training and judging a model for a problem."""

import json
from pathlib import Path

import joblib
import numpy as np
from problem import Problem
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score, roc_auc_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits
from words import say

OUTPUT = Path("output")
FOLDS = 3
TEST_SHARE = 0.25
THREADS_FROM_ROWS = 20_000


def learn(problem: Problem, seed: int) -> None:
    """Train the better model, judge it on rows held out, and leave it in output/."""
    known, test = train_test_split(
        np.arange(len(problem.answers)),
        test_size=TEST_SHARE,
        random_state=seed,
        stratify=problem.answers if problem.classes else None,
    )
    # Threads that wait for each other cost more than they bring on a small table.
    with threadpool_limits(1 if len(problem.answers) < THREADS_FROM_ROWS else None):
        name = choose(problem, known, seed)
        model = candidates(problem, seed)[name]
        model.fit(problem.features[known], problem.answers[known])
    metrics = judge(problem, model, test)
    figures = ", ".join(f"{key} {value:.4f}" for key, value in metrics.items())
    print(say("chosen", model=say(name), rows=len(test), figures=figures))
    counts = {"rows_train": len(known), "rows_test": len(test), "columns": len(problem.names)}
    write(problem, model, metrics | counts)


def candidates(problem: Problem, seed: int) -> dict[str, Pipeline]:
    """The models to choose from."""
    if problem.classes:
        linear = LogisticRegression(max_iter=1000)
        trees = HistGradientBoostingClassifier(max_iter=60, random_state=seed)
    else:
        linear = Ridge()
        trees = HistGradientBoostingRegressor(max_iter=60, random_state=seed)
    return {
        "linear": make_pipeline(prepared(problem), StandardScaler(), linear),
        "trees": make_pipeline(prepared(problem), trees),
    }


def prepared(problem: Problem) -> ColumnTransformer:
    """Missing numbers become the middle one with a mark, texts become a column a value."""
    numbers = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    texts = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="?", missing_values=None),
        OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=30, sparse_output=False),
    )
    return ColumnTransformer(
        [("numbers", numbers, problem.numbers), ("texts", texts, problem.texts)],
        sparse_threshold=0,
    )


def choose(problem: Problem, known: np.ndarray, seed: int) -> str:
    """The model that does best in cross-validation on the training rows."""
    score = "roc_auc_ovr" if problem.classes else "r2"
    best, best_value = "linear", -np.inf
    for name, model in candidates(problem, seed).items():
        values = cross_val_score(
            model, problem.features[known], problem.answers[known], cv=FOLDS, scoring=score
        )
        value = float(np.mean(values))
        label = "AUC" if problem.classes else "R2"
        print(say("tried", model=say(name), score=label, value=value), flush=True)
        if value > best_value:
            best, best_value = name, value
    return best


def judge(problem: Problem, model: Pipeline, test: np.ndarray) -> dict[str, float]:
    """Figures on the rows that were held out."""
    features, answers = problem.features[test], problem.answers[test]
    predicted = model.predict(features)
    if not problem.classes:
        return {
            "r2": float(r2_score(answers, predicted)),
            "mean_absolute_error": float(mean_absolute_error(answers, predicted)),
        }
    chances = model.predict_proba(features)
    two = chances.shape[1] == 2
    auc = roc_auc_score(
        answers, chances[:, 1] if two else chances, multi_class="ovr", average="macro"
    )
    return {"auc": float(auc), "accuracy": float(accuracy_score(answers, predicted))}


def write(problem: Problem, model: Pipeline, metrics: dict[str, float]) -> None:
    """Leave the model, its figures, and what somebody must know to use it."""
    OUTPUT.mkdir(exist_ok=True)
    joblib.dump(model, OUTPUT / "model.joblib")
    (OUTPUT / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    figures = "\n".join(f"- {key}: {value:.6g}" for key, value in metrics.items())
    (OUTPUT / "MODEL.md").write_text(
        f"# Model for `{problem.target}`\n\n"
        f"A scikit-learn pipeline ({type(model[-1]).__name__}), kind: {problem.kind}.\n\n"
        f"Columns, in this order: {', '.join(f'`{column}`' for column in problem.names)}\n\n"
        f"## Figures on rows held out\n\n{figures}\n\n"
        "## Use\n\n"
        "`joblib.load('model.joblib').predict(rows)`, rows as an object array in that order.\n\n"
        "Loading a joblib file runs code that is in it: load only files you trust.\n"
    )
