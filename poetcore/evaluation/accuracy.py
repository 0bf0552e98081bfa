"""An accuracy with its 95 % interval."""

import math
from dataclasses import dataclass

import numpy as np

from poetcore.system.figures import count, interval, percent

__all__ = ["Z95", "Accuracy", "independent_number"]

Z95 = 1.959963984540054  # the normal distribution's 97.5 % point


@dataclass(frozen=True)
class Accuracy:
    """How many of some pictures were labelled right, and how certain that makes the accuracy.

    >>> Accuracy(215, 250).value
    0.86
    >>> print(Accuracy(215, 250))
    86.0 % (215 of 250; 95 % interval 81 to 90 %)

    Attributes:
        correct: pictures labelled right.
        total: pictures.
        independent: how many pictures that have nothing to do with each other would be as certain, where that
            is fewer; see `independent_number`.
    """

    correct: int
    total: int
    independent: float | None = None

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None where there are no pictures."""
        return self.correct / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson score interval; None where there are no pictures.

        Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
        Journal of the American Statistical Association 22 (1927), 209-212.
        """
        if not self.total:
            return None
        n = self.total if self.independent is None else self.independent
        share, z2 = self.correct / self.total, Z95**2
        centre = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        # Rounding must not leave 0.9999999999999999 where all are right.
        low = max(0.0, centre - half) if self.correct else 0.0
        return low, min(1.0, centre + half) if self.correct < self.total else 1.0

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "not known (no pictures)"
        of = f"{count(self.correct)} of {count(self.total)}"
        return f"{percent(self.value)} ({of}; 95 % interval {interval(*self.interval)})"


def independent_number(groups: np.ndarray) -> float:
    """Compute how many independent pictures are as certain as these, of which some are near duplicates.

    Twenty frames of a burst are right or wrong together and tell no more than one. With groups of m_i
    pictures it is (sum of m_i)^2 / (sum of m_i^2): the number of pictures where all differ, of groups where
    all are of one size.

    Source: L. Kish, "Survey Sampling" (1965), section 8.2, for pictures of a group that are wholly
    correlated.

    >>> independent_number(np.array([0, 0, 0, 0, 1, 1, 1, 1]))
    2.0

    Args:
        groups: `(n,) int64`, the number of each picture's group.
    """
    sizes = np.bincount(groups).astype(float)
    return float(sizes.sum() ** 2 / max((sizes**2).sum(), 1))
