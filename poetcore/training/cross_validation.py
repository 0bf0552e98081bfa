"""Five-fold cross validation: every picture predicted by a layer that was trained without it and its group.

A tenth of the pictures held out is a noisy test. Here all are one: they are divided into five folds, and the
layer is trained five times, each time without one of them, with the settings of the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from poetcore.data.grouping import assign_folds
from poetcore.errors import DatasetError, OptionError
from poetcore.evaluation.accuracy import Accuracy, independent_number
from poetcore.evaluation.calibration import (
    apply_temperature,
    calibration_error,
    calibration_noise,
    fit_temperature,
)
from poetcore.evaluation.metrics import confusion_matrix, per_label_metrics
from poetcore.evaluation.uneven import balanced_accuracy
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.ridge_layer import ridge_held_out
from poetcore.training.stacked import held_out_probabilities
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.head import cross_entropy

__all__ = [
    "FOLDS",
    "VARIANCE_FACTOR",
    "CrossValidation",
    "about_validation",
    "cross_validate",
    "cross_validated_accuracy",
    "divided",
    "validated",
]

FOLDS = 5

#: What the binomial variance is multiplied with: instead of 1 / k of the variance of one of k folds, Nadeau
#: and Bengio take 1 / k + tested / trained = 1 / k + 1 / (k - 1).
VARIANCE_FACTOR = 1 + FOLDS / (FOLDS - 1)

#: Probabilities that the table holds at the most: beyond, it has no columns p_<label>.
_MOST_PROBABILITIES = 5_000_000

#: Probabilities from which a temperature is fitted at the most, of pictures drawn by lot.
_FITTED_PROBABILITIES = 1_000_000


@dataclass(frozen=True)
class CrossValidation:
    """How good the layers of a cross validation are on the pictures that they were trained without.

    Attributes:
        predictions: one row a picture: path, label, predicted, correct (bool), confidence (0 to 1), fold
            (from 0), and a column p_<label> for each label, unless those would hold millions of numbers.
        figures: what `run.json` holds of it: `accuracy` (0 to 1), `n` (pictures), `interval` (95 %),
            `per_label`, `balanced_accuracy` (the mean recall of the labels), `cross_entropy`, `folds`,
            `groups` (not divided by the folds), `independent` (as many independent pictures would have this
            interval), `excluded` (pictures of labels that stand in one group only, which no layer can be
            trained and tested on), and `calibration` with `error`, `noise`, `temperature`,
            `cross_entropy_calibrated` and whether the temperature is `offered`.
    """

    predictions: pd.DataFrame
    figures: dict[str, Any]


def cross_validate(
    everything: Examples,
    groups: np.ndarray,
    pictures: pd.DataFrame,
    labels: Sequence[str],
    options: TrainingOptions,
    on_progress: OnProgress | None = None,
) -> CrossValidation:
    """Train five times without a fifth of the pictures, and evaluate each time on that fifth.

    Args:
        everything: examples of all pictures, then those of augmented copies, which are trained on where their
            picture is, and never evaluated.
        groups: `(len(everything),) int64`, numbers of the groups that are not divided.
        pictures: columns path and label, one row a picture in the order of `everything`.
        labels: in the order of the model's outputs.
        options: as the run is trained.
        on_progress: called in the phase `cross_validating` with the steps done.

    Raises:
        DatasetError: all the pictures of each label are in one group.
        OptionError: the training diverged.
    """
    count = len(pictures)
    targets = everything.targets[:count]
    _, group = np.unique(groups, return_inverse=True)
    folds, tested = divided(targets, group[:count])
    if not tested.any():
        raise DatasetError(
            "There is no cross validation, because the pictures of each label are all in one group: add"
            " different pictures."
        )
    fold_of_group = np.zeros(int(group.max()) + 1, np.int64)
    fold_of_group[group[:count]] = folds

    def on_step(done: int) -> None:
        if on_progress:
            on_progress(Progress("cross_validating", done, options.how_many_training_steps))

    fold = fold_of_group[group]
    if options.head == "ridge":
        found = ridge_held_out(everything, fold, len(labels), options, group)
    else:
        found = held_out_probabilities(everything, fold, len(labels), options, on_step)
    if not np.isfinite(found[:count][tested]).all():
        raise OptionError(
            f"There is no cross validation, because its training diverged with a learning_rate of"
            f" {options.learning_rate}: choose a smaller one."
        )
    return validated(found[:count], targets, groups[:count], folds, tested, pictures, labels)


def validated(
    probabilities: np.ndarray,
    targets: np.ndarray,
    groups: np.ndarray,
    folds: np.ndarray,
    tested: np.ndarray,
    pictures: pd.DataFrame,
    labels: Sequence[str],
) -> CrossValidation:
    """Return what a cross validation found, whatever was trained in it.

    Args:
        probabilities: `(n, labels) float32`, of each picture by a model that was trained without its fold.
        targets: `(n,) int64`, indices of the true labels.
        groups: `(n,) int64`, the group of each.
        folds: of `divided`.
        tested: of `divided`.
        pictures: n rows, with the columns path and label.
        labels: in the order of the probabilities.
    """
    group = np.unique(groups, return_inverse=True)[1]
    return CrossValidation(
        _table(pictures[tested], probabilities[tested], folds[tested], labels),
        _figures(probabilities[tested], targets[tested], group[tested], folds[tested], labels)
        | {"excluded": int(len(targets) - tested.sum())},
    )


def about_validation(found: CrossValidation | None) -> str:
    """Return a sentence on the accuracy of a cross validation; "" where there was none."""
    if found is None:
        return ""
    correct = int(found.predictions["correct"].sum())
    return f"Cross-validated accuracy {Accuracy(correct, found.figures['n'], found.figures['independent'])}."


def cross_validated_accuracy(correct: int, groups: np.ndarray) -> Accuracy:
    """Return the accuracy of a cross validation, with an interval that also holds for new pictures.

    The plain binomial interval is too narrow, since not only the pictures predicted are a draw but also those
    trained on. Its variance is multiplied by `VARIANCE_FACTOR`. On 200 halves of 1,248 photos of flowers the
    accuracy of the model on the other half lay within it in 93.5 %, within the plain one in 82 %
    (tests/benchmarks/README.md).

    Source: C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003),
    239-281, the corrected variance, in Wilson's interval.

    Args:
        correct: pictures predicted right.
        groups: `(n,) int64`, the group of each picture, from 0.
    """
    return Accuracy(correct, len(groups), independent_number(groups) / VARIANCE_FACTOR)


def divided(targets: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide pictures into the folds of a cross validation.

    Args:
        targets: `(n,) int64`, the label of each.
        groups: `(n,) int64`, its group, which is not divided.

    Returns:
        The fold of each, `(n,) int64` from 0, and which have others of their label in another fold, so that a
        layer can be trained and tested on them, `(n,) bool`.
    """
    folds = np.unique(assign_folds(targets, groups, FOLDS), return_inverse=True)[1]
    held_out = np.zeros((int(targets.max(initial=0)) + 1, int(folds.max(initial=0)) + 1), np.int64)
    np.add.at(held_out, (targets, folds), 1)
    return folds, (held_out.sum(axis=1, keepdims=True) > held_out)[targets, folds]


