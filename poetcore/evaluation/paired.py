"""Two models on the same pictures: the difference of their accuracies, and whether it may be chance."""

import math
from collections.abc import Sequence

import numpy as np

from poetcore.evaluation.accuracy import Z95, independent_number

__all__ = ["SURE", "discordant", "holm", "mcnemar", "paired_difference"]

#: A difference with a smaller p-value is called unlikely to be chance.
SURE = 0.05


def mcnemar(only_a: int, only_b: int) -> float:
    """Compute McNemar's exact p-value: how often chance alone makes two equal models differ this much.

    Pictures that both label right, or both wrong, say nothing about which is better. Of the others each model
    would get half, so the smaller number is binomial with probability 1/2; the p-value is two-sided.

    Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947), 153-157, with the exact binomial in place of its approximation.

    >>> mcnemar(1, 9), mcnemar(4, 4), mcnemar(0, 0)
    (0.021484375, 1.0, 1.0)

    Args:
        only_a: pictures that A alone labels right.
        only_b: pictures that B alone labels right.

    Returns:
        The p-value, 0 to 1.
    """
    n = only_a + only_b
    term = tail = 1  # of C(n, 0) and their sum, in whole numbers: exact, however small the share
    for k in range(min(only_a, only_b)):
        term = term * (n - k) // (k + 1)
        tail += term
    return min(1.0, 2 * tail / (1 << n))


def discordant(
    correct_a: np.ndarray, correct_b: np.ndarray, groups: np.ndarray | None = None
) -> tuple[int, int]:
    """Count what only one of two models labels right, a group of near duplicates as one.

    Twenty frames of a burst are right or wrong together, so they are one vote in `mcnemar`: for the model
    that labels more of them right, and for none where both label as many.

    >>> right, wrong = np.array([True]), np.array([False])
    >>> discordant(right, wrong), discordant(wrong, right)
    ((1, 0), (0, 1))

    Args:
        correct_a: `(n,) bool`, whether A labels each picture right.
        correct_b: `(n,) bool`, likewise B.
        groups: `(n,) int64`, the number of each picture's group; None where each stands by itself.

    Returns:
        How many A alone labels right, and how many B alone.
    """
    votes = np.asarray(correct_b, bool).astype(int) - np.asarray(correct_a, bool)
    if groups is not None and len(groups):
        votes = np.bincount(groups, weights=votes)
    return int((votes < 0).sum()), int((votes > 0).sum())


def paired_difference(
    correct_a: np.ndarray, correct_b: np.ndarray, groups: np.ndarray | None = None
) -> tuple[float, tuple[float, float]]:
    """Compute by how much B's accuracy is above A's on the same pictures, with its 95 % interval.

    The interval is the adjusted Wald interval: one picture is added to each of the two kinds that one model
    alone labels right. Near duplicates make it as much wider as they make that of an accuracy; see
    `independent_number`.

    Source: D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of binomial
    proportions based on paired data", Journal of Educational and Behavioral Statistics 37 (2012), 479-488.

    Args:
        correct_a: `(n,) bool`, whether A labels each picture right; at least one.
        correct_b: `(n,) bool`, likewise B.
        groups: `(n,) int64`, the number of each picture's group; None where each stands by itself.

    Returns:
        The difference, -1 to 1, above 0 where B is better, and the interval's ends.
    """
    a, b = np.asarray(correct_a, bool), np.asarray(correct_b, bool)
    n = len(a) if groups is None else independent_number(groups)
    share_a, share_b = float((a & ~b).mean()), float((b & ~a).mean())
    more_a, more_b = ((share * n + 1) / (n + 2) for share in (share_a, share_b))
    centre = more_b - more_a
    half = Z95 * math.sqrt((more_a + more_b - centre**2) / (n + 2))
    return share_b - share_a, (max(-1.0, centre - half), min(1.0, centre + half))


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for how many comparisons were made, in their order: Holm's step-down method.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979), 65-70.

    >>> holm([0.03, 0.01, 0.5])
    [0.06, 0.03, 0.5]
    """
    corrected, highest = list(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda one: p_values[one])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected
