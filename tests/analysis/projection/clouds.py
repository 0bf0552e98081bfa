"""Feature vectors of two labels that a network tells apart."""

import numpy as np


def clouds(count: int = 40, length: int = 32) -> np.ndarray:
    """Two clouds that lie apart: the first half and the second half, `(count, length) float32`."""
    rng = np.random.default_rng(0)
    centres = np.repeat(rng.normal(0, 3, (2, length)), count // 2, axis=0)
    return (centres + rng.normal(0, 0.3, (count, length))).astype(np.float32)


def apart(projected: np.ndarray) -> float:
    """How far the two halves of a map lie apart, in deviations of the first."""
    first, second = np.array_split(projected, 2)
    return float(np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) / first.std(axis=0).max())
