"""The threshold of a group for a wanted recall, chosen on cross-validated predictions of training pictures.

Not on demo pictures: a threshold that is chosen on those that then tell its recall would promise too much.
"""

import math
from dataclasses import replace

import numpy as np

from poetcore.errors import OptionError
from poetcore.evaluation.label_groups.cross_validated import cross_validated_predictions
from poetcore.evaluation.label_groups.decisions import group_probabilities
from poetcore.evaluation.label_groups.figures import group_truth
from poetcore.system.figures import percent
from poetcore.system.wording import counted, in_sentence
from poetcore.workspace.label_groups import LabelGroups, write_label_groups
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.run import Run

__all__ = ["current_label_groups", "set_label_groups", "threshold_for_recall", "with_thresholds"]

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


def set_label_groups(run: Run, groups: LabelGroups) -> LabelGroups:
    """Check groups and costs, choose their thresholds and keep them with a run; returns them as kept.

    Args:
        run: a finished run.
        groups: in place of those that it has; empty ones for none.

    Raises:
        OptionError: they do not fit the run, or a recall cannot be promised.
        RunError: a recall is wanted, and the run has no cross validation.
    """
    checked = groups.checked(run.labels())
    if checked.costs and run.record().multi_label:
        refuse_multi_label("costs")
    kept = with_thresholds(checked, run)
    write_label_groups(run.label_groups_file, kept)
    return kept


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
    found = cross_validated_predictions(run)
    own = group_probabilities(groups, found.labels, found.probabilities)
    truth = group_truth(groups, found.labels, found.true)
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
            f"A recall of {percent(wanted)} cannot be promised for {in_sentence(group)}: with"
            f" {counted(len(shares), 'picture')} of it to choose a threshold on, {percent(most)} is the most."
            " Choose a lower recall, or bring more pictures."
        )
    least = float(np.sort(shares)[passed - 1])
    if least <= 0:
        return 10.0**-12
    digits = _DIGITS - 1 - math.floor(math.log10(least))
    rounded: float = math.floor(least * 10**digits) / 10**digits
    return min(rounded, 0.999)
