"""Many last layers, each trained on a part of the pictures and tried on others.

A learning curve needs dozens of trainings on few pictures. Where they are small, many are computed in one
multiplication of stacked matrices, with the mean of what the batches of `train` would give; where they are
large, one after the other by `train` itself. Both share the settings of the run, and the cores of the
machine.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import numpy as np

from poetcore.system.files import cores
from poetcore.training.batches import part_of
from poetcore.training.ridge_layer import fit_ridge
from poetcore.training.train import Examples, TrainingOptions, train
from poetcore.workspace.head import Head

__all__ = ["Subset", "predict_from_subsets"]

#: Products of a step for each layer up to which layers are stacked: beyond, a batch costs less than all
#: pictures.
_STACKED_PRODUCTS = 1_000_000

#: Layers that are stacked at the most: as many as fit a processor's cache.
_STACK = 20

#: Between two calls of `on_share`, seconds.
_SECONDS = 0.2

#: Steps between two looks whether to go on.
_STEPS = 50

#: Examples predicted at a time: the feature vectors of a fifth of 200,000 take 200 MB.
_CHUNK = 2000


@dataclass(frozen=True)
class Subset:
    """Which examples a layer is trained on, and which it predicts.

    Attributes:
        trained: `(m,) int64`, indices of examples; of every label at least one.
        tested: `(k,) int64`, indices of others.
    """

    trained: np.ndarray
    tested: np.ndarray


def predict_from_subsets(
    examples: Examples,
    subsets: Sequence[Subset],
    labels: int,
    options: TrainingOptions,
    on_share: Callable[[float], object] | None = None,
) -> list[np.ndarray]:
    """Train a layer on each subset, and predict the labels of what is tested with it.

    Args:
        examples: of all pictures.
        subsets: what is trained on and tested.
        labels: how many labels there are.
        options: steps, learning rate, batch size, seed.
        on_share: called now and then with the part of the work that is done, 0 to 1; an exception that it
            raises ends the work.

    Returns:
        For each subset the index of the most probable label of each tested example, `(k,) int64`; -1 where
        the training diverged.
    """
    from threadpoolctl import threadpool_limits

    ridge = options.head == "ridge"
    jobs = [[i] for i in range(len(subsets))] if ridge else list(_jobs(subsets, labels))
    done = np.zeros(len(jobs))
    costs = np.array([sum(_cost(subsets[i], labels, options) for i in job) for job in jobs])
    found: list[np.ndarray] = [np.empty(0, np.int64)] * len(subsets)
    stop = threading.Event()

    def work(number: int) -> None:
        def on_step(step: int) -> None:
            done[number] = step / options.how_many_training_steps
            if stop.is_set():
                raise InterruptedError

        job = jobs[number]
        chosen = [subsets[i] for i in job]
        # That a training diverged is told by what is returned.
        with np.errstate(over="ignore", invalid="ignore"):
            kind = _by_ridge if ridge else _stacked if _small(chosen[0], labels) else _single
            for i, predicted in zip(job, kind(examples, chosen, labels, options, on_step), strict=True):
                found[i] = predicted
        done[number] = 1

    # As in `train`: BLAS's own threads would wait for each other.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(cores()) as pool:
        try:
            waiting = {pool.submit(work, number) for number in np.argsort(-costs).tolist()}
            while waiting:
                ended, waiting = wait(waiting, _SECONDS, "FIRST_EXCEPTION")
                for one in ended:
                    one.result()
                if on_share:
                    on_share(float(done @ costs / costs.sum()))
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    return found


def _small(subset: Subset, labels: int) -> bool:
    return len(subset.trained) ** 2 * (labels - 1) <= _STACKED_PRODUCTS


def _jobs(subsets: Sequence[Subset], labels: int) -> Iterator[list[int]]:
    """Share the subsets out, small ones of about the same size together: their places in the list."""
    small = sorted(
        (i for i, one in enumerate(subsets) if _small(one, labels)), key=lambda i: len(subsets[i].trained)
    )
    job: list[int] = []
    for i in small:
        if job and (len(job) == _STACK or len(subsets[i].trained) > 1.25 * len(subsets[job[0]].trained)):
            yield job
            job = []
        job.append(i)
    if job:
        yield job
    yield from ([i] for i, one in enumerate(subsets) if not _small(one, labels))


def _cost(subset: Subset, labels: int, options: TrainingOptions) -> float:
    """Estimate what a step of a layer costs, in multiplications."""
    if _small(subset, labels):
        return len(subset.trained) ** 2 * (labels - 1) + 100_000
    return options.train_batch_size * 2000 * labels + 3_000_000


def _stacked(
    examples: Examples,
    subsets: Sequence[Subset],
    labels: int,
    options: TrainingOptions,
    on_step: Callable[[int], None],
) -> Iterator[np.ndarray]:
    """Train small layers together: each kept as a weight for each example and label, as in `stacked`.

    Where `train` draws a batch, labels evenly, each example counts here as often as it is drawn on average.
    """
    size = max(len(one.trained) for one in subsets)
    products = np.zeros((len(subsets), size, size), np.float32)
    true = np.zeros((len(subsets), labels, size), np.float32)
    pull = np.zeros((len(subsets), 1, size), np.float32)
    for i, one in enumerate(subsets):
        vectors, targets = examples.take(one.trained)
        count = np.bincount(targets, minlength=labels)
        products[i, : len(targets), : len(targets)] = vectors @ vectors.T
        true[i, targets, np.arange(len(targets))] = 1
        even = options.class_weight == "none"
        counts = len(targets) if even else np.count_nonzero(count) * count[targets]
        pull[i, 0, : len(targets)] = options.learning_rate / counts
    true = true * np.float32(1 - options.label_smoothing) + np.float32(options.label_smoothing / labels)
    # The last label's logits stay 0: only differences of logits matter.
    weights = np.zeros((len(subsets), labels - 1, size), np.float32)
    bias = np.zeros((len(subsets), labels - 1, 1), np.float32)
    shrink = np.float32(1 - options.learning_rate * options.weight_decay)
    slope = np.zeros_like(true)
    for step in range(options.how_many_training_steps):
        if step % _STEPS == 0:
            on_step(step)
        np.matmul(weights, products, out=slope[:, :-1])
        slope[:, :-1] += bias
        slope[:, -1] = 0
        slope -= slope.max(axis=1, keepdims=True)
        np.exp(slope, out=slope)
        slope /= slope.sum(axis=1, keepdims=True)
        slope -= true
        slope *= pull
        slope[:, :-1] -= slope[:, -1:]
        if options.weight_decay:
            weights *= shrink
        weights -= slope[:, :-1]
        bias -= slope[:, :-1].sum(axis=2, keepdims=True)
    for one, own, own_bias in zip(subsets, weights, bias, strict=True):
        trained, _ = examples.take(one.trained)
        kernel = own[:, : len(trained)] @ trained
        every = Head(np.pad(kernel, ((0, 1), (0, 0))).T, np.pad(own_bias[:, 0], (0, 1)))
        yield _predicted(every, examples, one)


def _single(
    examples: Examples,
    subsets: Sequence[Subset],
    labels: int,
    options: TrainingOptions,
    on_step: Callable[[int], None],
) -> Iterator[np.ndarray]:
    """Train one large layer."""
    (one,) = subsets
    part, none = part_of(examples, one.trained), part_of(examples, one.trained[:0])
    few = replace(options, eval_step_interval=_STEPS)
    head = train(part, none, labels, few, lambda report: on_step(report.step))
    yield _predicted(head, examples, one)


def _by_ridge(
    examples: Examples,
    subsets: Sequence[Subset],
    labels: int,
    options: TrainingOptions,
    on_step: Callable[[int], None],
) -> Iterator[np.ndarray]:
    """Solve ridge regressions."""
    for one in subsets:
        on_step(0)
        yield _predicted(fit_ridge(part_of(examples, one.trained), labels, options).head, examples, one)


def _predicted(head: Head, examples: Examples, subset: Subset) -> np.ndarray:
    """Return the most probable label of what is tested; -1 where the layer diverged."""
    predicted = np.full(len(subset.tested), -1)
    for begin in range(0, len(predicted), _CHUNK):
        logits = head.logits(examples.take(subset.tested[begin : begin + _CHUNK])[0])
        finite = np.isfinite(logits).all(axis=1)
        predicted[begin : begin + _CHUNK][finite] = logits[finite].argmax(axis=1)
    return predicted
