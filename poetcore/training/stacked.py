"""Several last layers trained at once, each without the pictures that it is evaluated on afterwards.

Five trainings one after the other would read every batch five times and multiply five narrow matrices. Here a
step draws one batch of all pictures, and each layer is trained on those of the batch that it does not hold
out: the layers stand side by side in one matrix.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from poetcore.system.files import cores
from poetcore.training.batches import draws_of
from poetcore.training.train import Examples, TrainingOptions

__all__ = ["STEPS", "Layers", "held_out_probabilities", "probabilities_without", "train_without"]

#: Up to so many examples a layer is kept as a weight for each example (gradient descent only ever adds
#: multiples of feature vectors), and a step multiplies matrices once instead of twice.
_GRAM_EXAMPLES = 2000

#: With more outputs side by side than this, the folds are shared out among threads.
_WIDE = 100

#: Steps whose batches are drawn together; between two reports.
STEPS = 50

#: Examples predicted at a time.
_CHUNK = 1000

#: The most that an example counts in a fold because others of its label are held out there.
_MOST = 5


def held_out_probabilities(
    examples: Examples,
    folds: np.ndarray,
    labels: int,
    options: TrainingOptions,
    on_step: Callable[[int], object] | None = None,
) -> np.ndarray:
    """Train a last layer for each fold on the examples of the other folds, and predict those of the fold.

    Args:
        examples: of every picture; also of augmented copies.
        folds: `(n,) int64`, the fold of each example, from 0; a copy has that of its picture.
        labels: how many labels there are.
        options: steps, learning rate, batch size, seed.
        on_step: called now and then with the steps done; an exception that it raises ends the training.

    Returns:
        `(n, labels) float32`, the probabilities of each example by the layer of its fold; not finite where a
        training diverged.
    """
    probabilities = np.empty((len(examples), labels), np.float32)
    each = [(fold,) for fold in range(int(folds.max()) + 1)]
    found = probabilities_without(examples, folds, each, labels, options, on_step)
    for (fold,), predicted in zip(each, found, strict=True):
        probabilities[folds == fold] = predicted
    return probabilities


def probabilities_without(
    examples: Examples,
    folds: np.ndarray,
    held_out: Sequence[tuple[int, ...]],
    labels: int,
    options: TrainingOptions,
    on_step: Callable[[int], object] | None = None,
) -> list[np.ndarray]:
    """Train last layers, each without some of the folds, and predict the examples that it held out.

    Steps, learning rate and batch size are those of `train`: a batch is drawn from all examples, larger by
    what a layer holds out, so that it gets `train_batch_size` of them a step on average. What was drawn is
    weighed so that every layer is trained on the labels as `train` does. The layers start at zero.

    Args:
        examples: of every picture; also of augmented copies.
        folds: `(n,) int64`, the fold of each example, from 0; a copy has that of its picture.
        held_out: for each layer the folds that it is trained without, as many for each.
        labels: how many labels there are.
        options: steps, learning rate, batch size, seed.
        on_step: called now and then with the steps done; an exception that it raises ends the training.

    Returns:
        For each layer `(m, labels) float32`, the probabilities of the examples of its folds, in their order;
        not finite where its training diverged.
    """
    from threadpoolctl import threadpool_limits

    count = len(held_out)
    without = np.array([np.isin(folds, own) for own in held_out])
    shares = np.array_split(np.arange(count), min(count, cores()) if count * labels > _WIDE else 1)
    found: list[np.ndarray] = [np.empty((int(own.sum()), labels), np.float32) for own in without]
    stop = threading.Event()

    def work(share: np.ndarray) -> None:
        def on_steps(done: int) -> None:
            if stop.is_set():
                raise _StoppedError
            if on_step and share[0] == 0:
                on_step(done)

        try:
            # That a training diverged is told by what is returned.
            with np.errstate(over="ignore", invalid="ignore"):
                for done, layers in train_without(  # noqa: B007 - the last ones predict
                    examples, without[share], labels, options
                ):
                    on_steps(done)
                for place, number in enumerate(share):
                    own = np.flatnonzero(without[number])
                    for start in range(0, len(own), _CHUNK):
                        chosen = slice(start, start + _CHUNK)
                        predicted = _probabilities(layers, own[chosen], len(share))[place]
                        found[number][chosen] = predicted.T
        except BaseException:
            stop.set()
            raise

    # As in `train`: a step's matrices are so small that BLAS's threads would wait for each other.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(len(shares)) as pool:
        others = [pool.submit(work, share) for share in shares[1:]]
        with contextlib.suppress(_StoppedError):  # by another thread, whose error it is
            work(shares[0])
        for error in (other.exception() for other in others):
            if error and not isinstance(error, _StoppedError):
                raise error
    return found


class _StoppedError(Exception):
    """Another thread failed."""


def train_without(
    examples: Examples, without: np.ndarray, labels: int, options: TrainingOptions
) -> Iterator[tuple[int, "Layers"]]:
    """Train some layers side by side, see `probabilities_without`.

    Args:
        examples: of every picture; also of augmented copies.
        without: `(layers, n) bool`, the examples that each layer holds out.
        labels: how many labels there are.
        options: steps, learning rate, batch size, seed.

    Yields:
        The steps done and the layers as they then are: at the start, after every `STEPS` and at the end.
    """
    count = len(without)
    kind = _GramLayers if len(examples) <= _GRAM_EXAMPLES else _KernelLayers
    layers: Layers = kind(examples, count * (labels - 1))
    weights = _weights(examples.targets, without, labels, options)
    size = max(1, round(options.train_batch_size / max(1 - without.mean(), 0.5)))
    lots = draws_of(examples.targets, labels, options.class_weight)
    generator = np.random.default_rng(options.seed)
    label, smooth = np.arange(labels)[:, np.newaxis], np.float32(options.label_smoothing)
    shrink = np.float32(1 - options.learning_rate * options.weight_decay)
    for start in range(0, options.how_many_training_steps, STEPS):
        yield start, layers
        steps = min(STEPS, options.how_many_training_steps - start)
        for batch, pull in _weighed(lots.draw(generator, (steps, size)), weights, options.learning_rate):
            slope = _probabilities(layers, batch, count)
            true = examples.targets[batch] == label
            slope -= true * (1 - smooth) + smooth / labels if smooth else true
            slope *= pull[:, np.newaxis]
            # The last label's logits stay 0: only differences of logits matter.
            slope[:, :-1] -= slope[:, -1:]
            if options.weight_decay:
                layers.shrink(shrink)
            layers.subtract(slope[:, :-1].reshape(-1, len(batch)).T)
    yield options.how_many_training_steps, layers


def _weights(targets: np.ndarray, without: np.ndarray, labels: int, options: TrainingOptions) -> np.ndarray:
    """Compute what each example counts in the training of each layer: `(n, layers) float32`.

    Nothing where it is held out; where labels count evenly, in the others more, the more of its label is
    held out there.
    """
    weights = (~without.T).astype(np.float32)
    if options.class_weight == "balanced":
        held_out = np.array([np.bincount(targets[own], minlength=labels) for own in without]).T
        total = np.bincount(targets, minlength=labels)[:, np.newaxis]
        weights *= np.minimum(total / np.maximum(total - held_out, 1), _MOST)[targets].astype(np.float32)
    return weights


def _weighed(
    drawn: np.ndarray, weights: np.ndarray, learning_rate: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return the different examples of each batch, and how far each of them moves each layer.

    Args:
        drawn: `(steps, batch size) int64`, indices of examples.
        weights: `(n, layers) float32`.
        learning_rate: what a layer's examples move it together.

    Returns:
        For each step the indices `(m,) int64`, and `(layers, m) float32`.
    """
    drawn = np.sort(drawn, axis=1)
    new = np.ones(drawn.shape, bool)
    new[:, 1:] = drawn[:, 1:] != drawn[:, :-1]
    first = np.flatnonzero(new)
    batches = drawn.ravel()[first]
    pull = weights[batches] * np.diff(first, append=drawn.size).astype(np.float32)[:, np.newaxis]
    ends = np.cumsum(new.sum(axis=1))
    starts = np.concatenate([[0], ends[:-1]])
    factors = np.float32(learning_rate) / np.maximum(np.add.reduceat(pull, starts), np.float32(1e-9))
    for start, end, factor in zip(starts.tolist(), ends.tolist(), factors, strict=True):
        yield batches[start:end], np.ascontiguousarray((pull[start:end] * factor).T)


