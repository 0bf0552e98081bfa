"""The figures of a table of predictions: confusion matrix, accuracy, per-class metrics, coverage."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from poetcore.evaluation.accuracy import Accuracy

__all__ = ["Metrics", "compute_metrics", "confusion_matrix", "threshold_table"]


@dataclass(frozen=True)
class Metrics:
    """How good a run is on a demo folder: the content of `metrics.json`.

    Attributes:
        run: name of the run.
        folder: the demo folder, absolute.
        labels: in the order of the model's outputs.
        accuracy: share labelled right, 0 to 1.
        correct: pictures labelled right.
        total: pictures evaluated.
        interval: the accuracy's 95 % Wilson interval.
        leaked: evaluated pictures that the run had seen in its training folder.
        accuracy_without_leaked: the accuracy on the others; None if there are none.
        interval_without_leaked: its 95 % Wilson interval.
        macro_f1: mean F1 of the labels that occur in the folder.
        per_label: label -> precision, recall, f1 (0 to 1; 0 where undefined) and support (pictures).
        confusion_matrix: `C[i][j]` pictures known to be label i that were predicted to be label j.
        skipped: files that could not be evaluated, each with `path` and `reason`.
    """

    run: str
    folder: str
    labels: list[str]
    accuracy: float
    correct: int
    total: int
    interval: list[float]
    leaked: int
    accuracy_without_leaked: float | None
    interval_without_leaked: list[float] | None
    macro_f1: float
    per_label: dict[str, dict[str, float]]
    confusion_matrix: list[list[int]]
    skipped: list[dict[str, str]]


def confusion_matrix(
    true: Iterable[object], predicted: Iterable[object], labels: Iterable[object]
) -> np.ndarray:
    """Count pictures by true and predicted label: `C[i, j]` are known to be label i and predicted to be j.

    >>> confusion_matrix(["cat", "cat", "cat", "dog"], ["cat", "dog", "dog", "dog"], ["cat", "dog"]).tolist()
    [[1, 2], [0, 1]]

    Args:
        true: n true labels.
        predicted: n predicted labels, in the same order.
        labels: every label that may occur, in the order of rows and columns.

    Returns:
        `(labels, labels) int64`; its sum is n.
    """
    # Not scikit-learn's: it would be imported for these few lines alone, in a second and 80 MB.
    places = {label: place for place, label in enumerate(labels)}
    matrix = np.zeros((len(places), len(places)), np.int64)
    np.add.at(matrix, ([places[label] for label in true], [places[label] for label in predicted]), 1)
    return matrix


def compute_metrics(
    predictions: pd.DataFrame, labels: list[str], run: str, folder: Path, skipped: list[dict[str, str]]
) -> Metrics:
    """Compute the figures of a table of predictions.

    Args:
        predictions: as in `poetcore.evaluation.evaluate.Evaluation`; at least one row.
        labels: in the order of the model's outputs.
        run: name of the run.
        folder: the demo folder.
        skipped: files that could not be evaluated, each with `path` and `reason`.
    """
    matrix = confusion_matrix(predictions["label"], predictions["predicted"], labels)
    per_label = _per_label(matrix, labels)
    every = Accuracy(int(predictions["correct"].sum()), len(predictions))
    unseen = predictions[~predictions["leaked"]]
    fair = Accuracy(int(unseen["correct"].sum()), len(unseen))
    return Metrics(
        run=run,
        folder=str(folder),
        labels=labels,
        accuracy=every.value or 0.0,
        correct=every.correct,
        total=every.total,
        interval=list(every.interval or (0.0, 1.0)),
        leaked=int(predictions["leaked"].sum()),
        accuracy_without_leaked=fair.value,
        interval_without_leaked=list(fair.interval) if fair.interval else None,
        macro_f1=float(np.mean([one["f1"] for one in per_label.values() if one["support"]])),
        per_label=per_label,
        confusion_matrix=matrix.tolist(),
        skipped=skipped,
    )


def _per_label(matrix: np.ndarray, labels: list[str]) -> dict[str, dict[str, Any]]:
    """Compute precision, recall, F1 and support of each label from a confusion matrix; 0/0 is 0.

    precision = C[i, i] / sum of column i, recall = C[i, i] / sum of row i, F1 = 2 C[i, i] / (both sums).
    """
    right, true, predicted = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    rates = {"precision": (right, predicted), "recall": (right, true), "f1": (2 * right, true + predicted)}
    table = {name: part / np.maximum(whole, 1) for name, (part, whole) in rates.items()}
    return {
        label: {name: float(values[i]) for name, values in table.items()} | {"support": int(true[i])}
        for i, label in enumerate(labels)
    }


def threshold_table(predictions: pd.DataFrame, steps: int = 50) -> pd.DataFrame:
    """Compute accuracy against coverage: what a model does that only answers from a confidence threshold on.

    Args:
        predictions: columns confidence (0 to 1) and correct (bool).
        steps: how many steps the thresholds take from 0 to 1.

    Returns:
        One row a threshold from 0 to 1: threshold, coverage (share of the pictures whose confidence is at
        least that), accuracy (of those; missing where there are none).
    """
    thresholds = np.linspace(0, 1, steps + 1)
    answered = predictions["confidence"].to_numpy(dtype=float)[:, np.newaxis] >= thresholds
    correct = answered & predictions["correct"].to_numpy(dtype=bool)[:, np.newaxis]
    count = answered.sum(axis=0)
    with np.errstate(invalid="ignore"):
        accuracy = np.where(count > 0, correct.sum(axis=0) / count, np.nan)
    return pd.DataFrame(
        {"threshold": thresholds, "coverage": count / max(len(predictions), 1), "accuracy": accuracy}
    )
