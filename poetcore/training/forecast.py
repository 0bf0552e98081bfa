"""What more training pictures would bring, with its doubt, from the accuracies at fewer of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from poetcore.system.figures import points_interval
from poetcore.training.cross_validation import VARIANCE_FACTOR, cross_validated_accuracy

__all__ = ["FACTORS", "Curve", "Forecast", "Point", "advice", "fit_curve"]

#: How many times as many pictures are looked ahead to.
FACTORS = (2, 4)

#: How fast errors fall with n pictures: as 1 / sqrt(n), which foretold the accuracies of photos well
#: (tests/benchmarks/README.md), or at best as 1 / n, after which less is left to gain.
_SLOW, _FAST = 0.5, 1.0

#: The normal distribution's 97.5 % point, with the variance as in `cross_validated_accuracy`.
_DOUBT = 1.96 * VARIANCE_FACTOR**0.5

#: A gain below this, a twentieth of a point, is none.
_NOTHING = 0.0005


@dataclass(frozen=True)
class Point:
    """A measured accuracy.

    Attributes:
        pictures: how many were trained on.
        accuracy: on pictures that were not, 0 to 1.
        low: lower end of its 95 % interval.
        high: upper end.
    """

    pictures: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """An accuracy that was not measured.

    Attributes:
        factor: how many times as many pictures.
        pictures: how many would be trained on.
        accuracy: expected, 0 to 1.
        low: lower end of the band: the doubt of the accuracy today and of the gain.
        high: upper end.
        gain: `accuracy` less that of all pictures today; known better than the accuracy itself, since both
            are counted on the same pictures.
        gain_low: lower end of its 95 % interval; below 0 where a gain cannot be told from chance.
        gain_high: upper end.
    """

    factor: int
    pictures: int
    accuracy: float
    low: float
    high: float
    gain: float
    gain_low: float
    gain_high: float


@dataclass(frozen=True)
class Curve:
    """Accuracy by the number of training pictures.

    Attributes:
        points: measured, the fewest pictures first.
        forecast: for each of `FACTORS`.
    """

    points: tuple[Point, ...]
    forecast: tuple[Forecast, ...]


def fit_curve(pictures: Sequence[float], correct: np.ndarray, groups: np.ndarray) -> Curve:
    """Fit accuracy = a + b / sqrt(pictures), and foretell what more pictures would bring.

    The lower end of a gain is that of a fit with 1 / pictures, the upper end that of 1 / sqrt(pictures), each
    with its own 95 % doubt: from how differently the same tested pictures fared at the several numbers, and
    no less than if one of them had been right at the last number alone. A power law with a free exponent was
    too hopeful.

    Source: of the two rates, the "slow" and the "fast" one of statistical learning theory, S. Boucheron,
    O. Bousquet, G. Lugosi, "Theory of classification", ESAIM: Probability and Statistics 9 (2005), 323-375.

    Args:
        pictures: numbers trained on, increasing; two or more.
        correct: `(n, numbers)`, how often each tested picture was predicted right at each number, 0 to 1.
        groups: `(n,) int64`, the group of each tested picture, from 0.
    """
    points = []
    for number, share in zip(pictures, correct.mean(axis=0).tolist(), strict=True):
        low, high = cross_validated_accuracy(round(share * len(correct)), groups).interval or (0.0, 1.0)
        points.append(Point(round(number), share, min(low, share), max(high, share)))
    last, numbers = points[-1], np.asarray(pictures, float)
    forecast = []
    for factor in FACTORS:
        slow, slow_doubt = _gain(numbers, correct, groups, factor, _SLOW)
        fast, fast_doubt = _gain(numbers, correct, groups, factor, _FAST)
        room = 1 - last.accuracy
        gain = min(slow, room)
        gain_low = max(min(fast - fast_doubt, slow - slow_doubt, room), 0 - last.accuracy)
        gain_high = min(max(slow + slow_doubt, fast + fast_doubt), room)
        forecast.append(
            Forecast(
                factor,
                round(factor * numbers[-1]),
                last.accuracy + gain,
                max(0.0, last.accuracy + gain - float(np.hypot(last.accuracy - last.low, gain - gain_low))),
                min(1.0, last.accuracy + gain + float(np.hypot(last.high - last.accuracy, gain_high - gain))),
                gain,
                gain_low,
                gain_high,
            )
        )
    return Curve(tuple(points), tuple(forecast))


def _gain(
    numbers: np.ndarray, correct: np.ndarray, groups: np.ndarray, factor: int, rate: float
) -> tuple[float, float]:
    """Compute what `factor` times as many pictures add to accuracy a + b / numbers^rate, and its doubt."""
    design = np.stack([np.ones(len(numbers)), numbers**-rate], axis=1)
    step = (factor * numbers[-1]) ** -rate - numbers[-1] ** -rate
    weights = np.linalg.pinv(design)[1] * step
    of_each = correct @ weights
    # Pictures of a group fare alike, so that groups are counted, not pictures.
    of_groups = np.bincount(groups, of_each - of_each.mean())
    # Where a few pictures fared the same at every number, the next one still may not.
    squares = max((of_groups**2).sum(), weights[-1] ** 2)
    return float(of_each.mean()), float(_DOUBT * np.sqrt(squares) / len(of_each))


def advice(overall: Curve, per_label: Mapping[str, Curve], counts: Mapping[str, int]) -> str:
    """Return one sentence: what twice the pictures would bring, and to which labels.

    Args:
        overall: of all pictures.
        per_label: of those of each label, when all labels grow together.
        counts: the pictures that each label has.
    """
    mean = sum(counts.values()) / len(counts)
    even = max(counts.values()) - min(counts.values()) <= 0.2 * mean
    more = f"about {mean:,.0f} more of each" if even else "as many again of each"
    twice = overall.forecast[0]
    if twice.gain_low > _NOTHING:
        what = f"may bring {points_interval(twice.gain_low, twice.gain_high)} of accuracy"
    elif twice.gain_high > _NOTHING:
        what = f"may bring up to {points_interval(twice.gain_high, twice.gain_high)} of accuracy, or nothing"
    else:
        what = "would bring nothing that could be told from chance"
    sentence = f"Twice the pictures of every label ({more}) {what}"
    if twice.gain_low <= _NOTHING:
        return sentence + "."
    gains = {label: curve.forecast[0] for label, curve in per_label.items()}
    sure = {label: one for label, one in gains.items() if _stands_out(one, len(gains))}
    if sure:
        best = max(sure, key=lambda label: sure[label].gain)
        sentence += f"; most for {best}, {points_interval(sure[best].gain_low, sure[best].gain_high)}"
    others = [label for label in gains if label not in sure]
    if sure and others:
        left = len(others) - 3
        named = ", ".join(others[:3]) + (f" and {left} other{'s' * (left > 1)}" if left > 0 else "")
        sentence += f"; for {named} no gain can be told from chance"
    return sentence + "."


def _stands_out(one: Forecast, labels: int) -> bool:
    """Return whether a label gains, the best of so many gaining a little by chance alone (Bonferroni)."""
    wider = NormalDist().inv_cdf(1 - 0.025 / labels) / NormalDist().inv_cdf(0.975)
    return one.gain - wider * (one.gain - one.gain_low) > _NOTHING
