"""The threshold of a group for a wanted recall, chosen on cross-validated predictions of training pictures.

Not on demo pictures: a threshold that is chosen on those that then tell its recall would promise too much.
"""

import math
from dataclasses import replace

import numpy as np

from poetcore.errors import OptionError, RunError
from poetcore.evaluation.calibration import apply_temperature
from poetcore.evaluation.label_groups.decisions import group_probabilities
from poetcore.evaluation.label_groups.figures import GroupResult, group_truth, results_of
from poetcore.system.figures import percent
from poetcore.system.wording import counted, in_sentence
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.run import Run

__all__ = ["cross_validated_results", "current_label_groups", "threshold_for_recall", "with_thresholds"]

#: Digits of a threshold.
_DIGITS = 3


def current_label_groups(run: Run) -> LabelGroups:
    """Return the groups of a run as they hold now.

    Where the run was calibrated since a threshold was chosen for a recall, it is chosen anew; nothing is
    written.

    Raises:
        RunError: they, or what they need, are damaged.
    """
    groups = run.label_groups()
    if not groups.recalls or groups.temperature == run.temperature():
        return groups
    return with_thresholds(groups, run)


def with_thresholds(groups: LabelGroups, run: Run) -> LabelGroups:
    """Return groups with the thresholds for their wanted recalls.

    Args:
        groups: as `LabelGroups.checked` returns them.
        run: whose cross-validated predictions decide.

    Raises:
        OptionError: there are too few pictures for a recall, or a picture may have several labels.
        RunError: the run has no cross validation.
    """
    groups = replace(groups, temperature=run.temperature())
    if not groups.recalls:
        return groups
    labels, shares, true, _ = _cross_validated(run)
    own = group_probabilities(groups, labels, shares)
    truth = group_truth(groups, labels, true)
    chosen = {
        name: threshold_for_recall(own[truth[:, place], place], groups.recalls[name], name)
        for place, name in enumerate(groups.groups)
        if name in groups.recalls
    }
    return replace(groups, thresholds=groups.thresholds | chosen)


def threshold_for_recall(shares: np.ndarray, wanted: float, group: str = "the group") -> float:
    """Return the highest threshold by which a new picture of a group is found as often as wanted.

    Of n pictures the k least probable are passed over, k = (1 - wanted) (n + 1) rounded down, so that the
    recall to expect on new pictures like these is at least the one that is wanted: 1 - k / (n + 1).

    Source: V. Vovk, A. Gammerman, G. Shafer, "Algorithmic learning in a random world" (2005), section 2.2
    (inductive conformal prediction), of the pictures of one class.

    >>> threshold_for_recall(np.array([0.9, 0.8, 0.7, 0.2]), 0.6)
    0.7

    Args:
        shares: `(n,)`, the probability of the group for pictures of it, by layers that have not seen them.
        wanted: the recall, above 0 and below 1.
        group: what it is called in a message.

    Returns:
        Above 0 and below 1, rounded down to three digits.

    Raises:
        OptionError: there are too few pictures to promise so much.
    """
    passed = math.floor((1 - wanted) * (len(shares) + 1) + 1e-9)
    if passed < 1:
        most = math.floor(1000 * len(shares) / (len(shares) + 1)) / 1000
        raise OptionError(
            f"A recall of {percent(wanted)} cannot be promised for {in_sentence(group)}:"
            f" {counted(len(shares), 'picture')} of it in the cross validation are enough for"
            f" {percent(most)} at the most. Choose a lower recall, or train on more pictures."
        )
    least = float(np.sort(shares)[passed - 1])
    if least <= 0:
        return 10.0**-12
    digits = _DIGITS - 1 - math.floor(math.log10(least))
    rounded: float = math.floor(least * 10**digits) / 10**digits
    return min(rounded, 0.999)


def cross_validated_results(groups: LabelGroups, run: Run) -> list[GroupResult]:
    """Compute the figures of each group on the cross-validated predictions of the training pictures.

    Args:
        groups: of the run, as `current_label_groups` returns them.
        run: which one.

    Raises:
        OptionError: a picture may have several labels.
        RunError: the run has no cross validation, or it is damaged.
    """
    labels, shares, true, independent = _cross_validated(run)
    return results_of(groups, labels, shares, group_truth(groups, labels, true), independent)


def _cross_validated(run: Run) -> tuple[list[str], np.ndarray, list[str], float]:
    """Return labels, calibrated probabilities, true labels, and the share of independent pictures."""
    record = run.record()
    if record.multi_label:
        refuse_multi_label("group_recall")
    table, labels = run.cross_validation(), run.labels()
    names = [f"p_{label}" for label in labels]
    if not set(names) <= set(table.columns):
        raise RunError(
            f"The cross validation of the run {run.name!r} has so many pictures and labels that their"
            " probabilities were not kept: give the threshold of the group yourself."
        )
    shares = table[names].to_numpy(float)
    temperature = run.temperature()
    if temperature != 1:
        shares = apply_temperature(shares, temperature)
    found = record.cross_validation or {}
    number, of = found.get("independent"), found.get("n")
    independent = min(1.0, number / of) if number and of else 1.0
    return labels, shares, table["label"].tolist(), independent
