"""The last layer, which is trained: a dense layer and a softmax, or a sigmoid a label, on feature vectors."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from poetcore.system.reading import read_arrays

__all__ = ["ACTIVATIONS", "Head", "cross_entropy", "pack_head", "unit_vectors", "unpack_head"]

#: What makes probabilities of the logits: "softmax" where a picture has one label, "sigmoid" where it may
#: have several. The names are Keras's.
ACTIVATIONS = ("softmax", "sigmoid")

#: What a shorter vector is divided by, as in Keras's `UnitNormalization`.
_SHORTEST = 1e-12


@dataclass(frozen=True)
class Head:
    """The last layer's weights.

    Attributes:
        kernel: `(vector_length, labels) float32`.
        bias: `(labels,) float32`.
        activation: one of `ACTIVATIONS`.
        unit: whether a feature vector is divided by its length before the layer.
    """

    kernel: np.ndarray
    bias: np.ndarray
    activation: str = "softmax"
    unit: bool = False

    def divided(self, temperature: float) -> "Head":
        """Return the layer whose logits are divided by a temperature, so that its probabilities are softer.

        Source: C. Guo et al., "On calibration of modern neural networks", ICML 2017.

        Args:
            temperature: above 0; at 1 nothing changes, below 1 the probabilities become more certain.
        """
        if temperature == 1:
            return self
        factor = np.float32(1 / temperature)
        return replace(self, kernel=self.kernel * factor, bias=self.bias * factor)

    def checksum(self) -> str:
        """Compute the sha256 of its weights and of what is done with them, 64 hexadecimal digits."""
        return _checksum_of({"kernel": self.kernel, "bias": self.bias} | _words(self))

    def logits(self, vectors: np.ndarray) -> np.ndarray:
        """Compute the outputs before the activation, `(n, labels) float32`.

        Args:
            vectors: `(n, vector_length) float32`.
        """
        inputs = unit_vectors(vectors) if self.unit else vectors
        outputs: np.ndarray = inputs @ self.kernel + self.bias
        return outputs

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """Compute each label's probability for each picture, by the layer's activation.

        Args:
            vectors: `(n, vector_length) float32`.

        Returns:
            `(n, labels) float32`; each row sums to 1 with a softmax, each number stands alone with a sigmoid.
        """
        logits = self.logits(vectors)
        if self.activation == "sigmoid":
            # By the hyperbolic tangent: the exponential of a large logit would overflow.
            alone: np.ndarray = (np.tanh(logits / 2) + 1) / 2
            return alone
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        normalised: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
        return normalised


def unit_vectors(vectors: np.ndarray) -> np.ndarray:
    """Divide each vector by its length, as Keras's `UnitNormalization` does; one of zeros stays so.

    Args:
        vectors: `(n, vector_length) float32`.
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    normalised: np.ndarray = vectors / np.maximum(lengths, np.float32(_SHORTEST))
    return normalised


def cross_entropy(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Compute the mean negative logarithm of the probability given to the true label.

    Where a picture may have several labels: the mean of the binary cross entropies of all labels, as Keras's.

    Args:
        probabilities: `(n, labels)`.
        targets: `(n,)` indices of the true labels, or `(n, labels)` of 0 and 1.
    """
    if targets.ndim == 2:
        right = np.where(targets == 1, probabilities, 1 - probabilities)
        return float(-np.log(np.maximum(right, 1e-12)).mean())
    given = probabilities[np.arange(len(targets)), targets]
    return float(-np.log(np.maximum(given, 1e-12)).mean())


def pack_head(trained: Head, temperature: float = 1.0) -> bytes:
    """Return the content of `head.npz`.

    `kernel` and `bias` are divided by the temperature, so that whoever reads them predicts calibrated. Where
    it is not 1, `temperature` and the layer as it was trained stand beside them. `checksum` is of them all.

    Args:
        trained: the layer as it was trained.
        temperature: what its logits are divided by.
    """
    applied = trained.divided(temperature)
    arrays = {"kernel": applied.kernel, "bias": applied.bias} | _words(trained)
    if temperature != 1:
        arrays |= {"trained_kernel": trained.kernel, "trained_bias": trained.bias}
        arrays["temperature"] = np.array(temperature, float)
    arrays["checksum"] = np.array(_checksum_of(arrays))
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack_head(content: bytes) -> tuple[Head, Head, float]:
    """Read the content of `head.npz`.

    Returns:
        The layer to predict with, the layer as it was trained, and the temperature between them, 1 where
        there is none.

    Raises:
        ValueError: it is damaged.
    """
    try:
        arrays = read_arrays(io.BytesIO(content))
        told = arrays.pop("checksum", None)
        if told is not None and str(told) != _checksum_of(arrays):
            raise ValueError("it is not as it was written")
        activation = str(arrays["activation"]) if "activation" in arrays else "softmax"
        unit = bool(arrays["unit"]) if "unit" in arrays else False
        applied = trained = Head(arrays["kernel"], arrays["bias"], activation, unit)
        temperature = float(arrays["temperature"]) if "temperature" in arrays else 1.0
        if temperature != 1:
            trained = Head(arrays["trained_kernel"], arrays["trained_bias"], activation, unit)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(str(error)) from None
    if not (_is_sound(applied) and _is_sound(trained) and 0 < temperature < np.inf):
        raise ValueError("the layer is not of finite numbers, or its parts do not fit")
    return applied, trained, temperature


def _words(head: Head) -> dict[str, np.ndarray]:
    """Return what a file says of a layer beside its weights; nothing of the usual one, as in older files."""
    told = {}
    if head.activation != "softmax":
        told["activation"] = np.array(head.activation)
    if head.unit:
        told["unit"] = np.array(True)
    return told


def _checksum_of(arrays: Mapping[str, np.ndarray]) -> str:
    whole = hashlib.sha256()
    for name, values in sorted(arrays.items()):
        whole.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
        whole.update(np.ascontiguousarray(values).tobytes())
    return whole.hexdigest()


def _is_sound(head: Head) -> bool:
    kernel, bias = head.kernel, head.bias
    numbers = all(np.issubdtype(one.dtype, np.floating) and np.isfinite(one).all() for one in (kernel, bias))
    fits = kernel.ndim == 2 and bias.shape == kernel.shape[1:]
    return numbers and fits and head.activation in ACTIVATIONS
