"""Moving small pictures onto others."""

import numpy as np
import pytest
from PIL import Image

from poetcore.data.near.registration import align
from tests.conftest import picture

LARGE = picture(3, (320, 320))


def view(box: tuple[int, int, int, int], degrees: float = 0) -> np.ndarray:
    """A part of a large picture as a thumbnail: `(1, 16, 16, 3) float32`."""
    turned = LARGE.rotate(degrees, Image.Resampling.BICUBIC)
    return np.asarray(turned.crop(box).resize((16, 16), Image.Resampling.BOX), np.float32)[None]


def inside_error(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other)[:, 2:-2, 2:-2].mean())


FIXED = view((30, 30, 290, 290))


@pytest.mark.parametrize(
    "moving",
    [view((40, 25, 300, 285)), view((38, 38, 282, 282)), view((30, 30, 290, 290), 2)],
    ids=["shifted", "cropped", "turned"],
)
def test_a_moved_picture_fits_better(moving):
    assert inside_error(align(FIXED, moving), FIXED) < 0.7 * inside_error(moving, FIXED)


def test_a_picture_that_fits_stays():
    assert inside_error(align(FIXED, FIXED), FIXED) < 0.5


def test_a_plain_picture_stays_plain():
    plain = np.full((1, 16, 16, 3), 90, np.float32)
    assert align(FIXED, plain) == pytest.approx(plain)


def test_no_pictures_are_moved_to_none():
    none = np.empty((0, 16, 16, 3), np.float32)
    assert align(none, none).shape == none.shape
