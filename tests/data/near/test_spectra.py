"""Numbers of thumbnails that can be compared: what is subtracted, hashes, positions, correlation."""

import numpy as np
import pytest
from PIL import Image

from poetcore.data.near.spectra import (
    coarse,
    common,
    correlation,
    has_detail,
    hash_bits,
    in_common_colours,
    positions,
    turn,
    turn_coarse,
)
from tests.conftest import picture

NOTHING = np.zeros((16, 16, 3), np.float32)
PLACES = np.arange(8)


def smalls(*seeds: int) -> np.ndarray:
    return np.stack([np.asarray(picture(seed, (16, 16))) for seed in seeds])


def hashed(small: np.ndarray) -> np.ndarray:
    return hash_bits(coarse(small, NOTHING, 0))


def test_half_of_the_mean_of_thirty_pictures_is_common():
    small = np.full((30, 16, 16, 3), 100, np.uint8)
    assert common(small) == pytest.approx(np.full((16, 16, 3), 50))


def test_a_tenth_of_the_mean_of_very_many_stays():
    assert common(np.full((5000, 16, 16, 3), 100, np.uint8)).max() == pytest.approx(90)


def test_no_pictures_have_nothing_in_common():
    assert not common(np.empty((0, 16, 16, 3), np.uint8)).any()


def test_a_plain_picture_has_no_detail():
    small = np.concatenate([smalls(1), np.full((1, 16, 16, 3), 90, np.uint8)])
    assert has_detail(small).tolist() == [True, False]


@pytest.mark.parametrize("place", PLACES)
def test_the_hash_of_a_turned_picture_is_that_position_of_its_hash(place):
    small = smalls(4)
    assert hashed(turn(small, np.array([place]))) == positions(hashed(small))[place]


@pytest.mark.parametrize("place", PLACES)
def test_a_coarse_view_is_turned_as_a_picture_is(place):
    small, where = smalls(5), np.array([place])
    turned = coarse(turn(small, where), NOTHING, 0)
    assert turn_coarse(coarse(small, NOTHING, 0), where) == pytest.approx(turned, abs=1e-5)


def test_the_eight_positions_of_a_picture_differ():
    assert len(set(positions(hashed(smalls(4)))[:, 0].tolist())) == 8


def test_a_brighter_picture_of_less_contrast_has_the_same_hash():
    small = smalls(6)
    pale = (40 + 0.7 * small).astype(np.uint8)
    assert np.bitwise_count(hashed(pale) ^ hashed(small)).max() <= 2


@pytest.mark.parametrize("margin", [0.0, 0.03])
def test_a_picture_correlates_entirely_with_itself(margin):
    one = smalls(1).astype(np.float32)
    assert correlation(one, 0.5 * one + 9, margin, margin)[0] == pytest.approx(1, abs=1e-4)


def test_a_negative_correlates_negatively():
    one = smalls(1).astype(np.float32)
    assert correlation(one, 255 - one)[0] == pytest.approx(-1, abs=1e-4)


def test_a_window_is_like_the_cropped_picture():
    large = picture(2, (320, 320))
    inner = large.crop((10, 10, 310, 310))
    both = [
        np.asarray(one.resize((16, 16), Image.Resampling.BILINEAR), np.float32)[None]
        for one in (large, inner)
    ]
    assert correlation(*both, 10 / 320, 0) > max(0.99, correlation(*both)[0])


def test_both_are_grey_where_one_is():
    one = smalls(3)
    grey = np.repeat(one.mean(axis=3, keepdims=True).astype(np.uint8), 3, axis=3)
    changed, _ = in_common_colours(one, grey, NOTHING)
    assert np.ptp(changed, axis=3).max() < 1e-3


def test_colours_stay_where_both_have_some():
    one, other = smalls(3), smalls(4)
    assert (in_common_colours(one, other, NOTHING)[0] == one).all()
