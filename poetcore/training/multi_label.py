"""Cross validation of a layer that gives a picture several labels, and each label's threshold from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from poetcore.data.grouping import assign_folds
from poetcore.errors import OptionError
from poetcore.evaluation.label_thresholds import best_thresholds, label_figures, macro_f1
from poetcore.system.figures import score
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.wording import few
from poetcore.training.cross_validation import FOLDS
from poetcore.training.examples import Prepared
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.head import Head

__all__ = ["Thresholds", "choose_thresholds"]

#: Examples predicted at a time.
_CHUNK = 1000

#: Steps between two reports.
_STEPS = 50


@dataclass(frozen=True)
class Thresholds:
    """What was cross-validated of a run of several labels a picture.

    Attributes:
        record: what `run.json` holds of it: `thresholds`, `per_label` (precision, recall, f1, support,
            predicted, threshold), `macro_f1`, `n` (pictures), `folds`, `subset_accuracy` (share of the
            pictures with all labels right and no other) and `assumed`: labels whose pictures are in one
            group or fold, so that nothing is known of them and their threshold is 0.5.
        sentence: the figures for people.
    """

    record: dict[str, Any]
    sentence: str


def choose_thresholds(
    prepared: Prepared, options: TrainingOptions, on_progress: OnProgress | None = None
) -> Thresholds:
    """Predict every picture by a layer trained without it and its group, and choose the thresholds by that.

    A label's threshold is the one with the highest F1 over all pictures. The figures are not of these very
    thresholds: each fold is decided by those that the other folds choose, since it must not choose its own.

    Args:
        prepared: the pictures of the run.
        options: as the run is trained.
        on_progress: called in the phase `cross_validating` with the steps done.

    Raises:
        OptionError: the training diverged.
    """
    labels, count = prepared.dataset.labels, prepared.originals
    targets = prepared.everything.targets[:count]
    _, group = np.unique(prepared.groups, return_inverse=True)
    # Pictures of the same label set are spread evenly over the folds.
    kinds = np.unique(targets, axis=0, return_inverse=True)[1].ravel()
    folds = np.unique(assign_folds(kinds, group[:count], FOLDS), return_inverse=True)[1]
    # Of a label whose pictures are all in one fold no layer is trained and tested: nothing is known of it.
    known = np.array([len(np.unique(folds[has == 1])) > 1 for has in targets.T])

    def on_step(done: int) -> None:
        if on_progress:
            on_progress(Progress("cross_validating", done, options.how_many_training_steps))

    probabilities = np.zeros(targets.shape, np.float32)
    if known.any():
        fold_of_group = np.zeros(int(group.max()) + 1, np.int64)
        fold_of_group[group[:count]] = folds
        found = held_out_probabilities(prepared.everything, fold_of_group[group], options, on_step)
        probabilities = found[:count]
    if not np.isfinite(probabilities).all():
        raise OptionError(
            f"The training diverged with a learning_rate of {options.learning_rate}: choose a smaller one,"
            f" such as {TrainingOptions.learning_rate}."
        )
    return _told(labels, targets, probabilities, folds, known)


def _told(
    labels: Sequence[str],
    targets: np.ndarray,
    probabilities: np.ndarray,
    folds: np.ndarray,
    known: np.ndarray,
) -> Thresholds:
    """Choose the thresholds, and compute the figures with those that the other folds choose."""
    thresholds = np.where(known, best_thresholds(probabilities, targets), 0.5)
    predicted = np.zeros(targets.shape, bool)
    for fold in np.unique(folds):
        here = folds == fold
        others = np.where(known, best_thresholds(probabilities[~here], targets[~here]), 0.5)
        predicted[here] = probabilities[here] >= others
    per_label = label_figures(predicted, targets, labels)
    for label, least, whether in zip(labels, thresholds, known, strict=True):
        per_label[label]["threshold"] = float(least)
        if not whether:
            per_label[label] |= dict.fromkeys(("precision", "recall", "f1", "predicted"))
    told = {label: one for label, one in per_label.items() if one["f1"] is not None}
    unknown = [label for label in labels if label not in told]
    mean = macro_f1(told)
    right = (predicted == targets)[:, known].all(axis=1)
    record = {
        "thresholds": [float(at) for at in thresholds],
        "per_label": per_label,
        "macro_f1": mean,
        "subset_accuracy": float(right.mean()) if known.all() else None,
        "n": len(targets),
        "folds": len(np.unique(folds)),
        "assumed": unknown,
    }
    if not told:
        return Thresholds(
            record, "There is no cross validation, because the pictures of each label are all in one group."
        )
    worst = min(told, key=lambda label: float(told[label]["f1"]))
    lowest = f"lowest {score(told[worst]['f1'])} of {worst}"
    without = f", without {few(unknown)}, whose pictures are all in one group" if unknown else ""
    return Thresholds(record, f"Cross-validated macro F1 {score(mean)}, {lowest}{without}.")


def held_out_probabilities(
    examples: Examples, folds: np.ndarray, options: TrainingOptions, on_step: Callable[[int], object]
) -> np.ndarray:
    """Train a layer for each fold on the examples of the others, side by side, and predict those of the fold.

    As sigmoids are independent of each other, the layers are one with as many outputs as all together, in
    which an example moves all but those of its own fold. Batches are larger by what a fold holds out.

    Args:
        examples: of every picture; also of augmented copies. Targets `(n, labels) float32`.
        folds: `(n,) int64`, the fold of each example, from 0; a copy has that of its picture.
        options: steps, learning rate, batch size, seed.
        on_step: called now and then with the steps done.

    Returns:
        `(n, labels) float32`; not finite where the training diverged.
    """
    from threadpoolctl import threadpool_limits

    count, labels = int(folds.max()) + 1, examples.targets.shape[1]
    outputs = count * labels
    layers = Head(
        np.zeros((examples.vectors.shape[1], outputs), np.float32), np.zeros(outputs, np.float32), "sigmoid"
    )
    size = round(options.train_batch_size / (1 - 1 / count))
    generator = np.random.default_rng(options.seed)
    smooth = np.float32(options.label_smoothing)
    shrink = np.float32(1 - options.learning_rate * options.weight_decay)
    probabilities = np.empty((len(examples), labels), np.float32)
    with np.errstate(over="ignore", invalid="ignore"), threadpool_limits(1, user_api="blas"):
        for step in range(options.how_many_training_steps):
            if step % _STEPS == 0:
                on_step(step)
            batch = generator.integers(len(examples), size=size)
            vectors, targets = examples.take(batch)
            targets = targets * (1 - smooth) + smooth / 2
            trained = folds[batch][:, np.newaxis] != np.arange(count)
            pull = np.float32(options.learning_rate) * trained / np.maximum(trained.sum(axis=0), 1)
            slope = layers.probabilities(vectors).reshape(size, count, labels) - targets[:, np.newaxis]
            slope *= pull[:, :, np.newaxis].astype(np.float32)
            layers.kernel[...] *= shrink
            layers.kernel[...] -= vectors.T @ slope.reshape(size, outputs)
            layers.bias[...] -= slope.sum(axis=0).ravel()
        on_step(options.how_many_training_steps)
        for start in range(0, len(examples), _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, len(examples)))
            by_all = layers.probabilities(examples.take(rows)[0]).reshape(len(rows), count, labels)
            probabilities[rows] = by_all[np.arange(len(rows)), folds[rows]]
    return probabilities
