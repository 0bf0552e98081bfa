"""The trials of a tuning: trained with and without each fold, and without each two of them, side by side.

Trials that differ in their number of steps only are one training that is read on the way. Each such job is
computed by itself and always alike, whatever was done before and on however many cores, so that a tuning that
was killed and resumed gives the same answer.
"""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from poetcore.training.batches import part_of
from poetcore.training.ridge_layer import fit_ridge
from poetcore.training.stacked import STEPS, Layers, train_without
from poetcore.training.train import Examples
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.pictures import TunedPictures
from poetcore.training.tuning.settings import Setting
from poetcore.workspace.head import Head

__all__ = ["Job", "Predicted", "jobs_of", "predicted_by"]

#: Pictures predicted at a time.
_CHUNK = 2000

#: Numbers of a feature vector, of most backbones.
_USUAL = 1280


@dataclass(frozen=True)
class Job:
    """Trials that are computed together.

    Attributes:
        setting: the common one, with the most steps of all.
        numbers: steps -> number of the trial with so many.
    """

    setting: Setting
    numbers: dict[int, int]

    def cost(self, pictures: int, labels: int) -> float:
        """Estimate the seconds that it takes on one core, with feature vectors of the usual length."""
        if self.setting.head == "ridge":
            return 15 * pictures * _USUAL * min(pictures, _USUAL) * 4 / 5e10
        outputs = 15 * (labels - 1)
        products = 1.5 * self.setting.train_batch_size * min(pictures, 2000) * outputs * 2
        return self.setting.how_many_training_steps * (3e-4 + products / 5e10)


@dataclass(frozen=True)
class Predicted:
    """What a trial predicted: as `Evidence`, of this trial.

    Attributes:
        correct: `(n, folds) bool`.
        loss: `(folds, folds) float64`, of the pictures that can be tested.
        seconds: what its trainings took.
    """

    correct: np.ndarray
    loss: np.ndarray
    seconds: float


def jobs_of(settings: Sequence[Setting]) -> list[Job]:
    """Return which trials are computed together, in the order of the plan."""
    found: dict[tuple[Setting, int], Job] = {}
    for number, setting in enumerate(settings):
        steps = setting.how_many_training_steps
        # Batches are drawn for so many steps at once: only after these is a longer training as a shorter one.
        alone = 0 if steps % STEPS == 0 and setting.head != "ridge" else steps
        key = replace(setting, how_many_training_steps=0), alone
        job = found.get(key, Job(setting, {}))
        longest = max(setting, job.setting, key=lambda one: one.how_many_training_steps)
        found[key] = Job(longest, job.numbers | {steps: number})
    return list(found.values())


def predicted_by(
    job: Job, pictures: TunedPictures, options: TuneOptions, on_share: Callable[[float], object]
) -> Iterator[tuple[int, Predicted | None]]:
    """Compute the trials of a job.

    Args:
        job: which trials.
        pictures: with the features by its backbone.
        options: of the tuning.
        on_share: called often with the part that is done, 0 to 1; an exception that it raises ends the job.

    Yields:
        The number of a trial and what it predicted, as they end; None where its training diverged.
    """
    began = time.perf_counter()
    trained = _by_ridge if job.setting.head == "ridge" else _by_steps
    with np.errstate(over="ignore", invalid="ignore"):  # that a training diverged is told by what is yielded
        for steps, heads in trained(job, pictures, options, on_share):
            yield job.numbers[steps], _predicted(pictures, heads, began)


#: The folds that a layer was trained without -> the layer.
_Heads = dict[tuple[int, ...], Head]


def _by_steps(
    job: Job, pictures: TunedPictures, options: TuneOptions, on_share: Callable[[float], object]
) -> Iterator[tuple[int, _Heads]]:
    """Train by gradient descent, and yield the layers after the steps of each trial."""
    examples, owners = pictures.examples(job.setting)
    folds, training = pictures.folds[owners], job.setting.training(options)
    held_out = _held_out(pictures)
    trainings = [
        train_without(examples, np.array([np.isin(folds, own) for own in kind]), pictures.labels, training)
        for kind in held_out
    ]
    for now in zip(*trainings, strict=True):
        done = now[0][0]
        on_share(done / training.how_many_training_steps)
        if done in job.numbers:
            heads: _Heads = {}
            for kind, (_, layers) in zip(held_out, now, strict=True):
                heads |= zip(kind, _heads(layers, len(kind)), strict=True)
            yield done, heads


def _by_ridge(
    job: Job, pictures: TunedPictures, options: TuneOptions, on_share: Callable[[float], object]
) -> Iterator[tuple[int, _Heads]]:
    """Solve ridge regressions, each with its strength and temperature chosen on what it is trained on."""
    examples, owners = pictures.examples(job.setting)
    folds, groups, training = pictures.folds[owners], pictures.groups[owners], job.setting.training(options)
    every = [own for kind in _held_out(pictures) for own in kind]
    heads: _Heads = {}
    for own in every:
        on_share(len(heads) / len(every))
        used = ~np.isin(folds, own)
        part = part_of(examples, np.flatnonzero(used))
        heads[own] = fit_ridge(part, pictures.labels, training, groups[used]).head
    yield job.setting.how_many_training_steps, heads


def _held_out(pictures: TunedPictures) -> list[list[tuple[int, ...]]]:
    """Return what layers are trained without: each fold, and each two of them."""
    count = int(pictures.folds.max()) + 1
    return [list(itertools.combinations(range(count), size)) for size in (1, 2)]


def _heads(layers: Layers, count: int) -> list[Head]:
    """Return layers that stand side by side, without the outputs of the last label, one by one."""
    kernels, biases = layers.weights()
    return [
        Head(np.pad(kernel, ((0, 0), (0, 1))), np.pad(bias, (0, 1)))
        for kernel, bias in zip(np.split(kernels, count, axis=1), np.split(biases, count), strict=True)
    ]


def _predicted(pictures: TunedPictures, heads: _Heads, began: float) -> Predicted | None:
    """Predict every picture by all layers that were trained without its fold."""
    folds, every = pictures.folds, pictures.prepared.everything
    originals = Examples(every.vectors, pictures.targets, every.rows)
    count = int(folds.max()) + 1
    correct, loss = np.zeros((len(folds), count), bool), np.zeros((count, count))
    for own, head in heads.items():
        held_out = np.flatnonzero(np.isin(folds, own))
        for chosen in np.split(held_out, range(_CHUNK, len(held_out), _CHUNK)):
            vectors, targets = originals.take(chosen)
            probabilities = head.probabilities(vectors)
            if not np.isfinite(probabilities).all():
                return None
            right = probabilities.argmax(axis=1) == targets
            given = -np.log(np.maximum(probabilities[np.arange(len(targets)), targets], 1e-12))
            given[~pictures.tested[chosen]] = 0
            for fold, other in zip(own, own[::-1], strict=True):
                inside = folds[chosen] == fold
                correct[chosen[inside], other] = right[inside]
                loss[fold, other] += given[inside].sum()
    return Predicted(correct, loss, time.perf_counter() - began)
