"""How well a run tells its groups of labels: recall, precision, false alarms and accuracy of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from poetcore.data.label_sets import label_targets
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.decisions import memberships, predicted_groups
from poetcore.evaluation.metrics import Metrics, leak_counts_of
from poetcore.workspace.label_groups import LabelGroups

__all__ = [
    "GroupFigures",
    "GroupResult",
    "figures_json",
    "group_accuracy",
    "group_figures",
    "group_mistakes",
    "group_results",
    "group_truth",
    "independent_share",
    "results_of",
    "unseen_predictions",
]


@dataclass(frozen=True)
class GroupFigures:
    """How well one group is told from all else, each figure with its 95 % interval.

    Attributes:
        recall: of the pictures of the group, those predicted as it.
        precision: of the pictures predicted as the group, those of it.
        false_alarms: of the pictures that are not of the group, those predicted as it.
        accuracy: of all pictures, those predicted rightly as of the group or not.
    """

    recall: Accuracy
    precision: Accuracy
    false_alarms: Accuracy
    accuracy: Accuracy


@dataclass(frozen=True)
class GroupResult:
    """One group of an evaluation.

    Attributes:
        group: its name.
        labels: its labels.
        usual: where the most probable label decides, or the predicted labels of several.
        threshold: from which probability on the group is predicted; None where it has no threshold.
        chosen: with that threshold; None without one.
    """

    group: str
    labels: tuple[str, ...]
    usual: GroupFigures
    threshold: float | None = None
    chosen: GroupFigures | None = None

    @property
    def figures(self) -> GroupFigures:
        """Those of the run as it is set: with the threshold where there is one."""
        return self.chosen or self.usual


def group_results(groups: LabelGroups, evaluation: Evaluation) -> list[GroupResult]:
    """Compute the figures of each group on the demo pictures that were not seen in training.

    Args:
        groups: of the run, as `current_label_groups` returns them.
        evaluation: of the run; of labels that it had then.
    """
    metrics = evaluation.metrics
    table = unseen_predictions(evaluation)
    labels = metrics.labels
    probabilities = table[[f"p_{label}" for label in labels]].to_numpy(float)
    several = metrics.multi_label is not None
    thresholds = np.array([metrics.per_label[label]["threshold"] for label in labels]) if several else None
    truth = group_truth(groups, labels, table["label"], several=several)
    return results_of(groups, labels, probabilities, truth, independent_share(metrics), thresholds)


def results_of(
    groups: LabelGroups,
    labels: Sequence[str],
    probabilities: np.ndarray,
    truth: np.ndarray,
    independent: float,
    label_thresholds: np.ndarray | None = None,
) -> list[GroupResult]:
    """Compute the figures of each group on pictures, without and with its threshold.

    Args:
        groups: of the run.
        labels: in the order of the probabilities.
        probabilities: `(n, labels)`.
        truth: of `group_truth`.
        independent: the share of independent pictures among them, where some are near duplicates.
        label_thresholds: `(labels,)`, of a run of several labels a picture; None of any other.
    """
    usual = predicted_groups(groups, labels, probabilities, label_thresholds, usual=True)
    said = predicted_groups(groups, labels, probabilities, label_thresholds)
    found = []
    for place, (name, own) in enumerate(groups.groups.items()):
        threshold = groups.thresholds.get(name)
        one, other = (group_figures(truth[:, place], rule[:, place], independent) for rule in (usual, said))
        found.append(GroupResult(name, own, one, threshold, None if threshold is None else other))
    return found


def group_accuracy(groups: LabelGroups, evaluation: Evaluation) -> Accuracy:
    """Return the accuracy where a mistake within a group counts as right, without pictures seen in training.

    Labels that are in no group stand for themselves; a label is predicted where it is the most probable one.
    """
    table = unseen_predictions(evaluation)
    true, said = (table[name].map(groups.group_of) for name in ("label", "predicted"))
    return _accuracy(int((true == said).sum()), len(table), independent_share(evaluation.metrics))


def group_figures(truth: np.ndarray, said: np.ndarray, independent: float = 1.0) -> GroupFigures:
    """Count how well a group is told.

    >>> found = group_figures(np.array([True, True, False, False]), np.array([True, False, True, False]))
    >>> found.recall.value, found.precision.value, found.false_alarms.value, found.accuracy.value
    (0.5, 0.5, 0.5, 0.5)

    Args:
        truth: `(n,) bool`, which pictures are of the group.
        said: `(n,) bool`, which are predicted as it.
        independent: the share of independent pictures among them, where some are near duplicates.
    """

    def of(right: np.ndarray, among: np.ndarray) -> Accuracy:
        return _accuracy(int((right & among).sum()), int(among.sum()), independent)

    every = np.ones(len(truth), bool)
    return GroupFigures(of(said, truth), of(truth, said), of(said, ~truth), of(truth == said, every))


def group_truth(
    groups: LabelGroups, labels: Sequence[str], true: Iterable[str], *, several: bool = False
) -> np.ndarray:
    """Return which pictures are of which group, `(n, groups) bool`.

    Args:
        groups: of the run.
        labels: of the run.
        true: `(n,)` true labels, or label sets.
        several: whether they are label sets.
    """
    inside = memberships(groups, labels)
    if several:
        return np.asarray(label_targets(true, labels) @ inside > 0, bool)
    place = {label: number for number, label in enumerate(labels)}
    return np.asarray(inside[[place[label] for label in true]], bool)


def unseen_predictions(evaluation: Evaluation) -> pd.DataFrame:
    """Return the predictions of the pictures that are not known to have been seen in training."""
    return evaluation.predictions[leak_counts_of(evaluation.predictions)[1]]


def independent_share(metrics: Metrics) -> float:
    """Return which share of the unseen pictures is independent, where some are near duplicates; 1 if unknown.

    Near duplicates make each group's figures as much less sure as the accuracy.
    """
    number, of = metrics.independent_without_leaked, metrics.unseen
    if number is None or not of:
        number, of = metrics.independent, metrics.total
    return 1.0 if number is None or not of else min(1.0, number / of)


def figures_json(figures: GroupFigures) -> dict[str, Any]:
    """Return figures as JSON has them: each a `value`, its `interval`, `correct` and `total`."""
    return {
        name: {
            "value": one.value,
            "interval": None if one.interval is None else list(one.interval),
            "correct": one.correct,
            "total": one.total,
        }
        for name, one in (
            (name, getattr(figures, name)) for name in ("recall", "precision", "false_alarms", "accuracy")
        )
    }


def _accuracy(right: int, among: int, independent: float) -> Accuracy:
    return Accuracy(right, among, max(1.0, independent * among) if independent < 1 else None)


def group_mistakes(groups: LabelGroups, evaluation: Evaluation) -> dict[tuple[str, str], pd.DataFrame]:
    """Return the demo pictures, not seen in training, of which a group is told wrongly.

    Args:
        groups: of the run, as `current_label_groups` returns them.
        evaluation: of the run, of one label a picture.

    Returns:
        (group, "missed" or "false alarms") -> rows of its predictions.
    """
    table, labels = unseen_predictions(evaluation), evaluation.metrics.labels
    probabilities = table[[f"p_{label}" for label in labels]].to_numpy(float)
    truth, said = (
        group_truth(groups, labels, table["label"]),
        predicted_groups(groups, labels, probabilities),
    )
    found = {}
    for place, name in enumerate(groups.groups):
        found[name, "missed"] = table[truth[:, place] & ~said[:, place]]
        found[name, "false alarms"] = table[~truth[:, place] & said[:, place]]
    return found
