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


def test_flip_mirrors_every_other_copy_and_the_first():
    flipped = [pixels[0, 0, 0] > 128 for pixels in copies(Augmentation(flip_left_right=True), halves(), 6)]
    assert flipped == [True, False, True, False, True, False]


def test_flip_alone_computes_the_mirrored_picture_once_and_the_picture_not_again():
    flip = Augmentation(flip_left_right=True)
    assert [flip.cache_key(copy) for copy in range(5)] == ["", "+mirrored", "", "+mirrored", ""]


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
    settings = [
        Augmentation(random_crop=1),
        Augmentation(random_scale=1),
        Augmentation(random_brightness=1),
        Augmentation(flip_left_right=True, random_crop=1),
    ]
    keys = [augmentation.cache_key(copy) for augmentation in settings for copy in (1, 2)]
    # A second copy is not mirrored, and so the same as without mirroring.
    assert keys[-1] == keys[1] and len(set(keys[:-1])) == 7


def test_the_picture_itself_has_the_plain_cache_key():
    assert Augmentation(True, 5, 5, 5).cache_key(0) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("random_crop", -1), ("random_scale", 401), ("random_brightness", 101), ("distortion_variants", 0)],
)
def test_an_impossible_value_is_named(name, value):
    with pytest.raises(OptionError, match=rf"{name} must lie between .* Received: {value}\."):
        Augmentation(**{name: value})


def test_copies_without_any_augmentation_are_refused_with_what_to_add():
    with pytest.raises(OptionError, match="by itself: add flip_left_right, .* Received: 3"):
        Augmentation(distortion_variants=3)


# ----------------------------------------------------------------------------- each option by itself, exactly

#: Red tells how far from the left a pixel was, green how far from the top, blue is the same everywhere.
WIDE, HIGH, BLUE = 240, 200, 120


def coordinates() -> bytes:
    red, green = np.meshgrid(np.arange(WIDE), np.arange(HIGH))
    pixels = np.dstack([red, green, np.full_like(red, BLUE)]).astype(np.uint8)
    return encoded(Image.fromarray(pixels), "PNG")


def seen(augmentation: Augmentation, count: int = 20) -> list[tuple[float, float, float, float, bool]]:
    """What each copy shows of the picture: share of its width and height, place, brightness, mirrored."""
    found = []
    for pixels in copies(augmentation, coordinates(), count):
        bright = pixels[..., 2].mean() / BLUE
        red, green = pixels[16, :, 0] / bright, pixels[:, 16, 1] / bright
        # 31 of 32 steps lie between the middles of the first and the last pixel.
        wide = abs(red[-1] - red[0]) / WIDE * 32 / 31
        high = abs(green[-1] - green[0]) / HIGH * 32 / 31
        found.append((wide, high, float(red.mean()) / WIDE, bright, red[-1] < red[0]))
    return found


def test_mirroring_alone_shows_the_whole_picture_as_bright():
    for number, (wide, high, place, bright, mirrored) in enumerate(seen(Augmentation(True)), 1):
        assert mirrored == (number % 2 == 1)
        assert (wide, high, place, bright) == pytest.approx((1, 1, 0.5, 1), abs=0.02)


def test_cropping_alone_shows_a_piece_of_one_size_in_different_places():
    found = seen(Augmentation(random_crop=10))
    assert [(wide, high) for wide, high, *_ in found] == [pytest.approx((1 / 1.1, 1 / 1.1), abs=0.02)] * 20
    assert not any(mirrored for *_, mirrored in found) and {bright for *_, bright, _ in found} == {1.0}
    assert np.ptp([place for _, _, place, *_ in found]) == pytest.approx(1 - 1 / 1.1, abs=0.03)


def test_scaling_alone_shows_pieces_of_different_sizes_up_to_the_percentage():
    found = seen(Augmentation(random_scale=50))
    widths = [wide for wide, *_ in found]
    assert 1 / 1.5 - 0.02 < min(widths) < 0.75 and 0.9 < max(widths) <= 1.02
    assert [high for _, high, *_ in found] == pytest.approx(widths, abs=0.03)
    assert not any(mirrored for *_, mirrored in found) and {bright for *_, bright, _ in found} == {1.0}


def test_brightness_alone_shows_the_whole_picture_brighter_or_darker():
    found = seen(Augmentation(random_brightness=10))
    assert [found_[:3] for found_ in found] == [pytest.approx((1, 1, 0.5), abs=0.03)] * 20
    brightness = [bright for *_, bright, _ in found]
    assert 0.9 <= min(brightness) < 0.93 and 1.07 < max(brightness) <= 1.1
    assert not any(mirrored for *_, mirrored in found)
