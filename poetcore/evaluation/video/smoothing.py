"""Probabilities over time without flicker: an exponential mean, the same as in the browser."""

import numpy as np

__all__ = ["TIME_CONSTANT", "smooth"]

#: Seconds after which 63 % of a sudden change are shown; `system/browser/smoothing.js` has the same.
TIME_CONSTANT = 0.4


def smooth(times: np.ndarray, values: np.ndarray, time_constant: float = TIME_CONSTANT) -> np.ndarray:
    """Return the exponential mean of values over time, which forgets what is long ago.

    Each row is the one before, moved towards the new value by the share 1 - exp(-dt / time constant), so that
    the answer hangs on the time that passed and not on how many frames there were.

    >>> smooth(np.array([0.0, 0.4]), np.array([[1.0, 0.0], [0.0, 1.0]])).round(2).tolist()
    [[1.0, 0.0], [0.37, 0.63]]

    Args:
        times: `(n,)`, in seconds, rising.
        values: `(n, m)`.
        time_constant: in seconds; 0 leaves the values as they are.

    Returns:
        `(n, m) float64`.
    """
    smoothed = np.array(values, float)
    if time_constant <= 0:
        return smoothed
    with np.errstate(over="ignore"):  # a constant of next to nothing
        shares = 1 - np.exp(-np.maximum(np.diff(times), 0) / time_constant)
    for place, share in enumerate(shares, 1):
        smoothed[place] = smoothed[place - 1] + share * (smoothed[place] - smoothed[place - 1])
    return smoothed
