"""How unlike the training pictures a picture is: a softmax cannot say that it is none of its labels.

Two things tell it: how sure the model is of its first label, and how close the picture is to the nearest
training pictures. Both as z-scores, by mean and deviation of pictures of the labels that the model has not
seen, and added: 0 is usual, the higher the stranger. Above `threshold` a picture is called unknown.

Closeness is a cosine of feature vectors of which each number was replaced by its cube root, so that many
weak features count beside a few strong ones. On photos of flowers with one of the five kept unknown the area
under the ROC curve is 0.76 so, and 0.70 by the probability alone (tests/benchmarks/README.md). Pictures are
compared with the validation and test pictures of the run too, and none with itself.

Source: of the cube root, F. Perronnin, J. Sanchez, T. Mensink, "Improving the Fisher kernel for large-scale
image classification", ECCV 2010 (power normalisation).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poetcore.errors import RunError
from poetcore.workspace.head import Head, unit_vectors
from poetcore.workspace.run import Run

__all__ = ["NEAREST", "PASS", "Novelty", "Scale", "closeness", "cut", "rooted"]

#: The share of pictures of the labels that is to pass.
PASS = 0.95

#: So many nearest training pictures are looked at.
NEAREST = 3

#: A picture that is this similar is the same one, but for what float16 rounds.
_ITSELF = 0.9999

#: A deviation below this tells nothing apart.
_FLAT = 1e-9


def rooted(vectors: np.ndarray) -> np.ndarray:
    """Replace each number of feature vectors by its cube root, and divide each vector by its length.

    Args:
        vectors: `(n, vector_length) float32`, of any length each.
    """
    return unit_vectors(np.cbrt(vectors))


def closeness(similarities: np.ndarray) -> np.ndarray:
    """Return the mean of the three largest similarities of each picture, of all where there are fewer.

    >>> closeness(np.array([[0.1, 0.9, 0.2, 0.8, 0.7, 0.6]])).round(3).tolist()
    [0.8]

    Args:
        similarities: `(n, m)`, of n pictures to m training pictures, m at least 1.
    """
    count = min(NEAREST, similarities.shape[1])
    nearest: np.ndarray = np.partition(similarities, -count, axis=1)[:, -count:].mean(axis=1)
    return nearest


def cut(scores: np.ndarray) -> float:
    """Return the score that 95 % of new pictures like these do not exceed.

    Source: V. Vovk, A. Gammerman, G. Shafer, "Algorithmic learning in a random world" (2005): of n + 1
    pictures of which none is special the last one is as likely at any place in their order.

    Args:
        scores: `(n,)`, n at least 1.
    """
    place = min(math.ceil((len(scores) + 1) * PASS), len(scores)) - 1
    return float(np.sort(scores)[place])


@dataclass(frozen=True)
class Scale:
    """How largest probability and closeness of pictures of the labels lie.

    Attributes:
        means: of the two.
        deviations: of the two; one of 0 tells nothing apart, and does not count.
    """

    means: tuple[float, float]
    deviations: tuple[float, float]

    @classmethod
    def of(cls, probabilities: np.ndarray, close: np.ndarray) -> "Scale":
        """Compute the scale of pictures of the labels.

        Args:
            probabilities: `(n,)`, of each picture's first label, by a layer that was trained without it.
            close: `(n,)`, how close each is to training pictures of other groups.
        """
        both = [probabilities.astype(float), close.astype(float)]
        return cls((both[0].mean(), both[1].mean()), (both[0].std(), both[1].std()))

    def scores(self, probabilities: np.ndarray, close: np.ndarray) -> np.ndarray:
        """Compute how unlike pictures of the labels pictures are, `(n,) float64`."""
        parts = [
            (mean - values) / deviation
            for values, mean, deviation in zip(
                (probabilities.astype(float), close.astype(float)), self.means, self.deviations, strict=True
            )
            if deviation > _FLAT
        ]
        return np.sum(parts, axis=0) if parts else np.zeros(len(close))


@dataclass(frozen=True, eq=False)
class Novelty:
    """What a run keeps to tell pictures that are unlike its training pictures.

    Attributes:
        pictures: `(m, vector_length) float32`, of the run's dataset as `rooted` returns them.
        head: the layer as it was trained, without a temperature.
        scale: of pictures of the labels.
        threshold: above this score a picture is unknown.
    """

    pictures: np.ndarray
    head: Head
    scale: Scale
    threshold: float

    @classmethod
    def of(cls, run: Run) -> "Novelty | None":
        """Read what a run keeps; None where it keeps nothing, or what it kept is gone or damaged.

        Raises:
            RunError: the run is unfinished or damaged.
        """
        known, pictures = run.record().novelty, run.novelty_pictures()
        if not known or pictures is None:
            return None
        head = run.trained_head()
        try:
            (mean, other), (deviation, another) = known["means"], known["deviations"]
            scale = Scale((float(mean), float(other)), (float(deviation), float(another)))
            threshold = float(known["threshold"])
        except (KeyError, TypeError, ValueError):
            raise RunError(f"The run {run.name!r} is damaged: train it again.") from None
        if pictures.shape[1:] != head.kernel.shape[:1]:
            return None
        return cls(pictures.astype(np.float32), head, scale, threshold)

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Compute how unlike the training pictures pictures are, `(n,) float64`.

        Args:
            vectors: `(n, vector_length) float32`, their feature vectors.
        """
        first = self.head.probabilities(vectors).max(axis=1)
        return self.scale.scores(first, closeness(_others(_similarities(rooted(vectors), self.pictures))))

    def told(self, vectors: Sequence[np.ndarray]) -> list[tuple[float | None, bool | None]]:
        """Return of each picture its score, and whether it is unknown.

        Args:
            vectors: their feature vectors, `(vector_length,) float32` each.
        """
        scores = self.scores(np.stack(vectors)) if vectors else np.empty(0)
        return [(float(score), bool(score > self.threshold)) for score in scores]


def _similarities(vectors: np.ndarray, pictures: np.ndarray) -> np.ndarray:
    """Return the scalar product of each vector with each picture's, `(n, m)`.

    Of a single vector without BLAS: between the frames of a camera its threads would wait for more work and
    keep every core busy, 30 CPU-ms a frame instead of 0.7 with 1,000 pictures.
    """
    if len(vectors) == 1:
        single: np.ndarray = np.einsum("nd,md->nm", vectors, pictures)
        return single
    return np.asarray(vectors @ pictures.T)


def _others(similarities: np.ndarray) -> np.ndarray:
    """Return similarities without those of a picture to itself, which would tell of memory only."""
    return np.where(similarities > _ITSELF, -1, similarities)
