"""Pictures that look the same though their files differ: resized, saved again, turned or mirrored.

Hashes within a distance are found by multi-index hashing (M. Norouzi, A. Punjani, D. Fleet, "Fast search in
Hamming space with multi-index hashing", 2012): of four bands of 16 bits, one must lie within a quarter of the
distance. None is missed, and different pictures are hardly ever compared.

A hash alone also takes different pictures for the same now and then, so what it finds is compared again by
colour: see `similarity`.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, combinations

import numpy as np
import pandas as pd

from poetcore.data.groups import linked_groups
from poetcore.data.perceptual_hash import THUMBNAIL, positions

__all__ = [
    "DISTANCE",
    "NEAR",
    "close_pairs",
    "duplicate_groups",
    "near_duplicate_pairs",
    "near_matches",
    "similarity",
]

#: Bits that may differ. Four bands of 16 bits make up to 7 cheap: one band differs in at most one bit.
DISTANCE = 7

#: Similarity from which two pictures are near duplicates.
NEAR = 0.85

_BAND_BITS = 16
_BANDS = 4

#: Candidates that are compared at once; each takes some 40 bytes.
_AT_ONCE = 2_000_000
_QUERIES = 4096
_COMPARED = 4096

#: Grey levels by which a thumbnail must vary for its hash to mean anything.
_DETAIL = 4.0

#: Levels between the strongest and the weakest of red, green and blue, on average, that cannot be seen.
_COLOURLESS = 4.0


def close_pairs(hashes: np.ndarray, distance: int = DISTANCE) -> Iterator[np.ndarray]:
    """Find all pairs of hashes that, in some position, differ in at most so many bits.

    Every hash must be there once: many equal ones are that many pairs squared.

    Args:
        hashes: `(n,) uint64`.
        distance: bits, 0 to 64; the time grows steeply beyond 7.

    Yields:
        `(m, 2) int64`, row numbers, the smaller first; each pair once, in the order of the smaller.
    """
    index = _Index(hashes, distance)
    for first in range(0, len(hashes), _QUERIES):
        query, row = index.near(hashes[first : first + _QUERIES])
        query += first
        later = row > query
        codes = np.unique(query[later] * len(hashes) + row[later])
        if len(codes):
            yield np.stack(np.divmod(codes, len(hashes)), axis=1)


class _Index:
    """Hashes, by the values of their bands.

    Args:
        hashes: `(n,) uint64`.
        distance: bits that may differ.
    """

    def __init__(self, hashes: np.ndarray, distance: int) -> None:
        self._hashes = hashes
        self._distance = distance
        self._masks = _masks(distance // _BANDS)
        self._bands = [_Band(_band(hashes, number)) for number in range(_BANDS)]

    def near(self, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find which hashes are close to others in some position.

        Args:
            asked: `(m,) uint64`.

        Returns:
            Their numbers and the rows of the index, both `(k,) int64`; a pair may occur several times.
        """
        placed = positions(asked)
        who = np.broadcast_to(np.arange(len(asked)), placed.shape).ravel()
        placed = placed.ravel()
        queries, rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for number, band in enumerate(self._bands):
            probes = (_band(placed, number)[:, None] ^ self._masks).ravel()
            for probe, row in band.look_up(probes):
                query = probe // len(self._masks)
                close = np.bitwise_count(placed[query] ^ self._hashes[row]) <= self._distance
                queries.append(who[query[close]])
                rows.append(row[close])
        return np.concatenate(queries), np.concatenate(rows)


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


def _masks(radius: int) -> np.ndarray:
    """List all 16-bit numbers with at most `radius` bits set, `(k,) int64`."""
    chosen = [bits for n in range(min(radius, _BAND_BITS) + 1) for bits in combinations(range(_BAND_BITS), n)]
    return np.array([sum(1 << bit for bit in bits) for bits in chosen], np.int64)


