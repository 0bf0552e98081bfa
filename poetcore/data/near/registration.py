"""Moves small pictures onto others: undoes what a hand that holds a camera, or a crop, has shifted or turned.

The inverse compositional form of the method of Lucas and Kanade for affine warps (S. Baker, I. Matthews,
"Lucas-Kanade 20 years on: a unifying framework", 2004), for many small pictures at once.
"""

import numpy as np

__all__ = ["align"]

_ROUNDS = 3

_MEAN = np.full(3, 1 / 3, np.float32)

#: How far, in pixels, a corner of the picture may be moved by each of the six parameters.
_FARTHEST = 1.5

#: Added to the diagonal of the normal equations, so that a picture without detail stays where it is.
_DAMPING = 4.0


def align(fixed: np.ndarray, moving: np.ndarray) -> np.ndarray:
    """Shift, turn, enlarge and shear pictures a little, so that they fit onto others.

    Args:
        fixed: `(n, s, s, 3) float32`.
        moving: likewise.

    Returns:
        The moved pictures, `(n, s, s, 3) float32`; at their margins the outermost pixels are repeated.
    """
    count, side = fixed.shape[:2]
    half = side / 2
    down, across = (np.mgrid[:side, :side].reshape(2, -1) - (side - 1) / 2) / half
    grid = np.stack([np.ones_like(across), across, down]).astype(np.float32)  # (3, pixels)
    goal = _standard(fixed @ _MEAN)
    slope_down, slope_across = (
        slope.reshape(count, 1, side * side) for slope in np.gradient(goal, axis=(1, 2))
    )
    steepest = np.concatenate([slope_across * grid, slope_down * grid], axis=1)  # (n, 6, pixels)
    normal = steepest @ steepest.transpose(0, 2, 1) + _DAMPING * np.eye(6, dtype=np.float32)
    inverse = np.linalg.inv(normal)
    grey = (moving @ _MEAN)[..., None]
    warp = np.tile(np.eye(3, dtype=np.float32), (count, 1, 1))
    for _ in range(_ROUNDS):
        error = _standard(_warped(grey, warp, grid)[..., 0]) - goal
        pull = steepest @ error.reshape(count, side * side, 1)
        step = (inverse @ pull).reshape(count, 2, 3) / half
        undo = np.tile(np.eye(3, dtype=np.float32), (count, 1, 1))
        undo[:, 1:] += step
        warp = warp @ np.linalg.inv(undo)
        free = warp[:, 1:] - np.eye(3, dtype=np.float32)[1:]
        warp[:, 1:] += np.clip(free, -_FARTHEST / half, _FARTHEST / half) - free
    return _warped(moving, warp, grid)


def _warped(pictures: np.ndarray, warp: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Sample pictures at warped places, between pixels by interpolation.

    Args:
        pictures: `(n, s, s, c) float32`.
        warp: `(n, 3, 3)`: of 1, across and down, from -1 to 1, to the place that is sampled.
        grid: `(3, s * s)`, the places that are warped.
    """
    count, side, _, colours = pictures.shape
    place = np.clip((warp[:, 1:] @ grid) * (side / 2) + (side - 1) / 2, 0, side - 1)
    before = np.minimum(place.astype(np.int32), side - 2)
    across, down = (place - before.astype(np.float32)).transpose(1, 0, 2)[..., None]
    pixel = before[:, 1] * side + before[:, 0] + np.arange(count)[:, None] * side * side
    flat = pictures.reshape(-1, colours)
    above = flat[pixel] * (1 - across) + flat[pixel + 1] * across
    below = flat[pixel + side] * (1 - across) + flat[pixel + side + 1] * across
    sampled: np.ndarray = above * (1 - down) + below * down
    return sampled.reshape(pictures.shape)


def _standard(pictures: np.ndarray) -> np.ndarray:
    """Scale pictures `(n, s, s)` to mean 0 and deviation 1."""
    standard: np.ndarray = pictures - pictures.mean(axis=(1, 2), keepdims=True)
    pixels = pictures.shape[1] * pictures.shape[2]
    spread = np.sqrt(np.einsum("nij,nij->n", standard, standard) / pixels)
    standard /= np.maximum(spread, 1e-6)[:, None, None]
    return standard
