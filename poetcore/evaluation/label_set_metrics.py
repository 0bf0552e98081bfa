"""The figures of an evaluation where a picture may have several labels: label by label, no one accuracy."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.label_sets import label_targets
from poetcore.evaluation.accuracy import Accuracy, independent_number
from poetcore.evaluation.label_thresholds import cooccurrence, label_figures, macro_f1
from poetcore.evaluation.metrics import Metrics, leak_counts_of, with_accuracies
from poetcore.system.figures import percent, score
from poetcore.system.wording import counted

__all__ = ["label_set_metrics", "label_set_remarks", "label_set_words"]


def label_set_metrics(
    predictions: pd.DataFrame,
    labels: list[str],
    thresholds: Sequence[float],
    run: str,
    folder: Path,
    skipped: list[dict[str, str]],
    groups: np.ndarray,
) -> Metrics:
    """Compute the figures of predicted label sets.

    They are of the pictures that are not known to have been seen in training, of all where there are none.
    `accuracy` is the subset accuracy: the share of the pictures with every label right and no other.

    Args:
        predictions: as in `Evaluation.predictions`, `label` and `predicted` being label sets.
        labels: in the order of the model's outputs.
        thresholds: from which probability on each is predicted.
        run: name of the run.
        folder: the demo folder.
        skipped: files that could not be evaluated, each with `path` and `reason`.
        groups: `(n,) int64`, the number of each picture's group of near duplicates.
    """
    (leaked, near), unseen = leak_counts_of(predictions)
    use = unseen if leaked is not None and unseen.any() else np.ones(len(predictions), bool)
    used = predictions[use]
    true, predicted = (label_targets(used[name], labels) for name in ("label", "predicted"))
    per_label = label_figures(predicted, true, labels)
    for label, threshold in zip(labels, thresholds, strict=True):
        per_label[label]["threshold"] = float(threshold)
    every = _subset_accuracy(predictions, groups)
    fair = _subset_accuracy(predictions[unseen], groups[unseen])
    return with_accuracies(
        every,
        fair,
        (leaked, near),
        run=run,
        folder=str(folder),
        labels=labels,
        macro_f1=macro_f1(per_label) or 0.0,
        per_label=per_label,
        confusion_matrix=[],
        skipped=skipped,
        macro_f1_labels=sum(one["support"] > 0 for one in per_label.values()),
        multi_label={
            "pictures": len(used),
            "subset_accuracy": float(used["correct"].mean()),
            "cooccurrence": cooccurrence(true),
            "predicted_cooccurrence": cooccurrence(predicted),
        },
    )


def label_set_words(metrics: Metrics) -> str:
    """Return the figures of an evaluation in a few words, as a mark beside them."""
    return f"macro F1 {score(metrics.macro_f1)}"


def label_set_remarks(metrics: Metrics) -> list[str]:
    """Return sentences on what must be known to read the figures."""
    found = metrics.multi_label or {}
    remarks = [
        "A picture may have several labels, so each label has its own precision, recall and threshold; of"
        f" {counted(found['pictures'], 'picture')} {percent(found['subset_accuracy'])} have every label right"
        " and no other."
    ]
    seen = metrics.total - found["pictures"]
    if metrics.unseen == 0:
        remarks.append(
            "All pictures were seen in training: the figures say how well the model remembers. Evaluate it on"
            " other pictures."
        )
    elif seen:
        were = "picture was" if seen == 1 else "pictures were"
        remarks.append(f"{seen:,} more {were} seen in training, and excluded from the figures.")
    if never := [label for label, one in metrics.per_label.items() if not one["support"]]:
        remarks.append(
            f"No picture has {', '.join(never[:10])}{' ...' * (len(never) > 10)}: how well that is"
            " recognised it does not show."
        )
    return remarks


def _subset_accuracy(predictions: pd.DataFrame, groups: np.ndarray) -> Accuracy:
    independent = independent_number(groups) if len(groups) else None
    return Accuracy(int(predictions["correct"].sum()), len(predictions), independent)
