"""Figures of models that give a picture several labels: thresholds, precision and recall, co-occurrence."""

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["best_threshold", "best_thresholds", "cooccurrence", "label_figures", "macro_f1", "sureness"]

#: A threshold is not farther out: there a few pictures would decide alone.
_LOWEST, _HIGHEST = 0.05, 0.95


def best_threshold(probabilities: np.ndarray, has: np.ndarray) -> float:
    """Return the threshold with the highest F1 of a label, 0.5 where no picture has it.

    It lies halfway between two probabilities; of several that are as good the one nearest to 0.5.

    Source: Z. Lipton, C. Elkan, B. Naryanaswamy, "Optimal thresholding of classifiers to maximize F1
    measure", ECML PKDD 2014; there it is half of the best F1, if the probabilities are calibrated.

    Args:
        probabilities: `(n,)`, of pictures that the model was not trained on.
        has: `(n,) bool`, whether each has the label.
    """
    if not has.any():
        return 0.5
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    right = np.cumsum(has[order])
    f1 = 2 * right / (np.arange(1, len(ranked) + 1) + has.sum())
    after = np.append(ranked[1:], 0.0)
    between = np.clip((ranked + after) / 2, _LOWEST, _HIGHEST)
    f1[ranked == after] = -1  # no threshold lies between two that are the same
    best = np.flatnonzero(f1 >= f1.max() - 1e-9)
    return float(between[best[np.abs(between[best] - 0.5).argmin()]])


def best_thresholds(probabilities: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the threshold of each label, `(labels,) float64`; see `best_threshold`.

    Args:
        probabilities: `(n, labels)`.
        targets: `(n, labels)` of 0 and 1.
    """
    return np.array(
        [best_threshold(own, has == 1) for own, has in zip(probabilities.T, targets.T, strict=True)], float
    )


def label_figures(
    predicted: np.ndarray, targets: np.ndarray, labels: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Compute precision, recall, F1, support and predictions of each label; what is 0/0 is None.

    precision = pictures that have the label and are predicted to / predicted; recall = the same / support;
    F1 = 2 times the same / (predicted + support). Of a label that no picture has nothing is known.

    >>> told = label_figures(np.array([[1, 0], [1, 0]]), np.array([[1, 0], [0, 0]]), ["fire", "smoke"])
    >>> told["fire"]["precision"], told["fire"]["recall"], told["smoke"]["recall"]
    (0.5, 1.0, None)

    Args:
        predicted: `(n, labels)` of 0 and 1.
        targets: likewise.
        labels: in the order of the columns.
    """
    found: dict[str, dict[str, Any]] = {}
    for label, said, has in zip(labels, predicted.T == 1, targets.T == 1, strict=True):
        right, support, times = int((said & has).sum()), int(has.sum()), int(said.sum())
        found[label] = {
            "precision": right / times if support and times else None,
            "recall": right / support if support else None,
            "f1": 2 * right / (support + times) if support else None,
            "support": support,
            "predicted": times,
        }
    return found


def macro_f1(per_label: dict[str, dict[str, Any]]) -> float | None:
    """Return the mean F1 of the labels that some picture has; None where there is none."""
    scores = [one["f1"] for one in per_label.values() if one["support"]]
    return float(np.mean(scores)) if scores else None


def cooccurrence(sets: np.ndarray) -> list[list[int]]:
    """Count the pictures that have two labels: `C[i][j]` have label i and label j, `C[i][i]` have label i.

    >>> cooccurrence(np.array([[1, 1], [1, 0]]))
    [[2, 1], [1, 1]]

    Args:
        sets: `(n, labels)` of 0 and 1.
    """
    counts = sets.astype(np.int64)
    return [[int(count) for count in row] for row in counts.T @ counts]


def sureness(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Return how sure a model is of each picture's label set: as sure as of the label it is least sure of.

    Args:
        probabilities: `(n, labels)`.
        thresholds: `(labels,)`.

    Returns:
        `(n,)`: the least probability of a label that is predicted to be there or, one minus it, not there.
    """
    has = probabilities >= thresholds
    least: np.ndarray = np.where(has, probabilities, 1 - probabilities).min(axis=1)
    return least
