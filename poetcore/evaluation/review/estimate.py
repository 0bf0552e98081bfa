"""The accuracy where a random sample tells what the unreviewed pictures hide, and how sure that is."""

import math
from dataclasses import dataclass
from typing import Any

from poetcore.evaluation.accuracy import Accuracy

__all__ = ["Estimate", "estimate"]


@dataclass(frozen=True)
class Estimate:
    """An accuracy of which a part was counted and a part is told by a random sample.

    Attributes:
        value: 0 to 1.
        interval: its 95 % interval.
        wrong: pictures of the sample in which label and model are wrong alike.
        sample: pictures of the sample that are usable.
        wrong_interval: the 95 % interval (Wilson) of the share of such pictures, 0 to 1.
        rest: pictures that it is told for: labelled as predicted and not reviewed.
    """

    value: float
    interval: tuple[float, float]
    wrong: int
    sample: int
    wrong_interval: tuple[float, float]
    rest: int

    @property
    def hidden(self) -> int:
        """How many of the rest may be such pictures at the most, by the upper end of the interval."""
        return math.ceil(self.wrong_interval[1] * self.rest)

    def as_json(self) -> dict[str, Any]:
        """Return the figures by name."""
        return {
            "accuracy": self.value,
            "interval": list(self.interval),
            "sample": self.sample,
            "wrong_in_sample": self.wrong,
            "wrong_interval": list(self.wrong_interval),
            "rest": self.rest,
            "hidden_at_most": self.hidden,
        }


def estimate(
    known: tuple[int, int], drawn: tuple[int, int, int], rest: int, certainty: Accuracy
) -> Estimate | None:
    """Estimate an accuracy: what is known is counted, and the rest is like the sample.

    The rest is a stratum of its own. Two things are uncertain: these pictures are a draw of all that there
    could be, and the sample is a draw of the stratum. Each has a Wilson interval, of the second without what
    was drawn (finite population); their distances from the estimate are added in squares.

    Source: G. Y. Zou, A. Donner, "Construction of confidence limits about effect measures: a general
    approach", Statistics in Medicine 27 (2008), 1693-1702; W. G. Cochran, "Sampling Techniques" (1977),
    sections 2.6 and 5.3.

    Args:
        known: (right, usable) of the pictures that count as they are: reviewed ones and mistakes.
        drawn: (right, usable, all) of the sample, which are known too.
        rest: pictures that the sample is of and that were not reviewed.
        certainty: the accuracy in which the rest counts as right: it says how certain so many pictures are.

    Returns:
        None where no picture of the sample is usable.
    """
    right, usable, sampled = drawn
    if not usable:
        return None
    share = right / usable
    weight = rest * usable / sampled  # of the rest as many are usable as of the sample
    total = known[1] + weight
    value = (known[0] + weight * share) / total
    of_sample = Accuracy(right, usable).interval or (0.0, 1.0)
    # As certain as so many pictures make any accuracy, at this one.
    n = certainty.total if certainty.independent is None else certainty.independent
    of_all = Accuracy(round(value * certainty.total), certainty.total, n).interval or (0.0, 1.0)
    # The sample is a part of the stratum: (sampled + rest) / rest is its finite population correction.
    part = weight / total * math.sqrt(1 + sampled / rest) if rest else 0.0
    low = math.hypot(max(value - of_all[0], 0), part * (share - of_sample[0]))
    high = math.hypot(max(of_all[1] - value, 0), part * (of_sample[1] - share))
    return Estimate(
        value=value,
        interval=(max(0.0, value - low), min(1.0, value + high)),
        wrong=usable - right,
        sample=usable,
        wrong_interval=(1 - of_sample[1], 1 - of_sample[0]),
        rest=rest,
    )
