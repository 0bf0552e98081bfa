"""Drawn pictures with nothing wrong about them, for tests of health checks."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from tests.conftest import encoded, picture


def photo(seed: int) -> Image.Image:
    """Make a picture with nothing wrong about it: clouds of colour with sharp strokes, 160 x 120."""
    drawn = picture(seed, (160, 120))
    chance = np.random.default_rng(seed)
    for _ in range(9):
        x, y = (int(value) for value in chance.integers(0, 100, 2))
        ImageDraw.Draw(drawn).line((x, y, x + 40, y + 15), tuple(chance.integers(0, 255, 3).tolist()), 3)
    return drawn


def put(path: Path, image: Image.Image, form: str = "JPEG", **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(image, form, **options))
    return path
