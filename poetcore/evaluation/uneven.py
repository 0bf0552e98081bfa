"""Where one label has nearly all pictures, an accuracy says little: what must stand beside it."""

import math
from collections.abc import Mapping
from typing import Any

from poetcore.system.figures import percent

__all__ = ["about_uneven", "balanced_accuracy"]

#: From this share of the pictures on, a label makes the accuracy its own.
_MOST = 0.9


def balanced_accuracy(per_label: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Return the mean recall of the labels with pictures, each counting the same; None without any.

    >>> balanced_accuracy({"cat": {"recall": 1.0}, "dog": {"recall": 0.5}, "elk": {"recall": None}})
    0.75

    Args:
        per_label: as `metrics.per_label_metrics` returns it.
    """
    recalls = [one["recall"] for one in per_label.values() if one["recall"] is not None]
    return sum(recalls) / len(recalls) if recalls else None


def about_uneven(per_label: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a sentence where one label has more than nine tenths of the pictures; "" elsewhere.

    Args:
        per_label: as `metrics.per_label_metrics` returns it.
    """
    support = {label: one["support"] for label, one in per_label.items() if one["support"]}
    balanced = balanced_accuracy(per_label)
    if len(support) < 2 or balanced is None:
        return ""
    label = max(support, key=lambda one: support[one])
    share = support[label] / sum(support.values())
    if share <= _MOST:
        return ""
    return (
        f"{percent(math.floor(1000 * share) / 1000)} of the pictures are of {label}, so always answering"
        f" {label} would be right as often; the mean recall of the {len(support):,} labels (balanced"
        f" accuracy) is {percent(balanced)}."
    )
