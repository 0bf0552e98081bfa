"""How much augmentation changes what the network sees, and what is said of it."""

import numpy as np
import pytest

from poetcore.training.augmented import about_augmentation, measure_change

PICTURES = np.eye(4, dtype=np.float32)  # any two are at a distance of 1


def changed_by(copies: np.ndarray) -> float | None:
    return measure_change(np.concatenate([PICTURES, copies]), np.arange(4), np.arange(4, 8))


def test_copies_that_are_their_pictures_change_nothing():
    assert changed_by(PICTURES) == pytest.approx(0, abs=1e-6)


def test_copies_as_far_as_other_pictures_change_all():
    assert changed_by(np.roll(PICTURES, 1, axis=0)) == pytest.approx(1)


def test_the_change_is_a_share_of_the_distance_between_pictures():
    halfway = np.roll(PICTURES, 1, axis=0) + PICTURES  # at an angle of 45 degrees
    assert changed_by(halfway) == pytest.approx(1 - np.sqrt(0.5))


def test_a_longer_vector_is_no_other_picture():
    assert changed_by(3 * PICTURES) == pytest.approx(0, abs=1e-6)


def test_where_no_two_pictures_differ_nothing_is_known():
    same = np.ones((8, 4), np.float32)
    assert measure_change(same, np.arange(4), np.arange(4, 8)) is None


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({}, ""),
        ({"copies": 0}, ""),
        ({"copies": 1, "change": None}, "Trained on 1 augmented copy too."),
        ({"copies": 2000, "change": 0.09}, "2,000 augmented copies too; to the network they differ"),
        ({"copies": 2000, "change": 0.09}, "by 9.0 % of what two pictures differ by."),
        ({"copies": 9, "change": 0.003}, "too little to make another model: choose larger values"),
    ],
)
def test_what_is_said_of_the_copies(record, words):
    assert words in about_augmentation(record)


def test_enough_of_a_change_is_not_called_too_little():
    assert "too little" not in about_augmentation({"copies": 9, "change": 0.05})
