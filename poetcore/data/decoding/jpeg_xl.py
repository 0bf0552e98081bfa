"""JPEG XL by the package pillow-jxl-plugin, which decodes the pixels as it opens: so the size is read before.

Source of the layout: ISO/IEC 18181-1 (SizeHeader) and 18181-2 (boxes).
"""

import io
from collections.abc import Iterator

from PIL import ImageFile

from poetcore.errors import PictureError

__all__ = ["is_jpeg_xl", "open_jpeg_xl", "size_of"]

_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"

#: Width divided by height, by the header's number from 1.
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))

#: Bits of a side that is no multiple of 8 or more than 256, by the header's choice.
_SIDE_BITS = (9, 13, 18, 30)


def is_jpeg_xl(content: bytes) -> bool:
    """Return whether a content begins like a JPEG XL picture."""
    return content.startswith((_CODESTREAM, _CONTAINER))


def open_jpeg_xl(content: bytes, max_pixels: int) -> ImageFile.ImageFile:
    """Open a JPEG XL picture.

    Args:
        content: the whole file.
        max_pixels: a larger picture is not decoded.

    Raises:
        PictureError: the package is missing, or the picture is too large.
        Exception: anything, where it is damaged.
    """
    try:
        from pillow_jxl.JpegXLImagePlugin import JXLImageFile
    except ImportError:
        raise PictureError(
            "is a JPEG XL picture, which needs pillow-jxl-plugin: install it with `pip install"
            " pillow-jxl-plugin`, or save the picture as JPEG"
        ) from None
    width, height = size_of(content)
    if width * height > max_pixels:
        raise PictureError(f"has {width} x {height} pixels, more than {max_pixels // 1_000_000} megapixels")
    picture: ImageFile.ImageFile = JXLImageFile(io.BytesIO(content), "")
    if not getattr(picture, "jpeg", None):
        # The decoder has turned it already; only a JPEG inside comes as it was, with its EXIF block.
        picture.info.pop("exif", None)
    return picture


def size_of(content: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG XL picture as its header has them, before it is turned upright.

    Raises:
        PictureError: the header is cut off.
    """
    header = next(_codestreams(content), b"")[2:14]
    if len(header) < 12:
        raise PictureError("is damaged (its header is cut off)")
    bits = _Bits(header)
    small = bits.take(1)

    def side() -> int:
        return (bits.take(5) + 1) * 8 if small else bits.take(_SIDE_BITS[bits.take(2)]) + 1

    height = side()
    ratio = bits.take(3)
    if not ratio:
        return side(), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _codestreams(content: bytes) -> Iterator[bytes]:
    """Yield where picture data begin: the file itself, or its boxes."""
    if content.startswith(_CODESTREAM):
        yield content[:64]
        return
    place = 0
    while place + 8 <= len(content):
        length, kind = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8]
        head = 8
        if length == 1:  # the length is a longer number behind the kind
            length, head = int.from_bytes(content[place + 8 : place + 16], "big"), 16
        if kind in (b"jxlc", b"jxlp"):
            start = place + head + (4 if kind == b"jxlp" else 0)  # a part begins with its number
            yield content[start : start + 64]
        if length < head:  # up to the end of the file, or damaged
            return
        place += length


class _Bits:
    """Numbers of so many bits, the lowest first."""

    def __init__(self, content: bytes) -> None:
        self._rest = int.from_bytes(content, "little")

    def take(self, count: int) -> int:
        value = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return value
