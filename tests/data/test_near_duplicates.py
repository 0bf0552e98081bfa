"""Near duplicates: what is found again, and what is kept apart."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from poetcore.data.near.spectra import common
from poetcore.data.near_duplicates import (
    NEAR,
    duplicate_groups,
    near_duplicate_pairs,
    near_matches,
    similarity,
)
from poetcore.data.perceptual_hash import hash_picture
from tests.conftest import encoded, picture

TURNS = list(Image.Transpose)
PICTURES = 40


def photo(seed: int) -> Image.Image:
    """A picture with coarse and fine detail, as a photo has them."""
    chance = np.random.default_rng(seed)
    layers = [
        np.asarray(
            Image.fromarray(chance.integers(0, 255, (side, side, 3), np.uint8)).resize(
                (240, 180), Image.Resampling.BICUBIC
            ),
            float,
        )
        / side
        for side in (4, 8, 16)
    ]
    mixed = sum(layers)
    return Image.fromarray((255 * (mixed - mixed.min()) / np.ptp(mixed)).astype(np.uint8))


def table(pictures: list[Image.Image]) -> np.ndarray:
    packed = b"".join(hash_picture(one).thumbnail for one in pictures)
    return np.frombuffer(packed, np.uint8).reshape(-1, 16, 16, 3)


def saved(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(encoded(image, quality=quality))).convert("RGB")


def cropped(image: Image.Image, share: float = 0.03) -> Image.Image:
    return ImageOps.crop(image, (round(image.width * share), round(image.height * share)) * 2)


def smaller(image: Image.Image) -> Image.Image:
    return image.resize((image.width * 6 // 10, image.height * 6 // 10), Image.Resampling.BICUBIC)


def grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


CHANGES = {
    "resized": smaller,
    "saved again": lambda image: saved(image, 40),
    "mirrored": ImageOps.mirror,
    "cropped": cropped,
    "grey": grey,
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "all at once": lambda image: saved(grey(smaller(ImageOps.mirror(cropped(image)))), 60),
}


@pytest.fixture(scope="module")
def photos() -> list[Image.Image]:
    return [photo(seed) for seed in range(PICTURES)]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found_again(change, photos):
    matches = near_matches(table([CHANGES[change](one) for one in photos]), table(photos))
    right = sum(matches.get(row, (None,))[0] == row for row in range(PICTURES))
    assert right >= 0.95 * PICTURES


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_copy_is_found_again(turn, photos):
    matches = near_matches(table([photos[3].transpose(turn)]), table(photos))
    assert matches[0][0] == 3


def test_other_pictures_match_none(photos):
    others = [photo(seed) for seed in range(1000, 1000 + PICTURES)]
    assert near_matches(table(others), table(photos)) == {}


def test_the_most_similar_one_is_named(photos):
    among = [cropped(photos[0]), photos[0], photos[1]]
    assert near_matches(table([photos[0]]), table(among))[0] == (1, pytest.approx(1, abs=1e-4))


def test_nothing_is_found_among_none(photos):
    assert near_matches(table(photos[:2]), table([])) == near_matches(table([]), table(photos[:2])) == {}


def test_frames_of_one_scene_are_one_group(photos):
    frames = []
    for scene in photos[:6]:
        chance = np.random.default_rng(7)
        for _ in range(8):
            x, y = chance.uniform(0.04, 0.1, 2)
            box = (240 * x, 180 * y, 240 * (x + 0.86), 180 * (y + 0.86))
            frames.append(scene.crop(tuple(map(round, box))))
    groups = duplicate_groups(near_duplicate_pairs(table(frames)))
    assert groups == [list(range(first, first + 8)) for first in range(0, 48, 8)]


def test_what_all_have_in_common_makes_no_duplicates(photos):
    """As before a camera that stands still: only what is held into the picture counts."""
    scenes = []
    for thing in photos[1:31]:
        scene = photos[0].copy()
        scene.paste(thing.resize((80, 80)), (80, 50))
        scenes.append(scene)
    assert near_duplicate_pairs(table(scenes)) == {}


def test_pairs_are_told_from_both_sides(photos):
    pairs = near_duplicate_pairs(table([photos[0], photos[1], smaller(photos[0])]))
    assert pairs == {0: {2: pairs[2][0]}, 2: {0: pairs[0][2]}} and pairs[0][2] > NEAR


def test_some_pictures_of_an_array_are_as_an_array_of_their_own(photos):
    every, rows = table([photos[0], photos[5], photos[1], smaller(photos[0])]), np.array([3, 2, 0])
    assert near_duplicate_pairs(every, rows=rows) == near_duplicate_pairs(every[rows])
    assert near_matches(every, every[:1], rows=rows) == near_matches(every[rows], every[:1])


def test_plain_pictures_are_never_alike():
    assert near_duplicate_pairs(table([Image.new("RGB", (64, 64), (96, 96, 96))] * 2)) == {}


def test_many_pictures_of_one_hash_are_compared_with_the_first_only(photos):
    pairs = near_duplicate_pairs(np.repeat(table([photos[0]]), 2000, axis=0))
    assert sum(map(len, pairs.values())) == 2 * 1999


def test_different_pictures_are_hardly_similar():
    ones, others = (np.stack([small(seed) for seed in seeds]) for seeds in (range(20), range(20, 40)))
    assert similarity(ones, others, common(ones), np.zeros(20, int)).max() < 0.75


def test_the_same_colours_swapped_are_not_the_same():
    one = small(1)[None]
    swapped = one[..., [1, 2, 0]]
    assert similarity(one, swapped, np.zeros((16, 16, 3), np.float32), np.zeros(1, int))[0] < NEAR


def small(seed: int) -> np.ndarray:
    return np.asarray(picture(seed, (16, 16)))


def test_a_group_is_what_pairs_link():
    pairs = {4: {2: 0.9}, 2: {4: 0.9, 7: 0.9}, 7: {2: 0.9}, 0: {9: 1.0}, 9: {0: 1.0}}
    assert duplicate_groups(pairs) == [[0, 9], [2, 4, 7]]