def _probabilities(layers: "Layers", chosen: np.ndarray, count: int) -> np.ndarray:
    """Compute the probabilities that several layers give to some examples, `(count, labels, m) float32`."""
    logits = layers.logits(chosen).T
    powers = np.zeros((count, len(logits) // count + 1, len(chosen)), np.float32)
    powers[:, :-1] = logits.reshape(count, -1, len(chosen))
    powers -= powers.max(axis=1, keepdims=True)
    np.exp(powers, out=powers)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


class Layers(Protocol):
    """Last layers side by side, without the outputs of the last label, which are 0."""

    def logits(self, chosen: np.ndarray) -> np.ndarray:
        """Compute the outputs for some different examples, `(m, outputs) float32`."""
        ...

    def subtract(self, slope: np.ndarray) -> None:
        """Move the layers against the slope of the last outputs, `(m, outputs) float32`."""
        ...

    def shrink(self, factor: np.float32) -> None:
        """Multiply the weights, not the biases, with a factor."""
        ...

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the kernels, `(vector_length, outputs) float32`, and the biases, `(outputs,) float32`."""
        ...


class _GramLayers:
    """Layers kept as a weight for each example: kernel = vectors.T @ weights."""

    def __init__(self, examples: Examples, outputs: int) -> None:
        self._vectors, _ = examples.take(np.arange(len(examples)))
        self._products = self._vectors @ self._vectors.T
        self._weights = np.zeros((len(examples), outputs), np.float32)
        self._bias = np.zeros(outputs, np.float32)
        self._chosen = np.empty(0, np.int64)

    def logits(self, chosen: np.ndarray) -> np.ndarray:
        self._chosen = chosen
        logits: np.ndarray = self._products.take(chosen, axis=0) @ self._weights
        logits += self._bias
        return logits

    def subtract(self, slope: np.ndarray) -> None:
        self._weights[self._chosen] -= slope
        self._bias -= slope.sum(axis=0)

    def shrink(self, factor: np.float32) -> None:
        self._weights *= factor

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        return self._vectors.T @ self._weights, self._bias


class _KernelLayers:
    """Layers kept as they are."""

    def __init__(self, examples: Examples, outputs: int) -> None:
        self._examples = examples
        self._kernel = np.zeros((examples.vectors.shape[1], outputs), np.float32)
        self._bias = np.zeros(outputs, np.float32)
        self._vectors = np.empty((0, examples.vectors.shape[1]), np.float32)

    def logits(self, chosen: np.ndarray) -> np.ndarray:
        self._vectors, _ = self._examples.take(chosen)
        logits: np.ndarray = self._vectors @ self._kernel + self._bias
        return logits

    def subtract(self, slope: np.ndarray) -> None:
        self._kernel -= self._vectors.T @ slope
        self._bias -= slope.sum(axis=0)

    def shrink(self, factor: np.float32) -> None:
        self._kernel *= factor

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        return self._kernel, self._bias
