"""The honest choice among trials: the best, the simplest that is as good, and how good it is."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, TypedDict

import pandas as pd

from poetcore.system.shapes import Count, Like, Share

__all__ = ["COMPARED", "Choice", "Separate", "StoredChoice"]

#: The columns of `Choice.comparisons`.
COMPARED = ("number", "difference", "low", "high", "p_value", "p_corrected", "as_good")


@dataclass(frozen=True)
class Separate:
    """An accuracy on pictures that took no part in choosing.

    Attributes:
        accuracy: share labelled right, 0 to 1.
        n: pictures.
        interval: 95 %, for new pictures.
        how: a sentence that says how it was measured.
    """

    accuracy: Share
    n: Count
    interval: tuple[Share, Share]
    how: str


@dataclass(frozen=True)
class Choice:
    """Which settings a tuning chooses, and with which doubt.

    Attributes:
        best: number of the trial with the highest cross-validated accuracy; of several with the same, the
            lowest cross entropy.
        simplest_as_good: number of the simplest trial whose accuracy is not shown to be below the best's.
        comparisons: one row a trial, the best difference first: number, difference (to the best's accuracy,
            0 or below), low, high (95 %, all trials together), p_value (McNemar's, of this pair alone),
            p_corrected (for the number of trials) and as_good (bool).
        separate: accuracy of choosing the best, on pictures that took no part in it.
        separate_simplest: accuracy of choosing the simplest as good, likewise.
        sentence: what was found, in words.
    """

    best: int
    simplest_as_good: int
    comparisons: pd.DataFrame
    separate: Separate
    separate_simplest: Separate
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "best": self.best,
            "simplest_as_good": self.simplest_as_good,
            "comparisons": self.comparisons.to_dict("records"),
            "separate": asdict(self.separate),
            "separate_simplest": asdict(self.separate_simplest),
            "sentence": self.sentence,
        }

    @classmethod
    def of(cls, stored: "StoredChoice") -> "Choice":
        """Return it from what `choice.json` holds."""
        return cls(
            stored.best,
            stored.simplest_as_good,
            pd.DataFrame(stored.comparisons, columns=list(COMPARED)),
            stored.separate,
            stored.separate_simplest,
            stored.sentence,
        )


class _Compared(TypedDict):
    number: Count
    difference: float
    low: float
    high: float
    p_value: Share
    p_corrected: Share
    as_good: bool


@dataclass(frozen=True)
class StoredChoice:
    """A choice as `choice.json` holds it; the attributes are those of `Choice`."""

    best: Count
    simplest_as_good: Count
    comparisons: Annotated[list[dict[str, Any]], Like(list[_Compared])]
    separate: Separate
    separate_simplest: Separate
    sentence: str

    def is_sound(self) -> bool:
        """Return whether what is chosen is among what was compared."""
        return {self.best, self.simplest_as_good} <= {one["number"] for one in self.comparisons}
