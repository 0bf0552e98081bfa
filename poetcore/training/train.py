"""Training of the last layer on bottlenecks, as the original `retrain` script does it.

The loss is the mean cross entropy of a softmax, the method plain gradient descent on batches. As in the
original, a batch is drawn by choosing a label evenly, then one of its pictures, so that rare labels count
as much as frequent ones.

Where a picture may have several labels, each label has a sigmoid of its own, and the loss is the sum of
their binary cross entropies, of which reports have the mean. There a batch is drawn from all pictures
evenly, so that a probability is as often right as it says; that rare labels have lower ones, their thresholds
make up for.

A step multiplies two small matrices and its gradient has a closed form, so it is written in numpy: the
numbers are TensorFlow's to rounding, without waiting for TensorFlow to start.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from poetcore.data.groups import GROUP_BY
from poetcore.errors import OptionError
from poetcore.features.memmap import StoredRows
from poetcore.system.options import check_limits, option
from poetcore.training.batches import batches, draws_of
from poetcore.workspace.head import Head, cross_entropy

__all__ = [
    "CLASS_WEIGHTS",
    "HEADS",
    "MAX_BATCH",
    "MAX_STEPS",
    "Examples",
    "StepReport",
    "TrainingOptions",
    "measure",
    "train",
]

#: Of 1,280 numbers each these examples take half a gigabyte, and a step needs them twice.
MAX_BATCH = 100_000

#: How a last layer is trained.
HEADS = ("gradient_descent", "ridge")

#: What a picture counts in training.
CLASS_WEIGHTS = ("balanced", "none")

#: An hour and more; a training ends, whatever was mistyped.
MAX_STEPS = 10_000_000


@dataclass(frozen=True)
class TrainingOptions:
    """The original script's training options, by their original names and with its defaults.

    Each field says what it decides.

    Raises:
        OptionError: a value is impossible.
    """

    how_many_training_steps: int = field(
        default=4000,
        metadata=option(
            "Batches to train on. More steps fit the pictures better, up to a point that the curves show; at"
            f" most {MAX_STEPS:,}.",
            minimum=1,
            maximum=MAX_STEPS,
        ),
    )
    learning_rate: float = field(
        default=0.01,
        metadata=option("Factor of a gradient descent step. If too high, the curves jump.", positive=True),
    )
    testing_percentage: int = field(
        default=10,
        metadata=option("Percentage of the pictures held out for the final test.", minimum=0, maximum=99),
    )
    validation_percentage: int = field(
        default=10,
        metadata=option(
            "Percentage of the pictures held out for validation during training.", minimum=0, maximum=99
        ),
    )
    group_by: str = field(
        default="near",
        metadata=option(
            "What the split keeps together: exact (the same content), near (near duplicates too) or folder"
            " (the same sub-folder of a label too, such as one person or place).",
            choices=GROUP_BY,
        ),
    )
    eval_step_interval: int = field(default=10, metadata=option("Steps between two reports.", minimum=1))
    train_batch_size: int = field(
        default=100,
        metadata=option(
            f"Batch size of a training step, at most {MAX_BATCH:,}.", minimum=1, maximum=MAX_BATCH
        ),
    )
    test_batch_size: int = field(
        default=-1, metadata=option("Pictures in the final test, -1 for all.", minimum=1, all_value=-1)
    )
    validation_batch_size: int = field(
        default=100,
        metadata=option(
            "Batch size of the validation in a report, -1 for all.",
            minimum=1,
            maximum=MAX_BATCH,
            all_value=-1,
        ),
    )
    seed: int = field(
        default=0,
        metadata=option(
            "Seed of the first weights and of every draw; with the same pictures it gives the same model.",
            minimum=0,
        ),
    )
    head: str = field(
        default="gradient_descent",
        metadata=option(
            "How the last layer is trained: gradient_descent (in steps, as the original) or ridge (ridge"
            " regression in closed form on feature vectors of length 1, which has no steps, rate or batches,"
            " and chooses its strength and a temperature by leave-one-out).",
            choices=HEADS,
        ),
    )
    class_weight: str = field(
        default="balanced",
        metadata=option(
            "What counts in training: balanced (every label the same, as the original draws its batches: rare"
            " labels are found more often, at somewhat too high probabilities) or none (every picture the"
            " same, as always with several labels a picture: rare labels are found less often).",
            choices=CLASS_WEIGHTS,
        ),
    )
    weight_decay: float = field(
        default=0.0,
        metadata=option(
            "Shrinks the weights in each step by this times the learning rate; 0 for none, as the original.",
            minimum=0,
        ),
    )
    label_smoothing: float = field(
        default=0.0,
        metadata=option(
            "Share of each training target that is spread evenly over all labels, so that the model gets"
            " less sure; 0 for none, as the original.",
            minimum=0,
            maximum=0.9,
        ),
    )

    def __post_init__(self) -> None:
        check_limits(self)
        held_out = self.testing_percentage + self.validation_percentage
        if held_out >= 100:
            raise OptionError(
                "testing_percentage and validation_percentage together must stay below 100, to leave"
                f" pictures to train on. Received: {self.testing_percentage} + {self.validation_percentage}"
                f" = {held_out}."
            )


@dataclass(frozen=True)
class Examples:
    """Feature vectors and targets of pictures, from which the last layer is trained.

    Attributes:
        vectors: `(m, vector_length) float32`; may be a table in a file with more than these examples.
        targets: `(n,) int64`, indices of the true labels; `(n, labels) float32` of 0 and 1 where a picture
            may have several.
        rows: `(n,) int64`, the row of each in `vectors`; None where they are in the same order.
    """

    vectors: np.ndarray | StoredRows
    targets: np.ndarray
    rows: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read some examples.

        Args:
            chosen: `(k,) int64`, their indices.

        Returns:
            Their feature vectors `(k, vector_length) float32` and targets, of the same kind as all.
        """
        rows = chosen if self.rows is None else self.rows[chosen]
        # As a plain array: what is read of a memory-mapped one would stay its kind in every calculation.
        return np.asarray(self.vectors.take(rows, axis=0)), self.targets[chosen]


