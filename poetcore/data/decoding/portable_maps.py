"""PGM and PPM files as Pillow decodes them fast: binary, their largest value 255, or 65535 for grey.

Pillow goes through texts and through other largest values pixel by pixel in Python, seconds for a megapixel.
Source of the layout: netpbm.sourceforge.net/doc/pgm.html and ppm.html.
"""

import re

import numpy as np

__all__ = ["fast_map", "is_portable_map"]

_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"

#: Pillow takes any text that begins with "P1" for a picture; a header has a size.
_START = re.compile(rb"P[1-6fF]" + _GAP + rb"[0-9]")

#: Kind, width, height, largest value; one blank, then the pixels.
_HEADER = re.compile(rb"P([2356])" + _GAP + _GAP.join([rb"([0-9]{1,6})"] * 3) + rb"\s")


def is_portable_map(content: bytes) -> bool:
    """Return whether a content begins like a PBM, PGM, PPM or PFM file."""
    return _START.match(content[:1024]) is not None


def fast_map(content: bytes, max_pixels: int) -> bytes:
    """Return a file of the same picture that is decoded fast; the same object where it is one already.

    Args:
        content: a PBM, PGM, PPM or PFM file; may be damaged.
        max_pixels: a larger one, which nobody will decode, stays as it is.
    """
    header = _HEADER.match(content[:1024])
    if header is None:
        return content
    kind, width, height, top = map(int, header.groups())
    bands = 3 if kind in (3, 6) else 1
    count = width * height * bands
    fast = kind in (5, 6) and (top == 255 or (top == 65535 and bands == 1))
    if fast or not 0 < top < 65536 or width * height > max_pixels:
        return content
    values = _values(content[header.end() :], kind in (2, 3), top, count)
    if values is None:
        return content
    deep = top > 255 and bands == 1
    full = 65535 if deep else 255
    scaled = np.rint(np.minimum(values, top) * (full / top)).astype(">u2" if deep else np.uint8)
    packed: bytes = scaled.tobytes()
    return b"P%d %d %d %d\n" % (6 if bands == 3 else 5, width, height, full) + packed


def _values(pixels: bytes, as_text: bool, top: int, count: int) -> np.ndarray | None:
    """Return so many values; None where there are fewer, or something else, which Pillow then tells of."""
    if not as_text:
        kind = np.dtype(np.uint8 if top < 256 else ">u2")
        return np.frombuffer(pixels, kind, count) if len(pixels) >= count * kind.itemsize else None
    try:
        # Not `count` only: where there are fewer, numpy makes up the rest.
        values = np.fromstring(pixels, np.int64, sep=" ")
    except (ValueError, DeprecationWarning):  # a comment, or a letter; older versions of numpy warn of it
        return None
    inside = len(values) >= count and values.min(initial=0) >= 0 and values.max(initial=0) <= top
    return values[:count] if inside else None