def similarity(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Compare small colour pictures in pairs: the highest correlation over the eight positions.

    Args:
        one: `(m, 16, 16, 3) uint8`.
        other: likewise.

    Returns:
        `(m,) float32`: 1 where one is the other, brighter or darker or turned at most; near 0 where they
        have nothing in common. Colours count only where both have some.
    """
    one, other = _in_common_colours(one, other)
    best = np.full(len(one), -1, np.float32)
    fixed = _standard(other)
    for transposed in (one, one.transpose(0, 2, 1, 3)):
        for across in (1, -1):
            for down in (1, -1):
                turned = _standard(transposed[:, ::down, ::across])
                best = np.maximum(best, np.einsum("ij,ij->i", turned, fixed))
    return best


def _in_common_colours(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Make both of a pair grey where one is: a black and white copy has lost its colours."""
    grey = np.zeros(len(one), bool)
    for pictures in (one, other):
        grey |= (pictures.max(axis=3) - pictures.min(axis=3)).mean(axis=(1, 2)) < _COLOURLESS
    chosen = grey[:, None, None, None]
    return (
        np.where(chosen, one.mean(axis=3, keepdims=True), one),
        np.where(chosen, other.mean(axis=3, keepdims=True), other),
    )


def near_duplicate_pairs(pictures: pd.DataFrame, least: float) -> dict[int, dict[int, float]]:
    """Find near duplicates, in whatever position.

    Of many pictures with one and the same hash each is compared with the first only.

    Args:
        pictures: columns hash (8 bytes) and thumbnail (768 bytes), as they are measured; numbered from 0.
        least: similarity, 0 to 1, from which two pictures are a pair.

    Returns:
        row -> its near duplicates, each with its similarity.
    """
    pairs: dict[int, dict[int, float]] = defaultdict(dict)
    hashes, small = _unpacked(pictures)
    rows = np.flatnonzero(_has_detail(small))
    different, first, of = np.unique(hashes[rows], return_index=True, return_inverse=True)
    equal = np.stack([rows[first[of]], rows], axis=1)
    candidates = [equal[equal[:, 0] != equal[:, 1]]]
    for found in chain(candidates, (rows[first[pair]] for pair in close_pairs(different))):
        for begin in range(0, len(found), _COMPARED):
            some = found[begin : begin + _COMPARED]
            values = similarity(small[some[:, 0]], small[some[:, 1]])
            for (one, other), value in zip(
                some[values >= least].tolist(), values[values >= least].tolist(), strict=True
            ):
                pairs[one][other] = pairs[other][one] = value
    return pairs


def near_matches(
    asked: pd.DataFrame, among: pd.DataFrame, least: float = NEAR
) -> dict[int, tuple[int, float]]:
    """Find for pictures the most similar ones among others, where there is a near duplicate.

    Args:
        asked: columns hash and thumbnail (bytes), numbered from 0.
        among: likewise.
        least: similarity, 0 to 1, from which two pictures are near duplicates.

    Returns:
        row of `asked` -> (row of `among`, similarity), of those that have a near duplicate.
    """
    best: dict[int, tuple[int, float]] = {}
    hashes, small = _unpacked(asked)
    others, others_small = _unpacked(among)
    rows, known = np.flatnonzero(_has_detail(small)), np.flatnonzero(_has_detail(others_small))
    different, first = np.unique(others[known], return_index=True)
    index = _Index(different, DISTANCE)
    for begin in range(0, len(rows), _QUERIES):
        query, row = index.near(hashes[rows[begin : begin + _QUERIES]])
        codes = np.unique(query * max(len(different), 1) + row)
        for start in range(0, len(codes), _COMPARED):
            query, row = np.divmod(codes[start : start + _COMPARED], max(len(different), 1))
            one, other = rows[begin + query], known[first[row]]
            values = similarity(small[one], others_small[other])
            for number in np.flatnonzero(values >= least).tolist():
                if values[number] > best.get(int(one[number]), (0, 0.0))[1]:
                    best[int(one[number])] = (int(other[number]), float(values[number]))
    return best


def _unpacked(pictures: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return hashes `(n,) uint64` and thumbnails `(n, 16, 16, 3) uint8`."""
    small = np.frombuffer(b"".join(pictures["thumbnail"]), np.uint8).reshape(-1, THUMBNAIL, THUMBNAIL, 3)
    return np.frombuffer(b"".join(pictures["hash"]), ">u8").astype(np.uint64), small


def _has_detail(small: np.ndarray) -> np.ndarray:
    """Return whether thumbnails vary enough for their hashes to mean anything: `(n,) bool`."""
    # In parts: the standard deviation of bytes is computed in floating point, eight times their size.
    parts = [small[begin : begin + _COMPARED] for begin in range(0, len(small), _COMPARED)]
    return np.concatenate([np.empty(0, bool), *(part.std(axis=(1, 2, 3)) >= _DETAIL for part in parts)])


def duplicate_groups(pairs: dict[int, dict[int, float]]) -> list[list[int]]:
    """Group rows that are linked by pairs: the rows of each group in order, the groups by their first rows.

    Args:
        pairs: as `near_duplicate_pairs` returns them.
    """
    return sorted(sorted(group) for group in linked_groups((a, b) for a in pairs for b in pairs[a]))


def _standard(pictures: np.ndarray) -> np.ndarray:
    """Scale each to mean 0 and length 1: `(m, 768) float32`."""
    flat: np.ndarray = pictures.reshape(len(pictures), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    return flat
