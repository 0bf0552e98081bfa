"""An accuracy with its 95 % interval."""

import math
from dataclasses import dataclass

__all__ = ["Accuracy"]

_Z95 = 1.959963984540054  # the normal distribution's 97.5 % point


@dataclass(frozen=True)
class Accuracy:
    """How many of some pictures were labelled right, and how certain that makes the accuracy.

    >>> Accuracy(215, 250).value
    0.86
    >>> Accuracy(215, 250)
    Accuracy(correct=215, total=250)
    >>> print(Accuracy(215, 250))
    86.0 % (215 of 250; 95 % sure to lie between 81.2 % and 89.8 %)
    """

    correct: int
    total: int

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
        n, share, z2 = self.total, self.correct / self.total, _Z95**2
        centre = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = _Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "not known (no pictures)"
        low, high = self.interval
        return (
            f"{self.value:.1%} ({self.correct} of {self.total}; 95 % sure to lie between {low:.1%} and"
            f" {high:.1%})".replace("%", " %").replace("95  %", "95 %")
        )
