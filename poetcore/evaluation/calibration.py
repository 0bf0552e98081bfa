"""Whether probabilities mean what they say: reliability, calibration error, its noise, a temperature.

Of the pictures that a calibrated model labels with a confidence of 80 %, 80 % are right.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "apply_temperature",
    "calibration_error",
    "calibration_figures",
    "calibration_noise",
    "fit_temperature",
    "reliability",
]

#: Between these a temperature is searched; beyond, probabilities would be all alike or all certain.
_LOWEST, _HIGHEST = 0.05, 20.0

#: Simulated sets of outcomes from which the noise is told.
_DRAWS = 500

#: Probabilities are at least this before a logarithm is taken: float32 underflows to 0 there.
_LEAST = 1e-38

#: A calibration error that is larger than chance makes it by less than this share is as large: the draws are
#: in float32.
_SAME = 1e-6


def reliability(confidence: np.ndarray, correct: np.ndarray, bins: int = 10) -> pd.DataFrame:
    """Compute how often pictures are right by the confidence that they got: the reliability diagram.

    >>> reliability(np.array([0.9, 0.8, 0.2]), np.array([True, False, False]), 2)["accuracy"].tolist()
    [0.0, 0.5]

    Args:
        confidence: `(n,)`, probability of the predicted label, 0 to 1.
        correct: `(n,) bool`, whether it is the true one.
        bins: of equal width; the last one includes 1.

    Returns:
        One row a bin: low and high (its bounds), n (pictures), confidence and accuracy (their means; NaN
        where n is 0).
    """
    place = _bin(confidence, bins)
    count = np.bincount(place, minlength=bins)
    edges = np.linspace(0, 1, bins + 1)
    with np.errstate(invalid="ignore"):
        means = {
            name: np.bincount(place, np.asarray(values, float), bins) / count
            for name, values in (("confidence", confidence), ("accuracy", correct))
        }
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "n": count, **means})


def calibration_error(confidence: np.ndarray, correct: np.ndarray, bins: int = 10) -> float:
    """Compute the expected calibration error: mean distance of accuracy and confidence over the pictures.

    Source: M. P. Naeini, G. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI 2015; bins of equal width as in C. Guo et al., "On calibration of modern neural networks",
    ICML 2017.

    >>> round(calibration_error(np.array([0.9, 0.9, 0.6, 0.6]), np.array([True, True, True, False])), 6)
    0.1

    Args:
        confidence: `(n,)`, probability of the predicted label, 0 to 1; at least one.
        correct: `(n,) bool`, whether it is the true one.
        bins: as in `reliability`.

    Returns:
        0 (calibrated) to 1.
    """
    off = np.asarray(correct, float) - np.asarray(confidence, float)
    return float(np.abs(np.bincount(_bin(confidence, bins), off, bins)).sum() / len(off))


def calibration_noise(confidence: np.ndarray, bins: int = 10, groups: np.ndarray | None = None) -> float:
    """Compute the calibration error that chance alone gives to perfectly calibrated probabilities.

    Outcomes are drawn as the confidences say, 500 times, those of near duplicates together; the 95th
    percentile of their calibration errors is what a larger error has to exceed before it means anything.

    Source: J. Bröcker, L. A. Smith, "Increasing the reliability of reliability diagrams", Weather and
    Forecasting 22 (2007), 651-661 (consistency resampling; the confidences themselves are kept here).

    Args:
        confidence: `(n,)`, probability of the predicted label, 0 to 1; at least one.
        bins: as in `reliability`.
        groups: `(n,) int64`, the number of each picture's group of near duplicates; None where all differ.

    Returns:
        0 to 1; the same for the same confidences.
    """
    order = np.argsort(_bin(confidence, bins), kind="stable")
    stated = np.asarray(confidence, np.float32)[order]
    starts = np.flatnonzero(np.diff(_bin(stated, bins), prepend=-1))
    lots, lot = len(stated), np.arange(len(stated))
    if groups is not None:
        lot = np.unique(np.asarray(groups)[order], return_inverse=True)[1]
        lots = int(lot.max()) + 1
    generator = np.random.default_rng(0)
    errors = [
        np.abs(np.add.reduceat((generator.random(lots, np.float32)[lot] < stated) - stated, starts)).sum()
        for _ in range(_DRAWS)
    ]
    return float(np.percentile(errors, 95) / len(stated))


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Compute the probabilities that a model with its logits divided by a temperature gives.

    >>> apply_temperature(np.array([[0.8, 0.2]]), 2.0).round(3).tolist()
    [[0.667, 0.333]]

    Args:
        probabilities: `(n, labels)`, each row summing to 1.
        temperature: above 1 makes them less certain, below 1 more; the most probable label stays.

    Returns:
        `(n, labels) float64`.
    """
    logits = _log(probabilities) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    scaled: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return scaled


