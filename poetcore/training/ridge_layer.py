"""The last layer by ridge regression: its strength and temperature chosen by what is left out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from poetcore.evaluation.calibration import fit_temperature
from poetcore.training.ridge import Ridge
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.head import Head, cross_entropy

__all__ = ["STRENGTHS", "RidgeLayer", "Strength", "fit_ridge", "ridge_held_out"]

#: What is chosen from, in hundredths of the mean square of the vectors; 0.03 to 0.3 was best on photos of
#: flowers for every backbone that was tried.
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)

#: Examples, and probabilities, by which strengths are compared and a temperature is fitted at the most.
_COMPARED, _FITTED = 2500, 200_000


@dataclass(frozen=True)
class Strength:
    """How good a strength of regularisation is.

    Attributes:
        strength: one of `STRENGTHS`.
        train_accuracy: on pictures trained on, 0 to 1.
        train_cross_entropy: on the same.
        left_out_accuracy: on the same pictures, each predicted without its group.
        left_out_cross_entropy: on the same.
        temperature: fitted on these, and applied to all four.
    """

    strength: float
    train_accuracy: float
    train_cross_entropy: float
    left_out_accuracy: float
    left_out_cross_entropy: float
    temperature: float


@dataclass(frozen=True)
class RidgeLayer:
    """A layer by ridge regression.

    Attributes:
        head: gives probabilities with the temperature.
        path: every strength that was tried, from the least.
        strength: the one that was chosen: of the least log loss on what is left out.
        left_out: `(n, labels) float32`, probabilities of the examples compared, each by the layer trained
            without its group.
        compared: `(n,) int64`, which examples these are.
        ridge: the regression itself.
    """

    head: Head
    path: tuple[Strength, ...]
    strength: Strength
    left_out: np.ndarray
    compared: np.ndarray
    ridge: Ridge


def fit_ridge(
    examples: Examples,
    labels: int,
    options: TrainingOptions,
    groups: np.ndarray | None = None,
    on_strength: Callable[[int, Strength], object] | None = None,
) -> RidgeLayer:
    """Train the last layer by ridge regression.

    Each strength is solved in closed form, and judged by exact predictions of examples whose group is left
    out; the strength with the least log loss is taken, and the temperature that gives it.

    Args:
        examples: at least one of each label; may have augmented copies.
        labels: how many labels there are.
        options: whether labels count evenly; draws which examples are compared where there are thousands.
        groups: `(n,) int64`, what is left out together, such as a picture with its near duplicates and
            copies; each example alone by default.
        on_strength: called after each strength with how many were tried, and how good it is.
    """
    from threadpoolctl import threadpool_limits

    groups = np.arange(len(examples)) if groups is None else groups
    compared = _drawn(groups, options.seed)
    targets, path, best = examples.targets[compared], [], np.empty(0)
    with threadpool_limits(1, user_api="blas"):  # measured 2 to 5 times faster than 2 on a busy machine
        ridge = Ridge(examples, labels, options.class_weight)
        part = ridge.part(compared)
        for number, strength in enumerate(STRENGTHS, 1):
            logits = part.logits_left_out(strength, groups[compared])
            temperature = np.float32(_temperature(logits, targets))
            left_out, trained = _softmax(logits / temperature), _softmax(part.logits(strength) / temperature)
            one = Strength(
                strength,
                float((trained.argmax(axis=1) == targets).mean()),
                cross_entropy(trained, targets),
                float((left_out.argmax(axis=1) == targets).mean()),
                cross_entropy(left_out, targets),
                float(temperature),
            )
            path.append(one)
            if one == min(path, key=lambda other: other.left_out_cross_entropy):
                best = left_out
            if on_strength:
                on_strength(number, one)
        chosen = min(path, key=lambda other: other.left_out_cross_entropy)
        head = ridge.head(chosen.strength, chosen.temperature)
    return RidgeLayer(head, tuple(path), chosen, best, compared, ridge)


def ridge_held_out(
    examples: Examples, folds: np.ndarray, labels: int, options: TrainingOptions, groups: np.ndarray
) -> np.ndarray:
    """Predict each example by the layer of ridge regression that is trained without its fold.

    The layers are exactly those that would be trained, for the strength that `fit_ridge` chooses on all. The
    temperature of a fold is fitted on examples of the others.

    Args:
        examples: of every picture; also of augmented copies.
        folds: `(n,) int64`, the fold of each example; a copy has that of its picture.
        labels: how many labels there are.
        options: as in `fit_ridge`.
        groups: as in `fit_ridge`.

    Returns:
        `(n, labels) float32`, probabilities.
    """
    from threadpoolctl import threadpool_limits

    layer = fit_ridge(examples, labels, options, groups)
    found = np.empty((len(examples), labels), np.float32)
    for fold in np.unique(folds):
        own, others = np.flatnonzero(folds == fold), folds[layer.compared] != fold
        left_out, targets = layer.left_out[others], examples.targets[layer.compared][others]
        # Of probabilities that have a temperature already, so that what is fitted comes on top of it.
        more = fit_temperature(left_out, targets) if len(targets) else 1.0
        with threadpool_limits(1, user_api="blas"):
            logits = layer.ridge.part(own).logits_left_out(layer.strength.strength, folds[own])
        found[own] = _softmax(logits / np.float32(layer.strength.temperature * more))
    return found


def _drawn(groups: np.ndarray, seed: int) -> np.ndarray:
    """Return so many examples as are compared, by whole groups: all, or drawn by lot."""
    if len(groups) <= _COMPARED:
        return np.arange(len(groups))
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    lot = np.random.default_rng(seed).permutation(len(sizes))
    taken = np.zeros(len(sizes), bool)
    taken[lot[: max(1, int(np.searchsorted(np.cumsum(sizes[lot]), _COMPARED, "right")))]] = True
    return np.flatnonzero(taken[group])


def _temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """Return the temperature with the least log loss."""
    few = slice(0, max(1, _FITTED // logits.shape[1]))
    lot = np.random.default_rng(0).permutation(len(targets))[few]
    return fit_temperature(_softmax(logits[lot]), targets[lot])


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    normalised: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return normalised
