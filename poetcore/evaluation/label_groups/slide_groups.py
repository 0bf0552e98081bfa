"""What is said of groups of labels and of costs beside a demo picture: a line on a slide."""

from collections.abc import Iterable, Mapping

import numpy as np

from poetcore.data.label_sets import split_set
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.decisions import decide, group_words
from poetcore.system.wording import few, in_sentence
from poetcore.workspace.label_groups import LabelGroups

__all__ = ["slide_groups"]


def slide_groups(
    groups: LabelGroups,
    evaluation: Evaluation,
    paths: Iterable[str] | None = None,
    *,
    confidence: bool = True,
) -> Mapping[str, str]:
    """Return what is said of the groups of demo pictures; nothing where a run has no groups and costs.

    Args:
        groups: of the run, as `current_label_groups` returns them.
        evaluation: of the run.
        paths: of the pictures; None for all.
        confidence: whether the probability of a group is told.

    Returns:
        path -> such as "alarm 97 %", where the prediction is wrong "no group (true: alarm)", and, where it is
        not the predicted label, the answer with the least expected cost.
    """
    if not groups:
        return {}
    metrics = evaluation.metrics
    labels, several = metrics.labels, metrics.multi_label is not None
    table = evaluation.predictions
    if paths is not None:
        table = table[table["path"].isin(set(paths))]
    thresholds = np.array([metrics.per_label[label]["threshold"] for label in labels]) if several else None
    shares = table[[f"p_{label}" for label in labels]].to_numpy(float)
    found = {}
    decisions = decide(groups, labels, shares, thresholds)
    for path, true, predicted, decision in zip(
        table["path"], table["label"], table["predicted"], decisions, strict=True
    ):
        parts = []
        if groups.groups:
            of = {groups.group_of(label) for label in (split_set(true) if several else (true,))}
            right = [name for name in groups.groups if name in of]
            said = [call.group for call in decision.groups if call.predicted]
            words = group_words(decision.groups, shares=confidence) if said else "no group"
            parts.append(words if said == right else f"{words} (true: {few(right) or 'none'})")
        if decision.label not in (None, predicted):
            parts.append(f"least cost: {in_sentence(str(decision.label))}")
        found[path] = " · ".join(parts)
    return found