def calibration_figures(predictions: pd.DataFrame, groups: np.ndarray | None) -> dict[str, Any] | None:
    """Compute how far the confidences of pictures can be believed; None where there are no pictures.

    Returns:
        `error` (expected calibration error), `noise` (what chance alone gives), `off` (whether the error is
        more than that), `log_loss` (nats; None without the probabilities of all labels) and `bins`, each with
        `low`, `high`, `n`, `confidence` and `accuracy` (None where n is 0).
    """
    if predictions.empty:
        return None
    confidence, correct = (predictions[name].to_numpy() for name in ("confidence", "correct"))
    error, noise = calibration_error(confidence, correct), calibration_noise(confidence, groups=groups)
    bins = reliability(confidence, correct).to_dict("records")
    parts = [(f"p_{label}", rows) for label, rows in predictions.groupby("label")]
    given = [rows[name].to_numpy(float) for name, rows in parts if name in rows]
    return {
        "error": error,
        "noise": noise,
        "off": error > noise * (1 + _SAME),
        "log_loss": float(-np.log(np.maximum(np.concatenate(given), 1e-12)).mean())
        if len(given) == len(parts)
        else None,
        "bins": [{name: None if np.isnan(x) else x for name, x in one.items()} for one in bins],
    }


def fit_temperature(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Fit the temperature whose probabilities have the least log loss on these pictures.

    The log loss is convex in 1 / temperature, so that a golden section search on a logarithmic scale finds
    its only minimum. As in Platt's fit, a picture's target is not wholly certain: 1 / (n + 2) of it goes to
    the most probable other label, without which a model that is right on all pictures would become certain.

    Source: C. Guo et al., "On calibration of modern neural networks", ICML 2017 (temperature scaling);
    J. Platt, "Probabilistic outputs for support vector machines" (1999), section 2.2 (targets).

    Args:
        probabilities: `(n, labels)` of pictures that the model was not trained on; at least one.
        targets: `(n,)`, indices of the true labels.

    Returns:
        0.05 to 20; 1 where there is one label only.
    """
    logits = _log(probabilities)
    count, labels = logits.shape
    if labels < 2:
        return 1.0
    everyone = np.arange(count)
    true = logits[everyone, targets]
    others = logits.copy()
    others[everyone, targets] = -np.inf
    doubt = 1 / (count + 2)
    aimed = float(((1 - doubt) * true + doubt * others.max(axis=1)).mean())
    top = logits.max(axis=1, keepdims=True)

    def loss(log_temperature: float) -> float:
        share = np.exp(-log_temperature)
        total = np.log(np.exp((logits - top) * share).sum(axis=1)) + top[:, 0] * share
        return float(total.mean() - aimed * share)

    return float(np.exp(_minimum(loss, np.log(_LOWEST), np.log(_HIGHEST))))


def _bin(confidence: np.ndarray, bins: int) -> np.ndarray:
    # In float32, which the confidences were computed in, so that 0.7 is not below the bound 0.7.
    place = np.asarray(confidence, np.float32) * np.float32(bins)
    return np.clip(place.astype(np.int64), 0, bins - 1)


def _log(probabilities: np.ndarray) -> np.ndarray:
    logarithms: np.ndarray = np.log(np.maximum(np.asarray(probabilities, float), _LEAST))
    return logarithms


def _minimum(function: Callable[[float], float], low: float, high: float, steps: int = 40) -> float:
    """Find the minimum of a function that has only one, by golden section."""
    golden = (np.sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(steps):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = function(right)
    return (low + high) / 2
