"""What a model answers in groups of labels, and the answer that costs the least."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from poetcore.system.figures import confidence
from poetcore.system.wording import in_sentence
from poetcore.workspace.label_groups import OTHER_COST, LabelGroups

if TYPE_CHECKING:
    from poetcore.evaluation.classifier import Prediction

__all__ = [
    "Decision",
    "GroupCall",
    "cost_matrix",
    "cost_words",
    "decide",
    "decide_predictions",
    "group_probabilities",
    "group_words",
    "least_costs",
    "memberships",
    "predicted_groups",
]

#: Costs that differ by less are the same: probabilities are in float32.
_SAME = 1e-6


@dataclass(frozen=True)
class GroupCall:
    """What is predicted of one picture and one group.

    Attributes:
        group: its name.
        probability: that the picture has a label of it, 0 to 1.
        threshold: from which on it is predicted; None where the most probable label decides.
        predicted: whether it is.
    """

    group: str
    probability: float
    threshold: float | None
    predicted: bool


@dataclass(frozen=True)
class Decision:
    """What a run's groups and costs make of one prediction.

    Attributes:
        groups: one entry a group, in the order in which they were named.
        label: the answer with the least expected cost; None where there are no costs.
        cost: what that answer costs on average, by the model's probabilities; None likewise.
        usual: what the most probable label costs likewise.
    """

    groups: tuple[GroupCall, ...] = ()
    label: str | None = None
    cost: float | None = None
    usual: float | None = None

    def values(self) -> dict[str, Any]:
        """Return it as JSON has it: `groups`, and `least_cost` where there are costs."""
        found: dict[str, Any] = {"groups": [asdict(one) for one in self.groups]}
        if self.label is not None:
            found["least_cost"] = {"label": self.label, "cost": self.cost, "most_probable_label": self.usual}
        return found


def memberships(groups: LabelGroups, labels: Sequence[str]) -> np.ndarray:
    """Return which labels are in which group, `(labels, groups) bool`."""
    found = np.array([[label in own for own in groups.groups.values()] for label in labels], bool)
    return found.reshape(len(labels), len(groups.groups))


def group_probabilities(
    groups: LabelGroups, labels: Sequence[str], probabilities: np.ndarray, *, several: bool = False
) -> np.ndarray:
    """Compute the probability that a picture has a label of a group, `(n, groups) float64`.

    Of one label a picture it is the sum over the group. Where a picture may have several it is that of the
    most probable label of the group: how they hang together is not known, and it is that at least.

    Args:
        groups: of the run.
        labels: in the order of the probabilities.
        probabilities: `(n, labels)`.
        several: whether a picture may have several labels.
    """
    inside = memberships(groups, labels)
    shares = np.asarray(probabilities, float)
    if several:
        return np.stack([shares[:, own].max(axis=1) for own in inside.T], axis=1)
    sums: np.ndarray = np.clip(shares @ inside, 0.0, 1.0)
    return sums


def predicted_groups(
    groups: LabelGroups,
    labels: Sequence[str],
    probabilities: np.ndarray,
    label_thresholds: np.ndarray | None = None,
    *,
    usual: bool = False,
) -> np.ndarray:
    """Return which groups are predicted for pictures, `(n, groups) bool`.

    A group with a threshold is where its probability reaches it, any other where the most probable label, or
    one of the predicted labels, is one of it.

    Args:
        groups: of the run.
        labels: in the order of the probabilities.
        probabilities: `(n, labels)`.
        label_thresholds: `(labels,)`, of a run of several labels a picture; None of any other.
        usual: pass over the thresholds of groups.
    """
    inside = memberships(groups, labels)
    if label_thresholds is None:
        said = inside[np.asarray(probabilities).argmax(axis=1)]
    else:
        said = (probabilities >= label_thresholds) @ inside
    if usual or not groups.thresholds:
        return np.asarray(said, bool)
    several = label_thresholds is not None
    shares = group_probabilities(groups, labels, probabilities, several=several)
    least = [groups.thresholds.get(name) for name in groups.groups]
    for place, threshold in enumerate(least):
        if threshold is not None:
            said[:, place] = shares[:, place] >= threshold
    return np.asarray(said, bool)


def cost_matrix(groups: LabelGroups, labels: Sequence[str]) -> np.ndarray:
    """Return what each kind of mistake costs, `(labels, labels) float64`: `C[i, j]`, label i answered as j.

    What is right costs nothing, a mistake that nobody named `OTHER_COST`. Of costs for the same mistake the
    one that means fewer kinds counts, of such that mean as many the last.

    >>> from poetcore.workspace.label_groups import Cost
    >>> groups = LabelGroups({"alarm": ("fire", "smoke")}, costs=(Cost("alarm", "misc", 50.0),))
    >>> cost_matrix(groups, ["fire", "misc", "smoke"]).tolist()
    [[0.0, 50.0, 1.0], [1.0, 0.0, 1.0], [1.0, 50.0, 0.0]]
    """
    place = {label: number for number, label in enumerate(labels)}
    costs = np.full((len(labels), len(labels)), OTHER_COST)
    kinds = [(groups.members(one.true), groups.members(one.predicted), one.cost) for one in groups.costs]
    for true, predicted, cost in sorted(kinds, key=lambda kind: -len(kind[0]) * len(kind[1])):
        costs[np.ix_([place[label] for label in true], [place[label] for label in predicted])] = cost
    np.fill_diagonal(costs, 0.0)
    return costs


def least_costs(costs: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the answers that cost the least on average, if the probabilities can be believed.

    The expected cost of answer j is the sum over i of p_i C[i, j]; of answers that cost the same it is the
    most probable one.

    Source: R. Duda, P. Hart, D. Stork, "Pattern Classification" (2001), section 2.2, Bayes decision rule; C.
    Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.

    Args:
        costs: of `cost_matrix`.
        probabilities: `(n, labels)`.

    Returns:
        The labels answered, `(n,) int64`, and the expected cost of every answer, `(n, labels) float64`.
    """
    shares = np.asarray(probabilities, float)
    expected = shares @ costs
    least = expected.min(axis=1, keepdims=True)
    tied = expected <= least + _SAME * np.maximum(1.0, least)
    return np.where(tied, shares, -1.0).argmax(axis=1), expected


