"""Search among hashes for those that are nearly the same as others, in some position.

Multi-index hashing (M. Norouzi, A. Punjani, D. Fleet, "Fast search in Hamming space with multi-index
hashing", 2012): of four bands of 16 bits, one must be the same or differ in one bit. Most are never compared.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from poetcore.data.near.spectra import positions

__all__ = ["HashSearch"]

_BAND_BITS = 16
_BANDS = 4

#: Pairs that are looked at at once: so few that they stay in the processor's cache.
_AT_ONCE = 32_768


class HashSearch:
    """Finds the hashes that are close to others.

    Args:
        hashes: `(n,) uint64`.
        distance: bits that may differ in all.
    """

    def __init__(self, hashes: np.ndarray, distance: int) -> None:
        self._distance = distance
        self._bands = [_Band(hashes, number) for number in range(_BANDS)]

    def near(self, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Find the hashes that, in some position, differ in few bits and in a band in none or one.

        Args:
            asked: `(m,) uint64`.

        Returns:
            The number of the hash that was asked for, the row of the other one, and the position of the
            first, each `(k,) int64`; a pair is there as often as it is found.
        """
        placed = positions(asked).ravel()
        queries, rows = zip(*(band.close(placed, self._distance) for band in self._bands), strict=True)
        position, number_asked = np.divmod(np.concatenate(queries), max(len(asked), 1))
        return number_asked, np.concatenate(rows), position


class _Band:
    """Hashes by the value of 16 of their bits.

    Args:
        hashes: `(n,) uint64`.
        number: of the band.
    """

    def __init__(self, hashes: np.ndarray, number: int) -> None:
        values = _band(hashes, number)
        self._number = number
        self._rows = np.argsort(values, kind="stable")
        self._sorted = hashes[self._rows]
        sizes = np.bincount(values, minlength=2**_BAND_BITS)
        self._starts = np.cumsum(sizes) - sizes
        # Numbers of two bytes are sorted several times as fast.
        self._sizes = sizes.astype(np.uint16 if sizes.max() < 2**16 else np.int64)

    def close(self, asked: np.ndarray, distance: int) -> tuple[np.ndarray, np.ndarray]:
        """Find the hashes that differ in few bits, and in none or one of the band.

        What has the value of a probe lies in one run. Probes whose runs are of one length are looked at
        together, as the rows of a rectangle: so no pair needs a number of its own until it is found.

        Args:
            asked: `(m,) uint64`.
            distance: bits that may differ in all.

        Returns:
            The number of the hash that was asked for and the row of the other one, each `(k,) int64`.
        """
        probes = (_band(asked, self._number)[:, None] ^ _MASKS).ravel()
        sizes = self._sizes[probes]
        order = np.argsort(sizes, kind="stable")
        ends = np.cumsum(np.bincount(sizes, minlength=1))
        found, places = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for size in (np.flatnonzero(np.diff(ends)) + 1).tolist():
            runs = sliding_window_view(self._sorted, size)
            step = max(1, _AT_ONCE // size)
            for begin in range(ends[size - 1], ends[size], step):
                some = order[begin : min(begin + step, ends[size])]
                start = self._starts[probes[some]]
                differing = runs[start]
                differing ^= asked[some // len(_MASKS)][:, None]
                one, other = np.nonzero(np.bitwise_count(differing) <= distance)
                found.append(some[one])
                places.append(start[one] + other)
        probe, at = np.concatenate(found), np.concatenate(places)
        order = np.lexsort((at, probe))
        return probe[order] // len(_MASKS), self._rows[at[order]]


def _band(hashes: np.ndarray, number: int) -> np.ndarray:
    band: np.ndarray = (hashes >> np.uint64(_BAND_BITS * number)).astype(np.int64)
    band &= 2**_BAND_BITS - 1
    return band


#: Which bits of a band may differ: none, or one.
_MASKS = np.array([0, *(1 << bit for bit in range(_BAND_BITS))], np.int64)
