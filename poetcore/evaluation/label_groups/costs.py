"""What the answers of a run cost: the most probable label always, against the one that costs the least."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.decisions import cost_matrix, least_costs
from poetcore.evaluation.label_groups.figures import independent_share, unseen_predictions
from poetcore.system.figures import UNKNOWN
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.not_offered import refuse_multi_label

__all__ = ["CostReport", "MeanCost", "compute_costs", "evaluation_costs"]

#: Pictures that costs are told of.
_PER = 100


@dataclass(frozen=True)
class MeanCost:
    """What 100 pictures cost, or how much less they do.

    Attributes:
        value: per 100 pictures, in the unit of the costs; None where there are no pictures.
        interval: its 95 % interval; None likewise.
    """

    value: float | None
    interval: tuple[float, float] | None

    @property
    def short(self) -> str:
        """The figure alone, as people read it: `8.3`, "–" where it is not known."""
        return UNKNOWN if self.value is None else _figure(self.value)

    @property
    def range(self) -> str:
        """The interval alone, as people read it: `4.2 to 12.0`; "not known" where there are no pictures."""
        return "not known" if self.interval is None else " to ".join(map(_figure, self.interval))

    def __str__(self) -> str:
        if self.value is None:
            return "not known (no pictures)"
        return f"{self.short} per {_PER} pictures (95 % interval {self.range})"


@dataclass(frozen=True)
class CostReport:
    """What the answers to pictures cost.

    Attributes:
        total: pictures.
        usual: where the most probable label is the answer.
        least: where the answer with the least expected cost is, by the model's probabilities.
        saved: how much less the second costs than the first, on the same pictures.
        changed: pictures that get another answer.
        expected: what the model expects the second to cost per 100 pictures; far from `least` where its
            probabilities cannot be believed. None where there are no pictures.
        answers: `(total,)`, the answer of each picture that costs the least, as a label.
    """

    total: int
    usual: MeanCost
    least: MeanCost
    saved: MeanCost
    changed: int
    expected: float | None
    answers: tuple[str, ...]


def evaluation_costs(groups: LabelGroups, evaluation: Evaluation) -> CostReport:
    """Compute what the answers to the demo pictures cost that were not seen in training.

    Args:
        groups: of the run, with costs.
        evaluation: of the run.

    Raises:
        OptionError: a picture may have several labels.
    """
    metrics = evaluation.metrics
    if metrics.multi_label:
        refuse_multi_label("costs")
    table = unseen_predictions(evaluation)
    probabilities = table[[f"p_{label}" for label in metrics.labels]].to_numpy(float)
    return compute_costs(
        groups, metrics.labels, probabilities, table["label"].tolist(), independent_share(metrics)
    )


def compute_costs(
    groups: LabelGroups,
    labels: Sequence[str],
    probabilities: np.ndarray,
    true: Sequence[str],
    independent: float = 1.0,
) -> CostReport:
    """Compute what the answers to pictures cost.

    Args:
        groups: with costs.
        labels: in the order of the probabilities.
        probabilities: `(n, labels)`, calibrated.
        true: the true label of each.
        independent: the share of independent pictures among them, where some are near duplicates.
    """
    costs = cost_matrix(groups, labels)
    place = {label: number for number, label in enumerate(labels)}
    rows = np.array([place[label] for label in true], np.int64)
    probable = np.asarray(probabilities).argmax(axis=1)
    answers, expected = least_costs(costs, probabilities)
    usual, least = costs[rows, probable], costs[rows, answers]
    possible = costs[np.unique(rows)] if len(rows) else costs
    kinds = np.unique(possible[possible > 0])
    # Where another label is the answer, the picture could have had any of the true labels.
    others = answers != probable
    differences = np.unique(possible[:, probable[others]] - possible[:, answers[others]])
    number = len(rows)
    return CostReport(
        number,
        _mean(usual, kinds, independent),
        _mean(least, kinds, independent),
        _mean(usual - least, differences[differences != 0], independent),
        int((answers != probable).sum()),
        _PER * float(expected[np.arange(number), answers].mean()) if number else None,
        tuple(labels[answer] for answer in answers),
    )


def _mean(costs: np.ndarray, kinds: np.ndarray, independent: float) -> MeanCost:
    """Return what 100 pictures cost on average, and how sure that is.

    Each kind of cost has a share of the pictures with its Wilson interval, also one that occurred not once:
    how rare the dearest mistake is tells little where it was never seen. The limits of the sum are recovered
    from theirs.

    Source: G. Zou, A. Donner, "Construction of confidence limits about effect measures: a general approach",
    Statistics in Medicine 27 (2008), 1693-1702 (MOVER).

    Args:
        costs: `(n,)`, of each picture.
        kinds: the costs other than 0 that a picture can have.
        independent: the share of independent pictures.
    """
    number = len(costs)
    if not number:
        return MeanCost(None, None)
    below = above = 0.0
    for kind in kinds.tolist():
        share = Accuracy(int((costs == kind).sum()), number, max(1.0, independent * number))
        ends = share.interval or (0.0, 1.0)
        far = sorted((end - (share.value or 0.0)) * kind for end in ends)
        below, above = below + far[0] ** 2, above + far[1] ** 2
    mean = float(costs.mean())
    low, high = mean - math.sqrt(below), mean + math.sqrt(above)
    if not (kinds < 0).any():
        low = max(0.0, low)
    return MeanCost(_PER * mean, (_PER * low, _PER * high))


def _figure(cost: float) -> str:
    """Return a cost with no more digits than it is worth: `0.42`, `8.3`, `120`."""
    digits = 2 if abs(cost) < 1 else 1 if abs(cost) < 100 else 0
    return f"{cost:,.{digits}f}"
