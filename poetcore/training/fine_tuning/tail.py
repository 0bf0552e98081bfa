"""Training of a network's last blocks and the last layer, with TensorFlow, on cached feature maps.

Adam with decoupled weight decay, a cosine schedule after a short rise, label smoothing and mixup; batch
normalisation keeps its statistics and scales. Sources: I. Loshchilov, F. Hutter, "Decoupled weight decay
regularization", ICLR 2019; H. Zhang et al., "mixup", ICLR 2018, here of feature maps as in V. Verma et al.,
"Manifold mixup", ICML 2019.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from poetcore.evaluation.calibration import apply_temperature, fit_temperature
from poetcore.features.combination import LENGTH
from poetcore.training.fine_tuning.cut import Halves
from poetcore.training.fine_tuning.job import Job
from poetcore.training.train import Examples, TrainingOptions, train
from poetcore.workspace.head import cross_entropy

if TYPE_CHECKING:
    import keras

__all__ = ["BATCH", "Course", "TailTrainer", "steps_of"]

#: Pictures in a step.
BATCH = 32

_LABEL_SMOOTHING, _MIXUP, _WEIGHT_DECAY = 0.1, 0.2, 0.01

#: Learning rates that are tried where none is given, each for so many steps at the most.
_RATES, _TRIED_STEPS = (2e-4, 5e-4), 30

#: So many epochs without a better one, and training ends, but not in the first half of the schedule: while
#: the learning rate is high, networks are often worse than they were, and become better as it falls.
_PATIENCE = 4

#: Reads the feature maps of some pictures, mirrored or not: `(n, height, width, channels) float32`.
ReadMaps = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass
class Course:
    """How a training went.

    Attributes:
        best: the epoch whose weights were kept, 0 for those it began with.
        epochs: how many were done.
        stopped: whether it was stopped.
        curve: as in `Outcome`.
    """

    best: int = 0
    epochs: int = 0
    stopped: bool = False
    curve: list[dict[str, Any]] = field(default_factory=list)


class TailTrainer:
    """Trains the last blocks of a network, as often as is asked, each time from the same beginning.

    Args:
        halves: the network.
        job: pictures, labels, the layer to begin with.
        read: reads the feature maps of pictures.
        on_step: called after each step, with the epoch and the last accuracy on validation pictures.
        stopped: whether to end.
    """

    def __init__(
        self,
        halves: Halves,
        job: Job,
        read: ReadMaps,
        on_step: Callable[[int, float | None], object],
        stopped: Callable[[], bool],
    ) -> None:
        import keras

        self._job, self._read, self._on_step, self._stopped = job, read, on_step, stopped
        for layer in halves.tail.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = False
        beside = keras.Input((job.beside.shape[1],), name="beside")
        vector = halves.tail.output
        if job.length:
            vector = keras.layers.UnitNormalization(name="unit")(vector)
            vector = keras.layers.Rescaling(job.length, name="length")(vector)
            vector = keras.layers.Concatenate(name="side_by_side")([vector, beside])
        if job.unit:
            vector = keras.layers.UnitNormalization(name="unit_vector")(vector)
        self._layer = keras.layers.Dense(len(job.bias), name="logits")
        self._features = keras.Model([halves.tail.input, beside], vector)
        self._model = keras.Model([halves.tail.input, beside], self._layer(vector))
        self._layer.set_weights([job.kernel, job.bias])
        self._optimizer = keras.optimizers.AdamW(0.0, weight_decay=_WEIGHT_DECAY)
        self._optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=_LABEL_SMOOTHING)
        self._model.compile(self._optimizer, loss)
        self._beginning = self._model.get_weights()
        self._vectors: np.ndarray | None = None  # by the network as it was
        self.parameters = sum(math.prod(one.shape) for one in self._model.trainable_variables)

    def choose_rate(self, training: np.ndarray, validation: np.ndarray) -> float:
        """Return the learning rate with which the validation pictures get better soonest."""
        if self._job.rate or not len(validation):
            return self._job.rate or _RATES[-1]
        steps = min(_TRIED_STEPS, steps_of(training))
        losses = []
        for rate in _RATES:
            generator = self._begin()
            for batch in _batches(training, generator)[:steps]:
                self._step(batch, rate, generator)
                self._on_step(0, None)
                if self._stopped():
                    return rate
            losses.append(self.score(validation)[1])
        return _RATES[int(np.argmin(losses))]

    @staticmethod
    def steps_to_choose(job: Job) -> int:
        """Return how many steps `choose_rate` takes."""
        known = job.rate or not (job.part == 1).any()
        return 0 if known else len(_RATES) * min(_TRIED_STEPS, steps_of(np.flatnonzero(job.part == 0)))

    def train(
        self, training: np.ndarray, validation: np.ndarray, rate: float, until: int | None = None
    ) -> Course:
        """Train from the beginning; the weights are then those that were best on the validation pictures.

        Args:
            training: `(n,) int64`, the pictures trained on.
            validation: `(v,) int64`, the pictures that decide which weights are best; without any the last.
            rate: highest learning rate.
            until: end after this epoch of the schedule.
        """
        generator, course = self._begin(), Course()
        per_epoch, done = steps_of(training), 0
        total = per_epoch * self._job.epochs
        best, weights = math.inf, self._beginning
        accuracy: float | None = None
        if len(validation):
            accuracy, best = self.score(validation)
            course.curve.append({"epoch": 0, "accuracy": accuracy, "cross_entropy": best})
        for epoch in range(1, (until or self._job.epochs) + 1):
            for batch in _batches(training, generator):
                done += 1
                self._step(batch, _scheduled(rate, done, total, per_epoch), generator)
                self._on_step(epoch, accuracy)
                course.stopped = self._stopped()
                if course.stopped:
                    break
            course.epochs = epoch
            # Without validation pictures the last one is the best, unless it diverged.
            loss = -math.inf if np.isfinite(self.layer()[0]).all() else math.inf
            if len(validation):
                accuracy, loss = self.score(validation)
                course.curve.append({"epoch": epoch, "accuracy": accuracy, "cross_entropy": loss})
            if loss <= best and loss < math.inf:
                best, weights, course.best = loss, self._model.get_weights(), epoch
            since = max(course.best, self._job.epochs // 2)
            if course.stopped or epoch - since >= _PATIENCE:
                break
        self._model.set_weights(weights)
        return course

    def begin_without(self, held_out: np.ndarray) -> None:
        """Begin, from now on, with a last layer that has not seen some pictures either.

        Args:
            held_out: `(n,) bool`, which.
        """
        self._model.set_weights(self._beginning)
        if self._vectors is None:
            everything = np.arange(len(held_out))
            self._vectors = self._predicted(self._features, everything)
        examples = Examples(self._vectors[~held_out], self._job.targets[~held_out])
        rate = TrainingOptions.learning_rate * (LENGTH**2 if self._job.unit else 1)
        options = TrainingOptions(learning_rate=rate, seed=self._job.seed)
        nothing = Examples(self._vectors[:0], self._job.targets[:0])
        head = train(examples, nothing, len(self._job.bias), options, lambda _: None)
        self._layer.set_weights([head.kernel, head.bias])
        self._beginning = self._model.get_weights()

    def probabilities(self, chosen: np.ndarray) -> np.ndarray:
        """Predict pictures, not mirrored: `(n, labels) float32`."""
        logits = self._predicted(self._model, chosen)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
        probabilities: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    def _predicted(self, model: "keras.Model", chosen: np.ndarray) -> np.ndarray:
        """Return what a model makes of pictures, not mirrored: `(n, outputs) float32`."""
        found = [np.empty((0, model.output_shape[1]), np.float32)]
        for some in np.split(chosen, range(BATCH, len(chosen), BATCH)):
            if len(some):
                maps = self._read(some, np.zeros(len(some), bool))
                found.append(np.asarray(model.predict_on_batch([maps, self._job.beside[some]])))
        return np.concatenate(found)

    def score(self, validation: np.ndarray) -> tuple[float, float]:
        """Return accuracy and cross entropy, the latter with the temperature that fits these pictures."""
        found, targets = self.probabilities(validation), self._job.targets[validation]
        if not np.isfinite(found).all():
            return 0.0, math.inf  # it diverged
        calibrated = apply_temperature(found, fit_temperature(found, targets))
        return float((found.argmax(axis=1) == targets).mean()), cross_entropy(calibrated, targets)

    def layer(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the last layer's kernel and bias as they are now."""
        kernel, bias = self._layer.get_weights()
        return kernel, bias

    def _begin(self) -> "np.random.Generator":
        self._model.set_weights(self._beginning)
        for one in self._optimizer.variables:
            one.assign(np.zeros(one.shape, one.dtype))
        return np.random.default_rng(self._job.seed)

    def _step(self, batch: np.ndarray, rate: float, generator: "np.random.Generator") -> None:
        job = self._job
        mirrored = generator.random(len(batch)) < (0.5 if job.flip else 0)
        share, partners = np.float32(generator.beta(_MIXUP, _MIXUP)), generator.permutation(len(batch))
        targets = np.eye(len(job.bias), dtype=np.float32)[job.targets[batch]]
        values = [self._read(batch, mirrored), job.beside[batch], targets, job.weights[batch]]
        maps, beside, aimed, counts = (share * one + (1 - share) * one[partners] for one in values)
        self._optimizer.learning_rate.assign(rate)
        self._model.train_on_batch([maps, beside], aimed, sample_weight=counts)


def steps_of(training: np.ndarray) -> int:
    """Return how many steps go through the pictures once."""
    return max(1, len(training) // BATCH)


def _batches(training: np.ndarray, generator: "np.random.Generator") -> list[np.ndarray]:
    """Return the pictures of an epoch in batches; what is left over waits for another order."""
    size = min(BATCH, len(training))
    order = generator.permutation(training)[: steps_of(training) * size]
    return np.split(order, range(size, len(order), size))


def _scheduled(rate: float, step: int, steps: int, per_epoch: int) -> float:
    """Return the learning rate of a step: it rises over half an epoch and falls as a cosine."""
    return rate * min(1.0, 2 * step / per_epoch) * 0.5 * (1 + math.cos(math.pi * step / steps))
