"""The figures of a table of predictions: confusion matrix, accuracy, per-class metrics, coverage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd

from poetcore.evaluation.accuracy import Accuracy, independent_number
from poetcore.evaluation.calibration import calibration_figures
from poetcore.evaluation.metrics_shapes import Calibration, FoundUnknown, LabelSets
from poetcore.evaluation.uneven import balanced_accuracy
from poetcore.system.shapes import Amount, Count, Like, Share, Within
from poetcore.workspace.run_shapes import Interval, LabelFigures, Skipped

__all__ = [
    "Metrics",
    "compute_metrics",
    "confusion_matrix",
    "leak_counts_of",
    "per_label_metrics",
    "threshold_table",
    "with_accuracies",
]


@dataclass(frozen=True)
class Metrics:
    """How good a run is on a demo folder: the content of `metrics.json`.

    What is not known is None; what a file of an earlier version lacks has its default.

    Attributes:
        run: name of the run.
        folder: the demo folder, absolute.
        labels: in the order of the model's outputs.
        accuracy: share labelled right, 0 to 1, pictures that were trained on included: `headline` tells
            whether it may stand as the accuracy.
        correct: pictures labelled right.
        total: pictures evaluated.
        interval: the accuracy's 95 % Wilson interval.
        leaked: evaluated pictures whose content the run was trained or validated on.
        accuracy_without_leaked: the accuracy on those that are not known to be leaked, exactly or nearly;
            None if there are none, or if nothing is known of leaks.
        interval_without_leaked: its 95 % Wilson interval.
        macro_f1: mean F1 of the labels that occur in the folder.
        per_label: label -> precision, recall, f1, support; see `per_label_metrics`.
        confusion_matrix: `C[i][j]` pictures known to be label i that were predicted to be label j.
        skipped: files that could not be evaluated, each with `path` and `reason`.
        leaked_near: pictures not among `leaked`, a near duplicate of which was trained or validated on.
        unseen: pictures that are not known to be leaked; None if nothing is known of leaks.
        independent: how many independent pictures are as certain as these, of which some are near duplicates
            of each other; see `independent_number`.
        independent_without_leaked: likewise, of those that are not known to be leaked.
        macro_f1_labels: how many labels `macro_f1` is the mean of; 0 where it was not written down.
        state: hash of the contents and labels that were evaluated.
        relabelled: pictures that have another label now than when a model was first evaluated on them.
        removed: pictures that a model was evaluated on and that are not in the folder any more.
        accuracy_before: this model's accuracy on the folder as it was first evaluated; None where nothing
            was relabelled or removed.
        correct_before: pictures of that state labelled right.
        total_before: pictures of that state, without removed ones whose feature vectors are gone.
        calibration: how far confidences can be believed: `error`, `noise`, `off`, `log_loss` and `bins`.
        temperature: what the run's outputs were divided by before the softmax, 1 where uncalibrated.
        balanced_accuracy: mean recall of the labels that occur in the folder; None where not written down.
        excluded: pictures of labels that a run of chosen labels was not trained on: label -> their number.
        multi_label: where a picture may have several labels: `pictures` that the figures are of,
            `subset_accuracy`, `cooccurrence` and `predicted_cooccurrence`; else None. There
            `confusion_matrix` is empty, `accuracy` the subset accuracy, and `per_label` has `predicted` and
            `threshold` too.
        novelty: how many of the `pictures` that the run has not seen it calls `unknown`, `wrong` ones among
            them, and `expected`, the share that it is to be of pictures of its labels; None where not known.
    """

    run: str
    folder: str
    labels: list[str]
    accuracy: Share
    correct: Count
    total: Count
    interval: Annotated[list[float], Like(Interval)]
    leaked: Count | None
    accuracy_without_leaked: Share | None
    interval_without_leaked: Annotated[list[float] | None, Like(Interval | None)]
    macro_f1: Share
    per_label: Annotated[dict[str, dict[str, Any]], Like(dict[str, LabelFigures])]
    confusion_matrix: list[list[Count]]
    skipped: Annotated[list[dict[str, str]], Like(list[Skipped])]
    leaked_near: Count | None = None
    unseen: Count | None = None
    independent: Amount | None = None
    independent_without_leaked: Amount | None = None
    macro_f1_labels: Count = 0
    state: str = ""
    relabelled: Count = 0
    removed: Count = 0
    accuracy_before: Share | None = None
    correct_before: Count | None = None
    total_before: Count | None = None
    calibration: Annotated[dict[str, Any] | None, Like(Calibration | None)] = None
    temperature: Annotated[float, Within(1e-6, 1e6)] = 1.0
    balanced_accuracy: Share | None = None
    excluded: dict[str, Count] = field(default_factory=dict)
    multi_label: Annotated[dict[str, Any] | None, Like(LabelSets | None)] = None
    novelty: Annotated[dict[str, Any] | None, Like(FoundUnknown | None)] = None

    def is_sound(self) -> bool:
        """Return whether its values go together; what each must be its annotation says."""
        tables: list[list[list[int]]] = [self.confusion_matrix]
        if self.multi_label is not None:
            tables = [self.multi_label[name] for name in ("cooccurrence", "predicted_cooccurrence")]
        sides = {len(table) for table in tables} | {len(row) for table in tables for row in table}
        bounds = (self.leaked, self.leaked_near, self.unseen, self.correct)
        return (
            sides == {len(self.labels)}
            and set(self.per_label) == set(self.labels)
            and len(set(self.labels)) == len(self.labels)
            and all(one is None or one <= self.total for one in bounds)
        )


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
    predictions: pd.DataFrame,
    labels: list[str],
    run: str,
    folder: Path,
    skipped: list[dict[str, str]],
    groups: np.ndarray | None = None,
) -> Metrics:
    """Compute the figures of a table of predictions.

    Args:
        predictions: as in `poetcore.evaluation.evaluate.Evaluation`; at least one row.
        labels: in the order of the model's outputs.
        run: name of the run.
        folder: the demo folder.
        skipped: files that could not be evaluated, each with `path` and `reason`.
        groups: `(n,) int64`, the number of each picture's group of near duplicates; None where that is not
            known.
    """
    matrix = confusion_matrix(predictions["label"], predictions["predicted"], labels)
    per_label = per_label_metrics(matrix, labels)
    scores = [one["f1"] for one in per_label.values() if one["support"]]
    every = _accuracy(predictions, groups)
    (leaked, near), unseen = leak_counts_of(predictions)
    fair = Accuracy(0, 0)
    if leaked is not None:
        fair = _accuracy(predictions[unseen], None if groups is None else groups[unseen])
    return with_accuracies(
        every,
        fair,
        (leaked, near),
        run=run,
        folder=str(folder),
        labels=labels,
        macro_f1=float(np.mean(scores)),
        per_label=per_label,
        confusion_matrix=matrix.tolist(),
        skipped=skipped,
        macro_f1_labels=len(scores),
        balanced_accuracy=balanced_accuracy(per_label),
        calibration=calibration_figures(predictions[unseen], None if groups is None else groups[unseen]),
    )


def with_accuracies(
    every: Accuracy, fair: Accuracy, leaks: tuple[int | None, int | None], **rest: Any
) -> Metrics:
    """Return metrics with what is known of two accuracies.

    Args:
        every: of all pictures.
        fair: of those that are not known to have been seen in training; none where that is not known.
        leaks: how many were seen exactly, and nearly; None where that is not known.
        rest: the other fields of `Metrics`.
    """
    leaked, near = leaks
    return Metrics(
        accuracy=every.value or 0.0,
        correct=every.correct,
        total=every.total,
        interval=list(every.interval or (0.0, 1.0)),
        leaked=leaked,
        accuracy_without_leaked=fair.value,
        interval_without_leaked=list(fair.interval) if fair.interval else None,
        leaked_near=near,
        unseen=None if leaked is None else fair.total,
        independent=every.independent,
        independent_without_leaked=fair.independent,
        **rest,
    )


def _accuracy(predictions: pd.DataFrame, groups: np.ndarray | None) -> Accuracy:
    independent = independent_number(groups) if groups is not None and len(groups) else None
    return Accuracy(int(predictions["correct"].sum()), len(predictions), independent)


def leak_counts_of(predictions: pd.DataFrame) -> tuple[list[int | None], np.ndarray]:
    """Count leaked pictures, exact and near ones, None where some are not known; and which are not leaked."""
    counts: list[int | None] = []
    unseen = np.ones(len(predictions), bool)
    for name in ("leaked", "leaked_near"):
        flags = predictions[name] if name in predictions else pd.Series(None, predictions.index, object)
        found = flags.eq(True).to_numpy(bool)
        counts.append(None if flags.isna().any() else int(found.sum()))
        unseen &= ~found
    return counts, unseen


def per_label_metrics(matrix: np.ndarray, labels: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Compute precision, recall, F1 and support of each label from a confusion matrix; 0/0 is None.

    precision = C[i, i] / sum of column i, recall = C[i, i] / sum of row i, F1 = 2 C[i, i] / (both sums).
    Where a label has no pictures nothing is known of it, so all three are None; where a label with pictures
    is never predicted its precision is None and its F1 is 0.

    >>> per_label_metrics(np.array([[2, 0], [0, 0]]), ["cat", "dog"])["dog"]
    {'precision': None, 'recall': None, 'f1': None, 'support': 0}

    Args:
        matrix: `(labels, labels) int64`, as `confusion_matrix` returns it.
        labels: in the order of its rows and columns.

    Returns:
        label -> `precision`, `recall` and `f1`, 0 to 1 or None, and `support`, its pictures.
    """
    found: dict[str, dict[str, Any]] = {}
    rates = zip(matrix.diagonal().tolist(), matrix.sum(1).tolist(), matrix.sum(0).tolist(), strict=True)
    for label, (right, support, predicted) in zip(labels, rates, strict=True):
        found[label] = {
            "precision": right / predicted if support and predicted else None,
            "recall": right / support if support else None,
            "f1": 2 * right / (support + predicted) if support else None,
            "support": support,
        }
    return found


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