def decide(
    groups: LabelGroups,
    labels: Sequence[str],
    probabilities: np.ndarray,
    label_thresholds: np.ndarray | None = None,
) -> list[Decision]:
    """Return what a run's groups and costs make of predictions, one decision a picture.

    Args:
        groups: of the run, as `current_label_groups` returns them.
        labels: in the order of the probabilities.
        probabilities: `(n, labels)`.
        label_thresholds: `(labels,)`, of a run of several labels a picture; None of any other.
    """
    shares = np.asarray(probabilities)
    if not groups or not len(shares):
        return [Decision()] * len(shares)
    several = label_thresholds is not None
    said = predicted_groups(groups, labels, shares, label_thresholds)
    own = group_probabilities(groups, labels, shares, several=several)
    calls = [
        tuple(
            GroupCall(name, share, groups.thresholds.get(name), there)
            for name, share, there in zip(groups.groups, *row, strict=True)
        )
        for row in zip(own.tolist(), said.tolist(), strict=True)
    ]
    if several or not groups.costs:
        return [Decision(row) for row in calls]
    answers, expected = least_costs(cost_matrix(groups, labels), shares)
    return [
        Decision(row, labels[best], float(costs[best]), float(costs[usual]))
        for row, best, costs, usual in zip(calls, answers, expected, shares.argmax(axis=1), strict=True)
    ]


def decide_predictions(groups: LabelGroups, found: Sequence["Prediction"]) -> list[Decision]:
    """Return what a run's groups and costs make of its predictions; of pictures that cannot be used nothing.

    Args:
        groups: of the run, as `current_label_groups` returns them.
        found: of one run.
    """
    usable = [one for one in found if one.probabilities is not None]
    if not usable:
        return [Decision()] * len(found)
    shares = np.stack([one.probabilities for one in usable if one.probabilities is not None])
    decisions = iter(decide(groups, usable[0].labels, shares, usable[0].thresholds))
    return [Decision() if one.probabilities is None else next(decisions) for one in found]


def group_words(calls: Iterable[GroupCall], *, shares: bool = True) -> str:
    """Return the groups that are predicted, as they stand beside a label: "alarm 97 %", or "none".

    Args:
        calls: of a picture.
        shares: whether the probability of a group is told.

    >>> group_words([GroupCall("alarm", 0.31, 0.2, True), GroupCall("calm", 0.69, 0.9, False)])
    'alarm 31 %'
    """
    there = [
        in_sentence(one.group) + (f" {confidence(one.probability)}" if shares else "")
        for one in calls
        if one.predicted
    ]
    return ", ".join(there) or "none"


def cost_words(decision: Decision) -> str:
    """Return the answer that costs the least, with what it costs; "" where there are no costs.

    >>> cost_words(Decision((), "smoke", 0.8, 2.5))
    'Least expected cost: smoke (0.80, the most probable label 2.50)'
    """
    if decision.label is None:
        return ""
    costs = f"{decision.cost:.2f}, the most probable label {decision.usual:.2f}"
    same = decision.cost == decision.usual
    return f"Least expected cost: {in_sentence(decision.label)} ({f'{decision.cost:.2f}' if same else costs})"
