"""Which part of a large confusion matrix to look at: its order, and the labels that are confused with one."""

from collections.abc import Sequence

import numpy as np

from poetcore.system.names import natural_key

__all__ = ["by_confusion", "by_name", "confused_with"]


def by_name(labels: Sequence[str]) -> list[int]:
    """Return the places of labels in the order in which people look for a name."""
    return sorted(range(len(labels)), key=lambda place: natural_key(labels[place]))


def by_confusion(matrix: Sequence[Sequence[int]], labels: Sequence[str]) -> list[int]:
    """Return the places of labels, the most confused first: by its pictures and predictions that are wrong.

    >>> by_confusion([[5, 1, 0], [0, 3, 2], [0, 0, 7]], ["ant", "bee", "cat"])
    [1, 2, 0]
    """
    counts = np.asarray(matrix, dtype=int).reshape(len(labels), len(labels))
    wrong = counts - np.diag(np.diag(counts))
    confusions = wrong.sum(axis=0) + wrong.sum(axis=1)
    return sorted(by_name(labels), key=lambda place: -int(confusions[place]))


def confused_with(matrix: Sequence[Sequence[int]], place: int) -> list[int]:
    """Return the place of a label and of those that it is confused with, the most often confused first."""
    counts = np.asarray(matrix, dtype=int)
    both = counts[place] + counts[:, place]
    both[place] = 0
    return [place, *(int(other) for other in np.argsort(-both, kind="stable") if both[other])]
