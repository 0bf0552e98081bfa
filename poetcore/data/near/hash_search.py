"""Search among hashes for those that are nearly the same as others, in some position.

Multi-index hashing (M. Norouzi, A. Punjani, D. Fleet, "Fast search in Hamming space with multi-index
hashing", 2012): of four bands of 16 bits, one must be the same or differ in one bit. Most are never compared.
"""

from collections.abc import Iterator

import numpy as np

from poetcore.data.near.spectra import positions

__all__ = ["HashSearch"]

_BAND_BITS = 16
_BANDS = 4

#: Pairs that are looked at at once; each takes some 40 bytes.
_AT_ONCE = 2_000_000


class HashSearch:
    """Finds the hashes that are close to others.

    Args:
        hashes: `(n,) uint64`.
        distance: bits that may differ in all.
    """

    def __init__(self, hashes: np.ndarray, distance: int) -> None:
        self._hashes = hashes
        self._distance = distance
        self._bands = [_Band(_band(hashes, number)) for number in range(_BANDS)]

    def near(self, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Find the hashes that, in some position, differ in few bits and in a band in none or one.

        Args:
            asked: `(m,) uint64`.

        Returns:
            The number of the hash that was asked for, the row of the other one, and the position of the
            first, each `(k,) int64`; a pair is there as often as it is found.
        """
        placed = positions(asked).ravel()
        queries, rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for number, band in enumerate(self._bands):
            probes = (_band(placed, number)[:, None] ^ _MASKS).ravel()
            for probe, row in band.look_up(probes):
                query = probe // len(_MASKS)
                close = np.bitwise_count(placed[query] ^ self._hashes[row]) <= self._distance
                queries.append(query[close])
                rows.append(row[close])
        position, number_asked = np.divmod(np.concatenate(queries), max(len(asked), 1))
        return number_asked, np.concatenate(rows), position


class _Band:
    """Rows by the value of 16 of their bits."""

    def __init__(self, values: np.ndarray) -> None:
        self._rows = np.argsort(values, kind="stable")
        self._starts = np.searchsorted(values[self._rows], np.arange(2**_BAND_BITS + 1))

    def look_up(self, probes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (probe number, row) for all rows that have a probe's value, a bounded number at a time."""
        starts, counts = self._starts[probes], np.diff(self._starts)[probes]
        ends = np.cumsum(counts)
        first = 0
        while first < len(probes):
            before = ends[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(ends, before + _AT_ONCE, "right")))
            part = counts[first:last]
            probe = np.repeat(np.arange(first, last), part)
            offset = np.arange(len(probe)) - np.repeat(np.cumsum(part) - part, part)
            yield probe, self._rows[starts[probe] + offset]
            first = last


def _band(hashes: np.ndarray, number: int) -> np.ndarray:
    band: np.ndarray = (hashes >> np.uint64(_BAND_BITS * number)).astype(np.int64)
    band &= 2**_BAND_BITS - 1
    return band


#: Which bits of a band may differ: none, or one.
_MASKS = np.array([0, *(1 << bit for bit in range(_BAND_BITS))], np.int64)
