"""The last layer, which is trained: a dense layer and a softmax on a backbone's feature vectors, in numpy."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Head", "cross_entropy"]


@dataclass(frozen=True)
class Head:
    """The last layer's weights.

    Attributes:
        kernel: `(vector_length, labels) float32`.
        bias: `(labels,) float32`.
    """

    kernel: np.ndarray
    bias: np.ndarray

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """Compute each label's probability for each picture (softmax).

        Args:
            vectors: `(n, vector_length) float32`.

        Returns:
            `(n, labels) float32`; each row sums to 1.
        """
        logits = vectors @ self.kernel + self.bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        normalised: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
        return normalised


def cross_entropy(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Compute the mean negative logarithm of the probability given to the true label.

    Args:
        probabilities: `(n, labels)`.
        targets: `(n,)` indices of the true labels.
    """
    given = probabilities[np.arange(len(targets)), targets]
    return float(-np.log(np.maximum(given, 1e-12)).mean())
