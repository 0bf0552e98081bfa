"""Checks of how a picture looks: light, sharpness, and how much there is to see.

Starting points of the thresholds were those that cleanvision (Apache-2.0) publishes: dark 0.32, light 0.05,
low information 0.3 of 10 bits. They were then set on 1,250 photos of flowers, so that a note says of a photo
what a person who looks at it agrees with:

dark             by the strongest of the three colours: by its grey, a red rose would be dark
bright           0.1; the lightest of those photos, a white daisy on white, has 0.25
low_information  2 bits a pixel; flowers cut out on black, which are good photos, have 2.4 and more
blurry           0.08 flags none of them as they are, half of them after a Gaussian blur of 4 pixels (of 665),
                 94 % after one of 5; a background out of focus does not count
"""

from collections.abc import Iterator

import pandas as pd

from poetcore.analysis.checks import LITTLE_INFORMATION, Check, Found, Pictures, rows

__all__ = ["LOOK_CHECKS"]

_DARK = 0.32
_BRIGHT = 0.1
_BLURRY = 0.08


def _dark(pictures: Pictures) -> Iterator[Found]:
    values = pictures.visible["lightest"]
    return _below(pictures, values, _DARK, "Its light parts reach {:.2f} of full brightness.")


def _bright(pictures: Pictures) -> Iterator[Found]:
    values = 1 - pictures.visible["darkest"]
    return _below(pictures, values, _BRIGHT, "Nearly all of it is within {:.2f} of white.")


def _blurry(pictures: Pictures) -> Iterator[Found]:
    # Where there is nothing to see, nothing can be sharp.
    values = pictures.visible.loc[pictures.visible["entropy"] >= LITTLE_INFORMATION, "sharpness"]
    return _below(pictures, values, _BLURRY, "Its steepest edges have {:.2f} of its contrast.")


def _low_information(pictures: Pictures) -> Iterator[Found]:
    values = pictures.visible["entropy"]
    return _below(pictures, values, LITTLE_INFORMATION, "It has {:.1f} bits a pixel.")


def _below(pictures: Pictures, values: pd.Series, threshold: float, detail: str) -> Iterator[Found]:
    """Flag pictures with a value below the threshold, the lowest first."""
    low = values[values < threshold].sort_values(kind="stable")
    for picture, value in zip(rows(pictures.visible.loc[low.index]), low, strict=True):
        yield Found(picture, detail.format(value), value)


LOOK_CHECKS = (
    Check(
        "dark",
        "note",
        "Too dark",
        "Even its lightest parts stay below 32 % of full brightness, like a photo taken at night without a"
        " flash.",
        "Set it aside if you cannot tell yourself what it shows.",
        _dark,
        _DARK,
    ),
    Check(
        "bright",
        "note",
        "Too bright",
        "Nearly all of it is within 10 % of white, like an overexposed photo.",
        "Set it aside if you cannot tell yourself what it shows.",
        _bright,
        _BRIGHT,
    ),
    Check(
        "blurry",
        "note",
        "Blurry",
        "Nothing in it is sharp, like a shaken photo: its steepest edges stay below 0.08 of its contrast. A"
        " background out of focus does not count.",
        "Keep it if pictures to be labelled later may be as blurry.",
        _blurry,
        _BLURRY,
    ),
    Check(
        "low_information",
        "note",
        "Little to see",
        "Less than 2 bits a pixel, like an empty wall or a blank page; photos have 4 to 8.",
        "Set it aside if nothing of its label is to be seen.",
        _low_information,
        LITTLE_INFORMATION,
    ),
)
