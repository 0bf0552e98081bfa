"""Pictures that look the same though their files differ: resized, saved again, cropped, mirrored, grey.

Candidates are pictures whose hashes differ in few bits, in some position (mirrored or turned) and at one of
two zooms, and which agree when seen from afar. They are compared in detail: see `similarity`.
"""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from poetcore.data.groups import linked_groups
from poetcore.data.near.hash_search import HashSearch
from poetcore.data.near.registration import align
from poetcore.data.near.spectra import (
    coarse,
    common,
    correlation,
    has_detail,
    hash_bits,
    in_common_colours,
    turn,
    turn_coarse,
)
from poetcore.system.files import cores

__all__ = ["NEAR", "duplicate_groups", "near_duplicate_pairs", "near_matches", "similarity"]

#: Similarity from which two pictures are near duplicates. Of 1,000 photos of flowers, 99 % have more with a
#: copy that was cropped by 3 % at each side, mirrored, made grey and saved smaller all at once; beside the
#: 11 pairs that are one shot or two in a row, no two of them have (tests/benchmarks/near_duplicates.py).
NEAR = 0.8

#: Bits of 63 that may differ between the hashes of candidates.
_DISTANCE = 14

#: Pictures that are asked for, and pairs that are compared from afar and in detail, at once.
_QUERIES = 4096
_COARSE_AT_ONCE = 20_000
_COMPARED = 1024

#: How alike two pictures must be from afar to be compared, and with how many others one is at the most.
_LEAST_ALIKE = 0.7
_MOST = 12

#: Share of a picture's sides that its second window leaves out at each margin, as a crop does.
_ZOOM = 0.03

#: The same in the comparison of a moved picture, whose margins may show something else.
_MOVED = 0.06

#: What is subtracted from the similarity of a moved picture: being moved, unrelated ones gain as much.
_FREEDOM = 0.1

#: Similarities below and above which two pictures are not moved onto each other.
_HOPELESS = 0.1
_CERTAIN = 0.95


class _Candidates(NamedTuple):
    """Pairs to be compared: the pictures asked for, the others, how turned, and how alike from afar."""

    asked: np.ndarray
    row: np.ndarray
    position: np.ndarray
    alike: np.ndarray

    def take(self, chosen: np.ndarray | slice) -> "_Candidates":
        return _Candidates(*(column[chosen] for column in self))


def _joined(parts: list[_Candidates]) -> _Candidates:
    return _Candidates(*map(np.concatenate, zip(*parts, strict=True)))


class _Some:
    """Some thumbnails of an array, read as they are asked for: a copy would take as much memory again."""

    def __init__(self, pixels: np.ndarray, rows: np.ndarray | None) -> None:
        self._pixels = pixels
        self._rows = np.arange(len(pixels)) if rows is None else rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, chosen: slice | np.ndarray) -> np.ndarray:
        found: np.ndarray = self._pixels[self._rows[chosen]]
        return found

    def some(self, chosen: np.ndarray) -> "_Some":
        return _Some(self._pixels, self._rows[chosen])


class _Pictures:
    """Pictures to be compared, less those on which nothing can be seen.

    Args:
        small: their thumbnails.
        shared: what is subtracted, of `common`.

    Attributes:
        rows: `(m,) int64`, which of them can be seen.
        small: these.
        views: their coarse views, whole and zoomed, each `(m, 8, 8) float32`.
        hashes: of both views, each `(m,) uint64`.
    """

    def __init__(self, small: _Some, shared: np.ndarray) -> None:
        self.rows = np.flatnonzero(has_detail(small))
        self.small = small.some(self.rows)
        self.views = tuple(coarse(self.small, shared, margin) for margin in (0, _ZOOM))
        self.hashes = tuple(map(hash_bits, self.views))

    def __len__(self) -> int:
        return len(self.rows)

    def first_of_each(self) -> np.ndarray:
        """Return for each picture the first one with the same hash, `(m,) int64`."""
        _, first, of = np.unique(self.hashes[0], return_index=True, return_inverse=True)
        equal: np.ndarray = first[of]
        return equal


class _Finder:
    """Finds which of many pictures may be near duplicates of others.

    Args:
        known: the pictures.
    """

    def __init__(self, known: _Pictures) -> None:
        self._known = known
        self._chosen = np.unique(known.first_of_each())
        self._searches = [HashSearch(hashes[self._chosen], _DISTANCE) for hashes in known.hashes]

    def candidates(self, asked: _Pictures) -> Iterator[_Candidates]:
        """Yield the pairs to be compared, the most similar ones of each picture that is asked for."""
        for begin in range(0, len(asked), _QUERIES):
            part = slice(begin, begin + _QUERIES)
            found = [self._alike(asked, part, one, other) for one, other in ((0, 0), (0, 1), (1, 0))]
            yield _best(_joined(found))

    def _alike(self, asked: _Pictures, part: slice, one: int, other: int) -> _Candidates:
        """Find pairs whose views, of these numbers, have close hashes and agree."""
        number, row, position = self._searches[other].near(asked.hashes[one][part])
        alike = np.empty(len(row), np.float32)
        found = _Candidates(number + part.start, self._chosen[row], position, alike)
        for begin in range(0, len(found.asked), _COARSE_AT_ONCE):
            some = slice(begin, begin + _COARSE_AT_ONCE)
            turned = turn_coarse(asked.views[one][found.asked[some]], found.position[some])
            alike[some] = np.einsum("nij,nij->n", turned, self._known.views[other][found.row[some]])
        return found.take(alike >= _LEAST_ALIKE)


