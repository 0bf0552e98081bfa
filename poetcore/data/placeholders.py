"""How a placeholder looks: the page of a few words that a site shows in place of a photo that is gone.

Such a page is nearly one colour; what is on it has hard edges and no shades, and is a few lines of letters.
Measured at 256 pixels: pages of that kind, drawn in nine ways and saved as PNG and as JPEG of quality 90 and
50, have 26 to 80 changes between paper and ink in a line, and shades in 0.16 of the ink at the most. Of 1,250
photos of flowers four are so nearly one colour (cut out on black or white); they have 6 to 16 changes, and
shades in 0.25 and more. Those pages are busy in 0.24 of their lines at the most, a field of stars in 0.68.
"""

import hashlib

import numpy as np
from PIL import Image, ImageChops, ImageFilter

__all__ = ["SHOWN_SIZES", "changes_in_lines", "is_known", "looks_like_page"]

#: MD5 of well-known placeholders, as programs that download pictures list them: Flickr's "This photo is no
#: longer available" (2,051 bytes), and Imgur's "The image you are requesting does not exist" (503 bytes).
_KNOWN = {"880a7a58e05d3e83797f27573bb6d35c", "d835884373f4d6c8f24742ceabe74946"}

#: Width and height of these two; a picture of such a size needs fewer letters to be one.
SHOWN_SIZES = frozenset({(500, 374), (161, 81)})

#: Levels of 0..255 by which a pixel of the paper may differ from it, and from which on it is ink.
_PAPER, _INK = 8, 24

#: The paper covers so much of it at the least.
_PAPER_SHARE = 0.8

#: A pixel has a shade where the levels around it differ by more than JPEG adds and less than at an edge; so
#: few of the ink's pixels may have one.
_SHADE = (12, 40)
_SHADE_SHARE = 0.2

#: So many lines have half the changes of the busiest at the most: a few words, no sky full of stars and no
#: page of a book.
_BUSY_SHARE = 0.35

#: Changes between paper and ink in each of so many lines: seven letters or more, or three at a known size.
_LINES = 3
_CHANGES, _CHANGES_OF_SHOWN = 24, 10


def is_known(content: bytes) -> bool:
    """Return whether a file is a well-known placeholder, byte by byte."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest() in _KNOWN


def looks_like_page(changes: int, size: tuple[int, int]) -> bool:
    """Return whether a picture looks like a placeholder.

    Args:
        changes: of `changes_in_lines`.
        size: width and height of the file.
    """
    return changes >= (_CHANGES_OF_SHOWN if size in SHOWN_SIZES else _CHANGES)


def changes_in_lines(picture: Image.Image) -> int:
    """Count how often paper and ink take turns in the third busiest line of a picture.

    Args:
        picture: RGB, at most 256 pixels a side.

    Returns:
        The number; 0 where it is not nearly one colour, where what is on it has shades, as a photo has, or
        where it is spread over the whole picture.
    """
    histograms = np.asarray(picture.histogram()).reshape(3, 256).cumsum(axis=1)
    middle = tuple(int(np.searchsorted(one, one[-1] / 2)) for one in histograms)
    paper = Image.new("RGB", picture.size, middle)
    red, green, blue = ImageChops.difference(picture, paper).split()
    away = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    if (
        min(picture.size) < _LINES
        or sum(away.histogram()[: _PAPER + 1]) < _PAPER_SHARE * away.width * away.height
    ):
        return 0
    ink = np.asarray(away) > _INK
    highest, lowest = (picture.filter(kind(3)) for kind in (ImageFilter.MaxFilter, ImageFilter.MinFilter))
    around = np.asarray(ImageChops.difference(highest, lowest)).max(axis=-1)
    shaded = ink & (around > _SHADE[0]) & (around < _SHADE[1])
    if shaded.sum() > _SHADE_SHARE * ink.sum():
        return 0
    changes = (ink[:, 1:] != ink[:, :-1]).sum(axis=1)
    found = int(np.sort(changes)[-_LINES])
    return found if (changes >= found / 2).mean() <= _BUSY_SHARE else 0