def _table(
    pictures: pd.DataFrame, probabilities: np.ndarray, folds: np.ndarray, labels: Sequence[str]
) -> pd.DataFrame:
    predicted = np.array(labels, object)[probabilities.argmax(axis=1)]
    table = pictures[["path", "label"]].reset_index(drop=True)
    table = table.assign(
        predicted=predicted,
        correct=predicted == table["label"].to_numpy(object),
        confidence=probabilities.max(axis=1),
        fold=folds,
    )
    if probabilities.size > _MOST_PROBABILITIES:
        return table
    each = pd.DataFrame(probabilities, columns=[f"p_{label}" for label in labels])
    return pd.concat([table, each], axis=1)


def _figures(
    probabilities: np.ndarray,
    targets: np.ndarray,
    groups: np.ndarray,
    folds: np.ndarray,
    labels: Sequence[str],
) -> dict[str, Any]:
    predicted = probabilities.argmax(axis=1)
    matrix = confusion_matrix(targets.tolist(), predicted.tolist(), range(len(labels)))
    groups = np.unique(groups, return_inverse=True)[1]
    accuracy = cross_validated_accuracy(int(matrix.trace()), groups)
    per_label = per_label_metrics(matrix, labels)
    return {
        "accuracy": accuracy.value,
        "n": accuracy.total,
        "interval": list(accuracy.interval or ()),
        "per_label": per_label,
        "balanced_accuracy": balanced_accuracy(per_label),
        "cross_entropy": cross_entropy(probabilities, targets),
        "folds": len(np.unique(folds)),
        "groups": int(groups.max()) + 1,
        "independent": accuracy.independent,
        "calibration": _calibration(probabilities, targets, groups, folds),
    }


def _calibration(
    probabilities: np.ndarray, targets: np.ndarray, groups: np.ndarray, folds: np.ndarray
) -> dict[str, Any]:
    """Compute how far the probabilities are off, and a temperature that mends it.

    It is offered where the error exceeds the noise, and where the temperature fitted on the other folds
    lowers the log loss of a fold: `cross_entropy_calibrated`.
    """
    confidence, correct = probabilities.max(axis=1), probabilities.argmax(axis=1) == targets
    error, noise = calibration_error(confidence, correct), calibration_noise(confidence, groups=groups)
    lot = np.random.default_rng(0).permutation(len(targets))
    lot = lot[: max(1000, _FITTED_PROBABILITIES // probabilities.shape[1])]
    drawn, true, fold = probabilities[lot], targets[lot], folds[lot]
    scaled = drawn.astype(float)
    for one in np.unique(fold):
        inside = fold == one
        if not inside.all():
            temperature = fit_temperature(drawn[~inside], true[~inside])
            scaled[inside] = apply_temperature(drawn[inside], temperature)
    gain = cross_entropy(drawn, true) - cross_entropy(scaled, true)
    return {
        "error": error,
        "noise": noise,
        "temperature": fit_temperature(drawn, true),
        # Of all pictures, as far as those drawn can tell, to be compared with what it is without temperature.
        "cross_entropy_calibrated": cross_entropy(probabilities, targets) - gain,
        "offered": bool(error > noise and gain > 0),
    }
