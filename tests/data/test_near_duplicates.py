"""Pictures that look the same: the hash, its positions, the index, and the comparison in colour."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from poetcore.data.near_duplicates import (
    close_pairs,
    duplicate_groups,
    near_duplicate_pairs,
    similarity,
)
from poetcore.data.perceptual_hash import dct_hash, positions
from tests.conftest import picture

TURNS = list(Image.Transpose)


def grey(seed: int) -> Image.Image:
    return picture(seed, (32, 32), "L")


def hashed(image: Image.Image) -> int:
    return dct_hash(np.asarray(image))


def small(seed: int) -> np.ndarray:
    return np.asarray(picture(seed, (16, 16)))


def brute_force(hashes: np.ndarray, distance: int) -> set[tuple[int, int]]:
    """Compare every hash with every other in every position."""
    placed = positions(hashes)
    return {
        (i, j)
        for i in range(len(hashes))
        for j in range(i + 1, len(hashes))
        if np.bitwise_count(placed[:, i] ^ hashes[j]).min() <= distance
    }


def found(hashes: np.ndarray, distance: int) -> list[tuple[int, int]]:
    return [tuple(pair) for chunk in close_pairs(hashes, distance) for pair in chunk.tolist()]


@st.composite
def crowded(draw: st.DrawFn) -> np.ndarray:
    """Hashes of which many lie close together: a few, each with some of their bits and positions changed."""
    start = draw(arrays.arrays(np.uint64, st.integers(1, 6)))
    made = list(start)
    for _ in range(draw(st.integers(0, 24))):
        one = made[draw(st.integers(0, len(made) - 1))]
        for bit in draw(st.lists(st.integers(0, 63), max_size=9)):
            one ^= np.uint64(1) << np.uint64(bit)
        made.append(positions(np.array([one]))[draw(st.integers(0, 7)), 0])
    return np.unique(np.array(made, np.uint64))


@given(crowded(), st.integers(0, 9))
@settings(deadline=None)
def test_the_index_finds_what_brute_force_finds(hashes, distance):
    assert set(found(hashes, distance)) == brute_force(hashes, distance)


@given(crowded())
@settings(deadline=None)
def test_a_pair_is_given_once(hashes):
    pairs = found(hashes, 7)
    assert len(pairs) == len(set(pairs))


def test_many_hashes_are_compared_in_parts_without_losing_any(monkeypatch):
    monkeypatch.setattr("poetcore.data.near_duplicates._QUERIES", 7)
    monkeypatch.setattr("poetcore.data.near_duplicates._AT_ONCE", 3)
    chance = np.random.default_rng(1)
    start = chance.integers(0, 2**63, 30, dtype=np.uint64)
    hashes = np.unique(np.concatenate([start, start ^ np.uint64(0b1001), start ^ np.uint64(1 << 40)]))
    pairs = set(found(hashes, 7))
    assert pairs == brute_force(hashes, 7) and len(pairs) == 90


def test_no_hashes_have_no_pairs():
    assert found(np.array([], np.uint64), 7) == []


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("seed", range(3))
def test_the_hash_of_a_turned_picture_is_among_the_positions(turn, seed):
    image = grey(seed)
    known = positions(np.array([hashed(image)], np.uint64))[:, 0]
    # A frequency that is hardly there counts as not there, whatever its sign.
    assert np.bitwise_count(known ^ np.uint64(hashed(image.transpose(turn)))).min() <= 2


def test_the_eight_positions_of_a_picture_differ():
    assert len(set(positions(np.array([hashed(grey(4))], np.uint64))[:, 0].tolist())) == 8


def test_the_first_position_is_the_picture_as_it_is():
    hashes = np.array([hashed(grey(seed)) for seed in range(5)], np.uint64)
    assert (positions(hashes)[0] == hashes).all()


def test_a_brighter_picture_of_less_contrast_has_nearly_the_same_hash():
    image = grey(5)
    pale = image.point([int(40 + value * 0.7) for value in range(256)])
    assert (hashed(pale) ^ hashed(image)).bit_count() <= 2


def test_a_plain_picture_has_no_bits():
    assert hashed(Image.new("L", (32, 32), 90)) == 0


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_picture_is_entirely_alike(turn):
    one = picture(6, (16, 16))
    like = similarity(np.asarray(one)[None], np.asarray(one.transpose(turn))[None])
    assert like[0] == pytest.approx(1, abs=1e-5)


def test_different_pictures_are_hardly_alike():
    ones = np.stack([small(seed) for seed in range(20)])
    others = np.stack([small(seed) for seed in range(20, 40)])
    assert similarity(ones, others).max() < 0.75


def test_a_hash_that_happens_to_be_equal_makes_no_pair():
    table = pd.DataFrame({"hash": [b"\1" * 8] * 2, "thumbnail": [small(1).tobytes(), small(2).tobytes()]})
    assert near_duplicate_pairs(table, 0.85) == {}


def test_pictures_of_one_hash_that_look_alike_are_a_pair():
    table = pd.DataFrame({"hash": [b"\1" * 8] * 2, "thumbnail": [small(1).tobytes()] * 2})
    assert near_duplicate_pairs(table, 0.85)[0] == {1: pytest.approx(1, abs=1e-5)}


def test_plain_pictures_are_never_alike():
    table = pd.DataFrame({"hash": [bytes(8)] * 2, "thumbnail": [b"\x60" * 768] * 2})
    assert near_duplicate_pairs(table, 0.85) == {}


def test_ten_thousand_pictures_of_one_hash_are_compared_with_the_first_only():
    table = pd.DataFrame({"hash": [b"\1" * 8] * 10_000, "thumbnail": [small(1).tobytes()] * 10_000})
    pairs = near_duplicate_pairs(table, 0.85)
    assert sum(map(len, pairs.values())) == 2 * 9_999


def test_a_group_is_what_pairs_link():
    pairs = {4: {2: 0.9}, 2: {4: 0.9, 7: 0.9}, 7: {2: 0.9}, 0: {9: 1.0}, 9: {0: 1.0}}
    assert duplicate_groups(pairs) == [[0, 9], [2, 4, 7]]
