"""Label sets: the labels of a picture that has several, as tables and CSV files hold them.

A burning car is fire and smoke: its label set is `fire|smoke`, labels in the order of the dataset's with `|`
between; one of a single label is that label, one of none is empty.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NO_LABEL", "by_label", "has_label", "join_set", "label_targets", "set_words", "split_set"]

#: What is shown where a picture has none of the labels.
NO_LABEL = "none"

_BETWEEN = "|"


def join_set(labels: Iterable[str]) -> str:
    """Return labels as a label set, as tables and CSV files hold it; "" for none.

    >>> join_set(["fire", "smoke"])
    'fire|smoke'
    """
    return _BETWEEN.join(labels)


def split_set(text: str) -> tuple[str, ...]:
    """Return the labels in a label set.

    >>> split_set("fire|smoke"), split_set("")
    (('fire', 'smoke'), ())
    """
    return tuple(filter(None, text.split(_BETWEEN)))


def set_words(text: str) -> str:
    """Return a label set as people read it.

    >>> set_words("car|fire|smoke"), set_words("")
    ('car, fire and smoke', 'none')
    """
    *first, last = split_set(text) or (NO_LABEL,)
    return f"{', '.join(first)} and {last}" if first else last


def has_label(sets: "pd.Series", label: str) -> "pd.Series":
    """Return which label sets hold a label, `(n,) bool`."""
    return sets.map(lambda text: label in split_set(text)).astype(bool)


def label_targets(sets: Iterable[str], labels: Sequence[str]) -> np.ndarray:
    """Return which labels each picture has.

    Args:
        sets: the label set of each of n pictures.
        labels: in the order of the model's outputs; others in the sets are passed over.

    Returns:
        `(n, labels) float32` of 0 and 1.
    """
    place = {label: number for number, label in enumerate(labels)}
    texts = list(sets)
    found = np.zeros((len(texts), len(place)), np.float32)
    for row, text in enumerate(texts):
        found[row, [place[label] for label in split_set(text) if label in place]] = 1
    return found


def by_label(pictures: "pd.DataFrame") -> "pd.DataFrame":
    """Return one row for each picture and each of its labels; the rows of a picture keep its index.

    Args:
        pictures: with the column label, of label sets.
    """
    return pictures.assign(label=pictures["label"].map(split_set)).explode("label")
