"""A slideshow in a file, made of drawn pictures without a model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from poetcore.evaluation.looks.heat_map import HeatMap
from poetcore.evaluation.looks.looker import Looker
from poetcore.evaluation.slides import Slide
from poetcore.evaluation.slideshow.show import Slideshow
from poetcore.evaluation.slideshow.show_file import ShowFile, write_show
from tests.conftest import encoded, picture

EVIL = "</script><img src=x onerror=alert(1)><script>alert(2)</script>"
LABELS = ("daisy", "rose", EVIL)


class FakeLooker:
    """Sees every label in the upper half of a picture."""

    labels = LABELS

    def heat_map(self, content: bytes, label: str) -> HeatMap:
        values = np.zeros((7, 7), np.float32)
        values[:3] = 1
        return HeatMap(label, values, 1.0, (4, 3))


def slides_in(folder: Path, count: int = 6) -> list[Slide]:
    """Slides of different pictures; every third is a mistake."""
    folder.mkdir(parents=True, exist_ok=True)
    slides = []
    for number in range(count):
        path = folder / f"{number}.jpg"
        path.write_bytes(encoded(picture(number, (400, 300))))
        truth = LABELS[number % len(LABELS)]
        said = LABELS[(number + 1) % len(LABELS)] if number % 3 == 2 else truth
        slides.append(Slide(str(path), truth, said, 0.87, ((said, 0.87), (LABELS[0], 0.13))))
    return slides


def shown(**how: Any) -> Callable[[Sequence[Slide], Sequence[str]], Slideshow]:
    """Return what makes the show of slides."""
    return lambda slides, pictures: Slideshow(slides, pictures, LABELS, title=EVIL, **how)


def written(
    file: Path, slides: Sequence[Slide], *, heat_maps: bool = False, pixels: int = 320, **how: Any
) -> ShowFile:
    """Write a show."""
    looker = cast(Looker, FakeLooker()) if heat_maps else None
    make = shown(run="run" if heat_maps else "", **how)
    return write_show(file, slides, make, pixels=pixels, looker=looker)
