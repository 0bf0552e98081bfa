"""The honest choice among trials: the best, the simplest that is as good, and how good it is."""

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

__all__ = ["COMPARED", "Choice", "Separate"]

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

    accuracy: float
    n: int
    interval: tuple[float, float]
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
    def of_dict(cls, values: dict[str, Any]) -> "Choice":
        """Read what `to_dict` returned.

        Raises:
            KeyError, TypeError, ValueError: something is missing or of another type.
        """
        return cls(
            int(values["best"]),
            int(values["simplest_as_good"]),
            pd.DataFrame(values["comparisons"], columns=list(COMPARED)),
            _separate(values["separate"]),
            _separate(values["separate_simplest"]),
            str(values["sentence"]),
        )


def _separate(values: dict[str, Any]) -> Separate:
    low, high = values["interval"]
    return Separate(
        float(values["accuracy"]), int(values["n"]), (float(low), float(high)), str(values["how"])
    )
