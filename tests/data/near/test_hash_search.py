"""The search among hashes, against comparing each with each."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from poetcore.data.near.hash_search import HashSearch
from poetcore.data.near.spectra import positions


def bands_apart(one: int, other: int) -> list[int]:
    """Count the bits that differ in each of the four bands."""
    return [((one ^ other) >> (16 * band) & 0xFFFF).bit_count() for band in range(4)]


def brute_force(hashes: np.ndarray, distance: int) -> set[tuple[int, int]]:
    """Compare every hash with every other in every position."""
    placed = positions(hashes)
    return {
        (i, j)
        for i in range(len(hashes))
        for j in range(len(hashes))
        for turned in placed[:, i]
        if sum(apart := bands_apart(int(turned), int(hashes[j]))) <= distance and min(apart) <= 1
    }


@st.composite
def crowded(draw: st.DrawFn) -> np.ndarray:
    """Hashes of which many lie close together: a few, each with some of their bits and positions changed."""
    start = draw(arrays.arrays(np.uint64, st.integers(1, 5)))
    made = list(start)
    for _ in range(draw(st.integers(0, 12))):
        one = made[draw(st.integers(0, len(made) - 1))]
        for bit in draw(st.lists(st.integers(0, 63), max_size=16)):
            one ^= np.uint64(1) << np.uint64(bit)
        made.append(positions(np.array([one]))[draw(st.integers(0, 7)), 0])
    return np.unique(np.array(made, np.uint64))


def found(hashes: np.ndarray, distance: int) -> set[tuple[int, int]]:
    asked, rows, _ = HashSearch(hashes, distance).near(hashes)
    return set(zip(asked.tolist(), rows.tolist(), strict=True))


@given(crowded(), st.integers(0, 16))
def test_the_search_finds_what_brute_force_finds(hashes, distance):
    assert found(hashes, distance) == brute_force(hashes, distance)


def test_many_candidates_are_looked_at_in_parts_without_losing_any(monkeypatch):
    monkeypatch.setattr("poetcore.data.near.hash_search._AT_ONCE", 3)
    start = np.random.default_rng(1).integers(0, 2**63, 20, dtype=np.uint64)
    hashes = np.unique(np.concatenate([start, start ^ np.uint64(0b1001), start ^ np.uint64(1 << 40)]))
    assert found(hashes, 7) == brute_force(hashes, 7)


def test_no_hashes_have_no_neighbours():
    assert found(np.array([], np.uint64), 7) == set()


def test_the_position_is_that_in_which_they_are_close():
    one = np.array([0x123456789ABCDEF0 >> 1], np.uint64)
    asked = positions(one)[5]
    places = HashSearch(one, 0).near(asked)[2]
    assert {int(positions(asked)[place, 0]) for place in places} == {int(one[0])}
