"""One label against the rest: precision and recall at every threshold, and the threshold for a wanted one."""

from typing import Literal

import numpy as np
import pandas as pd

from poetcore.evaluation.label_groups.recall import threshold_for_recall

__all__ = [
    "Quantity",
    "precision_recall",
    "threshold_for_precision",
    "threshold_interval",
    "wanted_threshold",
]

#: What can be wanted of a threshold.
Quantity = Literal["precision", "recall"]

#: How often pictures are drawn anew for an interval.
_DRAWS = 400


def precision_recall(scores: np.ndarray, has: np.ndarray) -> pd.DataFrame:
    """Compute precision and recall where a label is predicted from a probability on.

    precision = pictures that have the label and reach the threshold / pictures that reach it; recall = the
    same / pictures that have the label.

    >>> precision_recall(np.array([0.9, 0.6, 0.2]), np.array([True, False, True]))["precision"].tolist()
    [1.0, 0.5, 0.6666666666666666]

    Args:
        scores: `(n,)`, the probability of the label for each picture, 0 to 1.
        has: `(n,) bool`, whether it has the label; at least one.

    Returns:
        One row a probability that occurs, the highest first: threshold, precision, recall, predicted
        (pictures that reach it) and right (of them).
    """
    order = np.argsort(-scores, kind="stable")
    ranked, right = scores[order], np.cumsum(has[order])
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    predicted = last + 1
    return pd.DataFrame(
        {
            "threshold": ranked[last],
            "precision": right[last] / predicted,
            "recall": right[last] / max(int(has.sum()), 1),
            "predicted": predicted,
            "right": right[last],
        }
    )


def threshold_for_precision(scores: np.ndarray, has: np.ndarray, wanted: float) -> float | None:
    """Return the lowest threshold with such a precision, which has the highest recall; None where none has.

    Args:
        scores: `(n,)`, as in `precision_recall`.
        has: likewise.
        wanted: the precision, above 0 to 1.
    """
    curve = precision_recall(scores, has)
    good = curve.loc[(curve["precision"] >= wanted - 1e-12) & (curve["right"] > 0), "threshold"]
    return float(good.iloc[-1]) if len(good) else None


def wanted_threshold(
    scores: np.ndarray, has: np.ndarray, quantity: Quantity, wanted: float, label: str = "the label"
) -> float | None:
    """Return the threshold of a label for a wanted precision or recall; None where no precision is so high.

    Args:
        scores: `(n,)`, as in `precision_recall`, of pictures that the model was not trained on.
        has: likewise.
        quantity: what is wanted.
        wanted: how much of it, above 0 and below 1.
        label: what it is called in a message.

    Raises:
        OptionError: there are too few pictures to promise such a recall.
    """
    if quantity == "recall":
        return threshold_for_recall(scores[has], wanted, label)
    return threshold_for_precision(scores, has, wanted)


def threshold_interval(
    scores: np.ndarray, has: np.ndarray, quantity: Quantity, wanted: float, independent: float = 1.0
) -> tuple[float, float] | None:
    """Compute the 95 % interval of a threshold: how much it hangs on which pictures there happen to be.

    Pictures are drawn anew, with replacement, and the threshold is found for each draw. Where some are near
    duplicates of each other, fewer are drawn, as many as there are that differ.

    Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), section 13.3 (percentile
    interval); P. J. Bickel, F. Götze, W. R. van Zwet, Statistica Sinica 7 (1997), 1-31 (fewer draws than
    pictures).

    Args:
        scores: `(n,)`, as in `wanted_threshold`.
        has: likewise.
        quantity: what is wanted.
        wanted: how much of it.
        independent: share of the pictures that would be as certain if none were near duplicates, 0 to 1.

    Returns:
        The same for the same pictures; None where too many draws have no such threshold.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, ours = scores[order], has[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    generator, found = np.random.default_rng(0), []
    for _ in range(_DRAWS):
        drawn = generator.integers(0, len(ranked), max(1, round(independent * len(ranked))))
        times = np.bincount(drawn, minlength=len(ranked))
        right, predicted = np.cumsum(times * ours)[last], np.cumsum(times)[last]
        of = right[-1] if quantity == "recall" else predicted
        good = np.flatnonzero((right >= wanted * of - 1e-9) & (right > 0))
        if len(good):
            found.append(float(ranked[last[good[0 if quantity == "recall" else -1]]]))
    if len(found) < 0.975 * _DRAWS:
        return None
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
