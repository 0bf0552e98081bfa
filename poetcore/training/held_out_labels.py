"""What a run's threshold catches: labels held out in turn, as if nobody had ever shown pictures of them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from poetcore.evaluation.novelty import NEAREST, Scale, closeness, cut
from poetcore.evaluation.novelty_threshold import Comparison
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.ridge_layer import fit_ridge
from poetcore.training.stacked import probabilities_without
from poetcore.training.train import Examples, TrainingOptions

__all__ = ["area", "hold_out_labels"]

#: Labels that are held out in turn at the most: that costs about as much as the cross validation.
_LABELS = 5

#: Without one of them so many labels have to be left, among which a layer can be unsure.
_LEFT = 2


def hold_out_labels(
    examples: Examples,
    compared: Comparison,
    known: np.ndarray,
    labels: Sequence[str],
    options: TrainingOptions,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Train a layer without each of some labels, and count the pictures of the label that it calls unknown.

    The threshold for that is set anew, on pictures of the other labels. Their probabilities are those of the
    cross validation without the label held out, which is what a layer that never knew it would give, or
    nearly so.

    Args:
        examples: of all pictures, and of augmented copies.
        compared: the pictures that set the threshold, beside training pictures.
        known: `(n, labels)`, their cross-validated probabilities; `(n, 1)`, of the first label only, where
            there are so many labels that one more or less hardly matters.
        labels: the names.
        options: as the run is trained.
        on_progress: called in the phase `cross_validating` with the steps done.

    Returns:
        `caught`, `auc` and `caught_mean` as `Measured.record` has them.
    """
    targets, training_targets = examples.targets[compared.rows], examples.targets[compared.kept]
    enough = np.bincount(targets, minlength=len(labels)) >= NEAREST
    if enough.sum() <= _LEFT:
        return {}
    lot = np.random.default_rng(options.seed).permutation(np.flatnonzero(enough))[:_LABELS]
    held_out = np.sort(lot).tolist()
    caught: dict[str, dict[str, Any]] = {}
    layers = _by_ridge if options.head == "ridge" else _in_steps
    found = layers(examples, held_out, len(labels), options, on_progress)
    for label, predicted in zip(held_out, found, strict=True):
        own = targets == label
        close = closeness(compared.similarities[:, training_targets != label])
        first = known[~own, 0] if known.shape[1] == 1 else _first_without(known[~own], label)
        scale = Scale.of(first, close[~own])
        scores = scale.scores(first, close[~own])
        every = np.zeros((len(examples), len(labels)))
        every[examples.targets == label] = predicted
        strange = scale.scores(_first_without(every[compared.rows[own]], label), close[own])
        caught[labels[label]] = {
            "n": int(own.sum()),
            "caught": float((strange > cut(scores)).mean()),
            "auc": area(scores, strange),
        }
    return {
        "caught": caught,
        "auc": float(np.mean([one["auc"] for one in caught.values()])),
        "caught_mean": float(np.mean([one["caught"] for one in caught.values()])),
    }


def _in_steps(
    examples: Examples,
    held_out: Sequence[int],
    labels: int,
    options: TrainingOptions,
    on_progress: OnProgress | None,
) -> list[np.ndarray]:
    """Return of each label held out its examples' probabilities by a layer trained without them."""

    def on_step(done: int) -> None:
        if on_progress:
            message = "Holding out labels in turn"
            on_progress(Progress("cross_validating", done, options.how_many_training_steps, message))

    each = [(label,) for label in held_out]
    return probabilities_without(examples, examples.targets, each, labels, options, on_step)


def _by_ridge(
    examples: Examples,
    held_out: Sequence[int],
    labels: int,
    options: TrainingOptions,
    on_progress: OnProgress | None,
) -> Iterator[np.ndarray]:
    """Return the same by ridge regression, in closed form."""
    layer = fit_ridge(examples, labels, options)
    for label in held_out:
        own = np.flatnonzero(examples.targets == label)
        logits = layer.ridge.part(own).logits_left_out(layer.strength.strength, np.zeros(len(own), np.int64))
        powers = np.exp((logits - logits.max(axis=1, keepdims=True)) / layer.strength.temperature)
        yield powers / powers.sum(axis=1, keepdims=True)


def _first_without(probabilities: np.ndarray, label: int) -> np.ndarray:
    """Return the probability of the first label among all but one, `(n,)`."""
    others = np.delete(probabilities, label, axis=1).astype(float)
    first: np.ndarray = others.max(axis=1) / np.maximum(others.sum(axis=1), 1e-12)
    return first


def area(known: np.ndarray, strange: np.ndarray) -> float:
    """Compute the area under the ROC curve: how often a strange picture scores above a known one.

    >>> area(np.array([0.0, 1.0]), np.array([0.5, 2.0]))
    0.75

    Args:
        known: `(n,)`, scores of pictures of the labels.
        strange: `(m,)`, scores of others.
    """
    ordered = np.sort(known)
    below = np.searchsorted(ordered, strange, "left") + np.searchsorted(ordered, strange, "right")
    return float(below.mean() / 2 / len(known))