@dataclass(frozen=True)
class StepReport:
    """Accuracy and cross entropy in the course of the training.

    Attributes:
        step: steps done, 1 or more.
        train_accuracy: of the last training batch, 0 to 1; where a picture may have several labels, the share
            of decisions on one label of one picture that are right at a threshold of 0.5.
        train_cross_entropy: on the same.
        validation_accuracy: of a batch of validation pictures, which are never trained on; None without any.
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
    """Train the last layer.

    Args:
        training: at least one example of each label.
        validation: evaluated in each report; may be empty.
        labels: how many labels there are.
        options: steps, learning rate, batch sizes, seed.
        on_report: called after every `eval_step_interval` steps and after the last one.
        on_weights: called at the same times, with the steps done and the layer as it then is.

    Returns:
        The trained layer; with a learning rate that is far too high its weights are not finite.
    """
    from threadpoolctl import threadpool_limits

    generator = np.random.default_rng(options.seed)
    # The original's first weights: a truncated normal distribution with a deviation of 0.001.
    start = np.clip(generator.standard_normal((training.vectors.shape[1], labels)), -2, 2) * 0.001
    several = training.targets.ndim == 2
    activation = "sigmoid" if several else "softmax"
    head = Head(start.astype(np.float32), np.zeros(labels, np.float32), activation)
    lots = draws_of(training.targets, labels, options.class_weight)
    done = 0
    # That a training diverged is reported by the caller. The matrices are so small that several threads would
    # wait for each other longer than they multiply: measured 3 to 10 times slower with 20 labels.
    with np.errstate(over="ignore", invalid="ignore"), threadpool_limits(1, user_api="blas"):
        while done < options.how_many_training_steps:
            steps = min(options.eval_step_interval, options.how_many_training_steps - done)
            for batch in batches(lots, generator, steps, options.train_batch_size):
                drawn = training.take(batch)
                _step(head, *drawn, options)
            done += steps
            validated: tuple[float, float] | tuple[None, None] = (None, None)
            if len(validation):
                chosen = _sample(generator, len(validation), options.validation_batch_size)
                validated = measure(head, *validation.take(chosen))
            on_report(StepReport(done, *measure(head, *drawn), *validated))
            if on_weights:
                on_weights(done, Head(head.kernel.copy(), head.bias.copy(), activation))
    return head


def _step(head: Head, vectors: np.ndarray, targets: np.ndarray, options: TrainingOptions) -> None:
    """Change a layer's weights in place by one step of gradient descent.

    The gradient of a softmax's mean cross entropy by its logits is (probabilities - one-hot targets) / n;
    that of sigmoids' binary cross entropies, summed over the labels, is the same with several ones. Smoothed
    targets are as Keras has them: a share of each spread evenly over the labels, or over yes and no.
    """
    slope, smooth = head.probabilities(vectors), np.float32(options.label_smoothing)
    if targets.ndim == 2:
        slope -= targets * (1 - smooth) + smooth / 2 if smooth else targets
    else:
        slope[np.arange(len(targets)), targets] -= 1 - smooth
        if smooth:
            slope -= smooth / slope.shape[1]
    slope *= np.float32(options.learning_rate / len(targets))
    if options.weight_decay:
        head.kernel[...] *= np.float32(1 - options.learning_rate * options.weight_decay)
    head.kernel[...] -= vectors.T @ slope
    head.bias[...] -= slope.sum(axis=0)


def measure(head: Head, vectors: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """Return accuracy and cross entropy of a layer on some examples, as `StepReport` has them."""
    probabilities = head.probabilities(vectors)
    right = (
        probabilities.argmax(axis=1) == targets if targets.ndim == 1 else (probabilities >= 0.5) == targets
    )
    return float(right.mean()), cross_entropy(probabilities, targets)


def _sample(generator: "np.random.Generator", count: int, size: int) -> np.ndarray:
    """Return the indices of the examples of a report: all for -1, otherwise `size` with replacement."""
    return np.arange(count) if size == -1 else generator.integers(count, size=size)
