"""Which of many trials to choose, honestly: the best of many looks better than it is.

Every trial predicts the same pictures, each by a layer that was trained without the picture's fold. Trials
are compared in pairs with the best one, all together, so that of a hundred equal ones none seems worse by
chance. How good the choice is, is measured on pictures that took no part in it: it is made again without each
fold, by layers that were trained without that fold too, and tried on the fold.

Source: S. Varma and R. Simon, "Bias in error estimation when using cross-validation for model selection", BMC
Bioinformatics 7 (2006), 91.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from poetcore.evaluation.paired import discordant, mcnemar
from poetcore.training.cross_validation import VARIANCE_FACTOR

__all__ = ["Evidence", "compared", "nested", "picked"]

#: Random signs from which p-values and intervals come: a p-value of 0.05 is sure to half a hundredth.
_DRAWS = 2000

#: Signs that are drawn at once, a byte each, and multiplied at once, four bytes each.
_AT_ONCE, _MULTIPLIED = 20_000_000, 2_000_000

#: A trial is as good as the best where the corrected p-value is not below this.
_LEVEL = 0.05


@dataclass(frozen=True)
class Evidence:
    """What the trials predicted, of every picture that a layer could be tested on.

    Attributes:
        correct: `(trials, n, folds) bool`; [t, p, i]: whether trial t labels picture p right by the layer
            that was trained without the fold of p and without fold i. Where i is the fold of p, that is the
            layer of the ordinary cross validation.
        loss: `(trials, folds, folds) float`; [t, j, i]: the summed log loss of the pictures of fold j, by
            the same layers.
        folds: `(n,) int64`, the fold of each picture, from 0.
        groups: `(n,) int64`, its group, which no fold divides.
    """

    correct: np.ndarray
    loss: np.ndarray
    folds: np.ndarray
    groups: np.ndarray

    def whole(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what the ordinary cross validation found.

        Returns:
            `(trials, n) bool`, which pictures are labelled right, and `(trials,) float`, the summed log loss.
        """
        right = self.correct[:, np.arange(len(self.folds)), self.folds]
        return right, self.loss.diagonal(axis1=1, axis2=2).sum(axis=1)

    def without(self, fold: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what is known without a fold: no layer and no figure has seen its pictures.

        Returns:
            `(trials, m) bool`, which of the others are labelled right, `(trials,) float`, their summed log
            loss, and `(m,) int64`, their groups.
        """
        others = self.folds != fold
        rest = np.arange(self.loss.shape[1]) != fold
        return self.correct[:, others, fold], self.loss[:, rest, fold].sum(axis=1), self.groups[others]


def picked(right: np.ndarray, loss: np.ndarray, order: Sequence[int], table: pd.DataFrame) -> tuple[int, int]:
    """Pick the best trial, and the simplest that is as good.

    Args:
        right: `(trials, n) bool`, which pictures each labels right.
        loss: `(trials,) float`, log loss of each; of several as accurate ones the lowest is best.
        order: the trials from the simplest on.
        table: what `compared` found of them.
    """
    as_good = table["as_good"].to_numpy()
    return _best(right, loss), next(trial for trial in order if as_good[trial])


def compared(right: np.ndarray, loss: np.ndarray, groups: np.ndarray) -> pd.DataFrame:
    """Compare every trial with the best one, picture by picture.

    The test is a permutation test on the groups' signs, of which McNemar's is the case of two trials and
    groups of one: were a trial as good as all others, each group could as well have had their results
    exchanged. The same signs are drawn for all trials, and what is compared is the largest of the differences
    from one trial to all others, each divided by its standard deviation (Westfall and Young's maximum): so it
    holds for all trials together, and alike ones cost nothing. As in `cross_validated_accuracy`, the variance
    is multiplied by `VARIANCE_FACTOR`, because the training pictures are a draw too.

    Source: P. H. Westfall and S. S. Young, "Resampling-based multiple testing" (1993), section 2.3.

    Args:
        right: `(trials, n) bool`, which pictures each labels right.
        loss: `(trials,) float`, log loss of each.
        groups: `(n,) int64`, the group of each picture.

    Returns:
        One row a trial, in their order: `COMPARED` without `number`.
    """
    best = _best(right, loss)
    sums = _sums(right, groups)
    signed, products = _signed(sums), sums.T.astype(float) @ sums
    totals, squares = right.sum(axis=1), products.diagonal()
    factor = np.sqrt(VARIANCE_FACTOR)
    rows = []
    for trial in range(len(right)):
        deviation = np.sqrt(squares[trial] + squares - 2 * products[trial])
        scale = np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > 0)
        largest = ((signed - signed[:, [trial]]) * scale).max(axis=1)
        difference = int(totals[trial]) - int(totals[best])
        reached = -difference * scale[best] / factor
        half = float(np.quantile(largest, 1 - _LEVEL)) * deviation[best] * factor
        low, high = ((difference + end) / right.shape[1] for end in (-half, half))
        p_value = mcnemar(*discordant(right[trial], right[best], groups))
        p_corrected = float((1 + (largest >= reached - 1e-9).sum()) / (len(largest) + 1))
        p_corrected = max(p_value, p_corrected)
        row = (difference / right.shape[1], max(-1.0, low), min(1.0, high), p_value, p_corrected)
        rows.append((*row, p_corrected >= _LEVEL))
    names = ["difference", "low", "high", "p_value", "p_corrected", "as_good"]
    return pd.DataFrame(rows, columns=names)


def nested(evidence: Evidence, order: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Choose without each fold in turn, and try the choice on that fold.

    Returns:
        `(n,) bool` twice: which pictures the best labels right, and which the simplest as good.
    """
    best_right, simplest_right = (np.zeros(len(evidence.folds), bool) for _ in range(2))
    for fold in np.unique(evidence.folds).tolist():
        right, loss, groups = evidence.without(fold)
        best, simplest = picked(right, loss, order, compared(right, loss, groups))
        held_out = evidence.folds == fold
        best_right[held_out] = evidence.correct[best, held_out, fold]
        simplest_right[held_out] = evidence.correct[simplest, held_out, fold]
    return best_right, simplest_right


def _best(right: np.ndarray, loss: np.ndarray) -> int:
    return int(np.lexsort((loss, -right.sum(axis=1)))[0])


def _sums(right: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return how many pictures of each group each trial labels right, `(groups, trials) float32`."""
    _, number = np.unique(groups, return_inverse=True)
    sums = np.zeros((int(number.max(initial=-1)) + 1, len(right)), np.float32)
    np.add.at(sums, number, right.T.astype(np.float32))
    return sums


def _signed(sums: np.ndarray) -> np.ndarray:
    """Return the trials' sums over all groups with random signs, `(_DRAWS, trials) float32`."""
    generator = np.random.default_rng(0)
    at_once, multiplied = (max(1, most // max(1, len(sums))) for most in (_AT_ONCE, _MULTIPLIED))
    parts = []
    for start in range(0, _DRAWS, at_once):
        signs = generator.integers(0, 2, (min(at_once, _DRAWS - start), len(sums)), np.int8)
        parts += [
            (signs[begin : begin + multiplied].astype(np.float32) * 2 - 1) @ sums
            for begin in range(0, len(signs), multiplied)
        ]
    return np.concatenate(parts)
