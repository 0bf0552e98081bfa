"""Augmented copies: seeded, of the right size, and each option does what its help says."""

import numpy as np
import pytest
from PIL import Image

from poetcore.data.images import to_square
from poetcore.errors import OptionError
from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from tests.conftest import encoded, picture

SHA = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4


def plain(value: int = 100) -> bytes:
    return encoded(Image.new("RGB", (80, 60), (value, value, value)), "PNG")


def halves() -> bytes:
    """Black on the left, white on the right."""
    image = Image.new("RGB", (80, 60), "black")
    image.paste("white", (40, 0, 80, 60))
    return encoded(image, "PNG")


def copies(augmentation: Augmentation, content: bytes, count: int = 40) -> list[np.ndarray]:
    return [augmentation.apply(content, 32, SHA, copy) for copy in range(1, count + 1)]


def test_the_same_picture_and_variant_give_the_same_pixels():
    augmentation = Augmentation(True, 20, 20, 20)
    content = encoded(picture(1))
    first, second = (augmentation.apply(content, 32, SHA, 3) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("sha, copy", [(OTHER, 3), (SHA, 4)], ids=["other picture", "other copy"])
def test_another_picture_or_copy_is_drawn_differently(sha, copy):
    augmentation = Augmentation(True, 20, 20, 20)
    content = encoded(picture(1))
    assert not np.array_equal(
        augmentation.apply(content, 32, SHA, 3), augmentation.apply(content, 32, sha, copy)
    )


def test_without_any_augmentation_a_copy_is_the_picture():
    content = encoded(picture(1), "PNG")
    assert np.array_equal(NO_AUGMENTATION.apply(content, 32, SHA, 1), to_square(content, 32))


def test_flip_mirrors_about_half_of_the_copies():
    flipped = [pixels[0, 0, 0] > 128 for pixels in copies(Augmentation(flip_left_right=True), halves(), 200)]
    assert 70 <= sum(flipped) <= 130


def test_crop_cuts_margins_off():
    # Enlarged by 100 % a piece shows half of the width: the border between the halves moves about.
    white = [(pixels[:, :, 0] > 128).mean() for pixels in copies(Augmentation(random_crop=100), halves())]
    assert min(white) < 0.3 and max(white) > 0.7


def test_scale_without_crop_keeps_some_copies_nearly_whole():
    white = [(pixels[:, :, 0] > 128).mean() for pixels in copies(Augmentation(random_scale=50), halves())]
    assert all(0.2 < share < 0.8 for share in white) and np.std(white) > 0.01


def test_brightness_stays_within_its_percentage():
    means = [pixels.mean() for pixels in copies(Augmentation(random_brightness=20), plain(100), 200)]
    assert 79 <= min(means) < 85 and 115 < max(means) <= 120


def test_bright_pixels_do_not_wrap_around():
    assert min(pixels.min() for pixels in copies(Augmentation(random_brightness=50), plain(250))) > 100


def test_every_setting_has_its_own_cache_key():
    settings = [Augmentation(), Augmentation(True), Augmentation(False, 1), Augmentation(False, 0, 1)]
    names = {d.cache_key(copy) for d in settings for copy in (1, 2)}
    assert len(names) == 8


def test_the_picture_itself_has_the_plain_cache_key():
    assert Augmentation(True, 5, 5, 5).cache_key(0) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("random_crop", -1), ("random_scale", 401), ("random_brightness", 101), ("distortion_variants", 0)],
)
def test_an_impossible_value_is_named(name, value):
    with pytest.raises(OptionError, match=rf"{name} must lie between .* Received: {value}\."):
        Augmentation(**{name: value})
