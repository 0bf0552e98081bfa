"""A heat map in colours over a photo."""

import io

import numpy as np
import pytest
from PIL import Image

from poetcore.evaluation.looks.heat_map import HeatMap
from poetcore.evaluation.looks.overlay import laid_over, overlay_png

#: The left half speaks for the label, the right half against it.
HALVES = np.repeat([[4.0] * 4 + [-4.0] * 4], 8, axis=0).astype(np.float32)


def drawn(values: np.ndarray, scale: float = 4.0, size: tuple[int, int] = (400, 200)) -> np.ndarray:
    heat = HeatMap("rose", values, scale, size)
    with Image.open(io.BytesIO(overlay_png(heat, 200))) as image:
        return np.asarray(image.convert("RGBA")).astype(int)


def test_it_has_the_proportion_of_the_photo():
    assert drawn(HALVES).shape == (100, 200, 4)


def test_what_speaks_for_the_label_is_orange_and_what_speaks_against_it_blue():
    (red, _, blue, _), other = drawn(HALVES)[50, 40], drawn(HALVES)[50, 160]
    assert red - blue > 150 and other[2] - other[0] > 150


def test_what_does_neither_is_grey():
    red, green, blue, _ = drawn(np.zeros((7, 7), np.float32))[50, 100]
    assert max(red, green, blue) - min(red, green, blue) < 4


def test_the_photo_can_be_seen_everywhere_but_under_the_line():
    alpha = drawn(HALVES)[:, :, 3]
    assert np.mean(alpha < 190) > 0.9


def test_a_line_is_around_what_speaks_for_it_most():
    white = (drawn(HALVES)[:, :, :3] == 255).all(axis=2)
    columns = np.flatnonzero(white.any(axis=0))
    assert len(columns) and columns.min() > 80 and columns.max() < 110


@pytest.mark.parametrize("scale", [0.0, 100.0])
def test_without_strong_evidence_there_is_no_line(scale):
    assert not (drawn(-np.abs(HALVES), scale)[:, :, :3] == 255).all(axis=2).any()


def test_two_labels_are_drawn_in_one_scale():
    weak, strong = drawn(HALVES / 8)[50, 40], drawn(HALVES)[50, 40]
    assert strong[0] - strong[2] > 3 * (weak[0] - weak[2])


def test_a_photo_keeps_its_size_under_it():
    photo = Image.new("RGB", (333, 127), "white")
    assert laid_over(HeatMap("rose", HALVES, 4.0, (400, 200)), photo).size == (333, 127)
