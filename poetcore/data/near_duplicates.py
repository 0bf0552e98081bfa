"""Pictures that look the same though their files differ: resized, saved again, turned or mirrored.

A picture's perceptual hash says of 63 low spatial frequencies whether they are there positively: the signs of
the 8 x 8 lowest coefficients of the discrete cosine transform of its 32 x 32 grey thumbnail, the mean left
out (after C. Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, with zero in
place of the median). Mirroring a picture negates every other column of coefficients and turning it also
transposes them, so the hashes of all eight positions follow from one hash by moving and flipping bits.

Hashes within a distance are found by multi-index hashing (M. Norouzi, A. Punjani, D. Fleet, "Fast search in
Hamming space with multi-index hashing", 2012): of four bands of 16 bits, one must lie within a quarter of the
distance. None is missed, and different pictures are hardly ever compared.

A hash alone also takes different pictures for the same now and then, so what it finds is compared again by
colour: see `similarity`.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import chain, combinations

import numpy as np
import pandas as pd

from poetcore.data.groups import linked_groups

__all__ = [
    "DISTANCE",
    "close_pairs",
    "dct_hash",
    "duplicate_groups",
    "near_duplicate_pairs",
    "positions",
    "similarity",
]

#: Bits that may differ. Four bands of 16 bits make up to 7 cheap: one band differs in at most one bit.
DISTANCE = 7

_SIDE = 8
_BAND_BITS = 16
_BANDS = 4

#: A coefficient below this, in grey levels, is what saving a picture again may add or take away.
_NOISE = 2.0

#: Candidates that are compared at once; each takes some 40 bytes.
_AT_ONCE = 2_000_000
_QUERIES = 4096
_COMPARED = 4096

#: Grey levels by which a thumbnail must vary for its hash to mean anything.
_DETAIL = 4.0

#: Levels between the strongest and the weakest of red, green and blue, on average, that cannot be seen.
_COLOURLESS = 4.0


def dct_hash(grey: np.ndarray) -> int:
    """Compute the perceptual hash of a picture.

    Args:
        grey: `(32, 32)`, 0..255.

    Returns:
        64 bits as an unsigned number; the first, which would be the mean's, is 0.
    """
    basis = _dct_basis(len(grey))
    low = basis @ grey.astype(np.float32) @ basis.T
    signs = low > _NOISE
    signs[0, 0] = False
    return int.from_bytes(np.packbits(signs).tobytes(), "big")


@cache
def _dct_basis(length: int) -> np.ndarray:
    """Compute the 8 lowest rows of the orthonormal discrete cosine transform, `(8, length) float32`."""
    angles = np.pi * (np.arange(length) + 0.5) / length
    basis: np.ndarray = np.cos(np.arange(_SIDE)[:, None] * angles) * np.sqrt(2 / length)
    basis[0] /= np.sqrt(2)
    return np.asarray(basis, np.float32)


def positions(hashes: np.ndarray) -> np.ndarray:
    """Return the hashes of pictures turned by quarters and mirrored.

    Args:
        hashes: `(n,) uint64`.

    Returns:
        `(8, n) uint64`, the first row as they are.
    """
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8)).reshape(-1, _SIDE, _SIDE)
    odd = (np.arange(_SIDE) % 2).astype(np.uint8)
    columns, rows = odd[None, :] * np.ones((_SIDE, 1), np.uint8), odd[:, None] * np.ones(_SIDE, np.uint8)
    return np.stack(
        [
            np.packbits(turned ^ flips).view(">u8").astype(np.uint64)
            for turned in (bits, bits.transpose(0, 2, 1))
            for flips in (np.zeros_like(rows), columns, rows, rows ^ columns)
        ]
    )


def close_pairs(hashes: np.ndarray, distance: int = DISTANCE) -> Iterator[np.ndarray]:
    """Find all pairs of hashes that, in some position, differ in at most so many bits.

    Every hash must be there once: many equal ones are that many pairs squared.

    Args:
        hashes: `(n,) uint64`.
        distance: bits, 0 to 64; the time grows steeply beyond 7.

    Yields:
        `(m, 2) int64`, row numbers, the smaller first; each pair once, in the order of the smaller.
    """
    masks = _masks(distance // _BANDS)
    index = [_Band(_band(hashes, number)) for number in range(_BANDS)]
    for first in range(0, len(hashes), _QUERIES):
        asked = positions(hashes[first : first + _QUERIES])
        who = np.broadcast_to(np.arange(first, first + asked.shape[1]), asked.shape).ravel()
        asked = asked.ravel()
        found = []
        for number, band in enumerate(index):
            probes = (_band(asked, number)[:, None] ^ masks).ravel()
            for probe, row in band.look_up(probes):
                query = probe // len(masks)
                later = row > who[query]
                query, row = query[later], row[later]
                near = np.bitwise_count(asked[query] ^ hashes[row]) <= distance
                found.append(np.unique(who[query[near]] * len(hashes) + row[near]))
        codes = np.unique(np.concatenate(found))
        if len(codes):
            yield np.stack(np.divmod(codes, len(hashes)), axis=1)


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
    if pictures.empty:
        return pairs
    small = np.frombuffer(b"".join(pictures["thumbnail"]), np.uint8).reshape(len(pictures), 16, 16, 3)
    hashes = np.frombuffer(b"".join(pictures["hash"]), ">u8").astype(np.uint64)
    # In parts: the standard deviation of bytes is computed in floating point, eight times their size.
    parts = (small[begin : begin + _COMPARED] for begin in range(0, len(small), _COMPARED))
    rows = np.flatnonzero(np.concatenate([part.std(axis=(1, 2, 3)) for part in parts]) >= _DETAIL)
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
