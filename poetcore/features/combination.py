"""The feature vectors of several networks side by side as one."""

from collections.abc import Sequence

import numpy as np

__all__ = ["LENGTH", "side_by_side"]

#: The length to which each part is scaled: a usual one of EfficientNet-Lite0's vectors, so that one learning
#: rate fits a single network and a combination.
LENGTH = 12.0


def side_by_side(vectors: Sequence[np.ndarray]) -> np.ndarray:
    """Join the feature vectors that networks made of the same pictures.

    Each is divided by its length first, so that no network outweighs another because its numbers are larger.
    That of a single network stays as it is.

    Args:
        vectors: one a network, each `(..., length) float32`.

    Returns:
        `(..., sum of the lengths) float32`.
    """
    if len(vectors) == 1:
        return vectors[0]
    scaled = []
    for one in vectors:
        lengths = np.linalg.norm(one, axis=-1, keepdims=True)
        scaled.append(np.float32(LENGTH) * one / np.maximum(lengths, np.float32(1e-12)))
    return np.concatenate(scaled, axis=-1)