def _best(found: _Candidates) -> _Candidates:
    """Keep each pair once, and of each picture asked for the `_MOST` that are most alike."""
    found = _once(found, found.asked, found.row)
    found = found.take(np.lexsort((-found.alike, found.asked)))
    _, starts, sizes = np.unique(found.asked, return_index=True, return_counts=True)
    rank = np.arange(len(found.asked)) - np.repeat(starts, sizes)
    return found.take(rank < _MOST)


def _once(found: _Candidates, one: np.ndarray, other: np.ndarray) -> _Candidates:
    """Keep of the candidates with the same two numbers the one that is most alike."""
    order = np.lexsort((-found.alike, other, one))
    new = (np.diff(one[order], prepend=-1) != 0) | (np.diff(other[order], prepend=-1) != 0)
    return found.take(order[new])


def similarity(one: np.ndarray, other: np.ndarray, shared: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Compare small colour pictures in pairs, after moving one of each pair so that it fits onto the other.

    Args:
        one: `(m, 16, 16, 3) uint8`.
        other: likewise.
        shared: what both have in common with all others, of `spectra.common`.
        position: `(m,) int64`, how the first of each pair is turned or mirrored.

    Returns:
        `(m,) float32`: 1 where one is the other, brighter or darker or grey at most; near 0 where they have
        nothing in common. Colours count only where both have some.
    """
    moving, fixed = in_common_colours(one, other, shared)
    moving = turn(moving, position)
    found = correlation(moving, fixed)
    unsure = np.flatnonzero((found > _HOPELESS) & (found < _CERTAIN))
    moving, fixed = moving[unsure], fixed[unsure]
    cropped = correlation(moving, fixed, 0, _ZOOM), correlation(moving, fixed, _ZOOM, 0)
    moved = correlation(align(fixed, moving), fixed, _MOVED, _MOVED) - _FREEDOM
    found[unsure] = np.max([found[unsure], *cropped, moved], axis=0)
    return found


def _compare(asked: _Pictures, known: _Pictures, shared: np.ndarray, found: _Candidates) -> np.ndarray:
    """Return the similarity of all candidates, `(k,) float32`, computed in parts on all cores."""

    def compare(begin: int) -> np.ndarray:
        some = found.take(slice(begin, begin + _COMPARED))
        return similarity(asked.small[some.asked], known.small[some.row], shared, some.position)

    with ThreadPoolExecutor(cores()) as pool:
        parts = list(pool.map(compare, range(0, len(found.asked), _COMPARED)))
    return np.concatenate([np.empty(0, np.float32), *parts])


def near_duplicate_pairs(
    pixels: np.ndarray, least: float = NEAR, rows: np.ndarray | None = None
) -> dict[int, dict[int, float]]:
    """Find near duplicates, in whatever position.

    Of many pictures with one and the same hash each is compared with the first only.

    Args:
        pixels: thumbnails, `(m, 16, 16, 3) uint8`.
        least: similarity, 0 to 1, from which two pictures are a pair.
        rows: `(n,) int64`, which of them the pictures are; all by default.

    Returns:
        number of a picture -> its near duplicates, each with its similarity.
    """
    small = _Some(pixels, rows)
    shared = common(small)
    seen = _Pictures(small, shared)
    pairs: dict[int, dict[int, float]] = defaultdict(dict)
    first = seen.first_of_each()
    again = np.flatnonzero(first != np.arange(len(first)))
    same = _Candidates(first[again], again, np.zeros_like(again), np.ones(len(again), np.float32))
    found = _both_ways(_joined([same, *_Finder(seen).candidates(seen)]))
    values = _compare(seen, seen, shared, found)
    near = values >= least
    ones, others = seen.rows[found.asked[near]].tolist(), seen.rows[found.row[near]].tolist()
    for one, other, value in zip(ones, others, values[near].tolist(), strict=True):
        pairs[one][other] = pairs[other][one] = value
    return pairs


def _both_ways(found: _Candidates) -> _Candidates:
    """Keep each pair once, whichever of the two was asked for, and none of a picture with itself."""
    found = found.take(found.asked != found.row)
    return _once(found, np.minimum(found.asked, found.row), np.maximum(found.asked, found.row))


def near_matches(
    asked: np.ndarray, among: np.ndarray, least: float = NEAR, rows: np.ndarray | None = None
) -> dict[int, tuple[int, float]]:
    """Find for pictures the most similar ones among others, where there is a near duplicate.

    Args:
        asked: thumbnails, `(m, 16, 16, 3) uint8`.
        among: likewise.
        least: similarity, 0 to 1, from which two pictures are near duplicates.
        rows: `(n,) int64`, which of `asked` the pictures are; all by default.

    Returns:
        number of a picture -> (row of `among`, similarity), of those that have a near duplicate.
    """
    others = _Some(among, None)
    shared = common(others)
    wanted, known = _Pictures(_Some(asked, rows), shared), _Pictures(others, shared)
    best: dict[int, tuple[int, float]] = {}
    for found in _Finder(known).candidates(wanted):
        values = _compare(wanted, known, shared, found)
        for number in np.flatnonzero(values >= least).tolist():
            row, value = int(wanted.rows[found.asked[number]]), float(values[number])
            if value > best.get(row, (0, 0.0))[1]:
                best[row] = (int(known.rows[found.row[number]]), value)
    return best


def duplicate_groups(pairs: dict[int, dict[int, float]]) -> list[list[int]]:
    """Group rows that are linked by pairs: the rows of each group in order, the groups by their first rows.

    Args:
        pairs: as `near_duplicate_pairs` returns them.
    """
    return sorted(sorted(group) for group in linked_groups((a, b) for a in pairs for b in pairs[a]))
