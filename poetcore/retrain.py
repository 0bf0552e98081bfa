"""Training of the last layer on bottlenecks, as the original `retrain` script does it, compiled.

The loss is the mean cross entropy of a softmax, the method plain gradient descent on batches. As in the
original, a batch is drawn by choosing a label evenly, then one of its pictures, so that rare labels count
as much as frequent ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from poetcore.errors import OptionError
from poetcore.head import Head
from poetcore.tf import tensorflow

__all__ = ["Examples", "StepReport", "TrainingOptions", "train"]


@dataclass(frozen=True)
class TrainingOptions:
    """The original script's training options, by their original names and with its defaults.

    Attributes:
        how_many_training_steps: batches to learn from.
        learning_rate: how far a step goes.
        testing_percentage: share of the pictures kept for the final test, 0 to 100.
        validation_percentage: share of the pictures kept for watching the training, 0 to 100.
        eval_step_interval: report after this many steps.
        train_batch_size: pictures in a step.
        test_batch_size: pictures in the final test; -1 for all.
        validation_batch_size: pictures in a report's validation; -1 for all.
        seed: decides the first weights and every draw, so that the same command gives the same model.

    Raises:
        OptionError: a value is impossible.
    """

    how_many_training_steps: int = 4000
    learning_rate: float = 0.01
    testing_percentage: int = 10
    validation_percentage: int = 10
    eval_step_interval: int = 10
    train_batch_size: int = 100
    test_batch_size: int = -1
    validation_batch_size: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("how_many_training_steps", "eval_step_interval", "train_batch_size"):
            if getattr(self, name) < 1:
                raise OptionError(f"{name} must be 1 or more. Received: {getattr(self, name)}.")
        for name in ("test_batch_size", "validation_batch_size"):
            if getattr(self, name) < 1 and getattr(self, name) != -1:
                raise OptionError(
                    f"{name} must be 1 or more, or -1 for all. Received: {getattr(self, name)}."
                )
        for name in ("testing_percentage", "validation_percentage"):
            if not 0 <= getattr(self, name) < 100:
                raise OptionError(f"{name} must lie between 0 and 99. Received: {getattr(self, name)}.")
        kept = self.testing_percentage + self.validation_percentage
        if kept >= 100:
            raise OptionError(
                "testing_percentage and validation_percentage together must stay below 100, to leave"
                f" pictures to train on. Received: {self.testing_percentage} + {self.validation_percentage}"
                f" = {kept}."
            )
        if not 0 < self.learning_rate < float("inf"):
            raise OptionError(f"learning_rate must be more than 0. Received: {self.learning_rate}.")
        if self.seed < 0:
            raise OptionError(f"seed must be 0 or more. Received: {self.seed}.")


@dataclass(frozen=True)
class Examples:
    """Pictures as the last layer sees them.

    Attributes:
        vectors: `(n, vector_length) float32`.
        targets: `(n,) int64`, indices of the true labels.
    """

    vectors: np.ndarray
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True)
class StepReport:
    """How far the training is.

    Attributes:
        step: steps done, 1 or more.
        train_accuracy: on the batch just learnt from, 0 to 1.
        train_cross_entropy: on the same.
        validation_accuracy: on a batch the layer never learns from; None without validation pictures.
        validation_cross_entropy: on the same.
    """

    step: int
    train_accuracy: float
    train_cross_entropy: float
    validation_accuracy: float | None
    validation_cross_entropy: float | None


def train(
    training: Examples,
    validation: Examples,
    labels: int,
    options: TrainingOptions,
    on_report: Callable[[StepReport], None],
    on_weights: Callable[[int, Head], None] | None = None,
) -> Head:
    """Teach the last layer; imports TensorFlow.

    Args:
        training: what to learn from; at least one example of each label.
        validation: what to watch with; may be empty.
        labels: how many labels there are.
        options: steps, learning rate, batch sizes, seed.
        on_report: called after every `eval_step_interval` steps and after the last one.
        on_weights: called at the same times, with the steps done and the layer as it then is.

    Returns:
        The taught layer.
    """
    tf = tensorflow()
    draw = np.random.default_rng(options.seed)
    # The original's first weights: a truncated normal distribution with a deviation of 0.001.
    start = np.clip(draw.standard_normal((training.vectors.shape[1], labels)), -2, 2) * 0.001
    kernel, bias = tf.Variable(start.astype(np.float32)), tf.Variable(tf.zeros(labels))
    rate = tf.constant(options.learning_rate, tf.float32)
    train_x, train_y = tf.constant(training.vectors), tf.constant(training.targets)
    val_x, val_y = tf.constant(validation.vectors), tf.constant(validation.targets)
    by_label = [np.flatnonzero(training.targets == label) for label in range(labels)]

    def loss_of(x: Any, y: Any) -> tuple[Any, Any]:
        logits = x @ kernel + bias
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
        return tf.reduce_mean(losses), tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) == y, tf.float32))

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int64)])
    def learn(batches: Any) -> None:
        for batch in batches:
            with tf.GradientTape() as tape:
                loss, _ = loss_of(tf.gather(train_x, batch), tf.gather(train_y, batch))
            to_kernel, to_bias = tape.gradient(loss, (kernel, bias))
            kernel.assign_sub(rate * to_kernel)
            bias.assign_sub(rate * to_bias)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64)])
    def on_training(batch: Any) -> tuple[Any, Any]:
        return loss_of(tf.gather(train_x, batch), tf.gather(train_y, batch))

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64)])
    def on_validation(batch: Any) -> tuple[Any, Any]:
        return loss_of(tf.gather(val_x, batch), tf.gather(val_y, batch))

    done = 0
    while done < options.how_many_training_steps:
        steps = min(options.eval_step_interval, options.how_many_training_steps - done)
        batches = _balanced(draw, by_label, (steps, options.train_batch_size))
        learn(tf.constant(batches))
        done += steps
        loss, accuracy = (float(value) for value in on_training(tf.constant(batches[-1])))
        watched: tuple[float, float] | tuple[None, None] = (None, None)
        if len(validation):
            batch = _some(draw, len(validation), options.validation_batch_size)
            val_loss, val_accuracy = on_validation(tf.constant(batch))
            watched = float(val_accuracy), float(val_loss)
        on_report(StepReport(done, accuracy, loss, *watched))
        if on_weights:
            on_weights(done, Head(kernel.numpy(), bias.numpy()))
    return Head(kernel.numpy(), bias.numpy())


def _balanced(draw: np.random.Generator, by_label: list[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Draw examples with replacement: a label evenly, then one of its pictures; `shape int64`."""
    labels = draw.integers(len(by_label), size=shape)
    place = draw.random(shape)
    counts = np.array([len(found) for found in by_label])
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    return np.concatenate(by_label)[starts[labels] + (place * counts[labels]).astype(np.int64)]


def _some(draw: np.random.Generator, count: int, wanted: int) -> np.ndarray:
    """Draw which examples a report looks at: all for -1, otherwise `wanted` with replacement."""
    return np.arange(count) if wanted == -1 else draw.integers(count, size=wanted)
