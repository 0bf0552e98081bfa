"""The one place where pictures are decoded: for training, evaluation, prediction, upload and export.

A picture is recognised by its content, never by its file extension (`decoding.formats` says which can be
read). Whatever its mode, it becomes 8-bit sRGB (`decoding.colours` says how); only the first frame of an
animation counts, and the EXIF orientation is applied. For a network it is resized to the square input size
between the four nearest pixels (bilinear, not antialiased), as the original TensorFlow for Poets scripts do
and as these networks were trained; a picture much larger than that is first halved up to three times.
"""

import errno
import io
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile

from poetcore.data.decoding.colours import flatten, is_deep, load_deep, to_srgb
from poetcore.data.decoding.formats import (
    DRAFTED,
    FORMATS,
    MAX_JPEG_MEGAPIXELS,
    MAX_MEGAPIXELS,
    max_megapixels,
    recognise,
)
from poetcore.data.decoding.refusals import RAW, camera_raw, not_a_picture, video
from poetcore.errors import PictureError
from poetcore.system.reading import open_regular, rest_of

__all__ = [
    "FORMATS",
    "MAX_JPEG_MEGAPIXELS",
    "MAX_MEGAPIXELS",
    "PictureInfo",
    "date_taken",
    "decode",
    "halve",
    "identify",
    "read",
    "resize_to_square",
    "thumbnail",
    "to_square",
]

#: No picture of as many pixels as are decoded has more: 16 bits a channel, not packed.
MAX_BYTES = 1_000_000_000

_ORIENTATION = 0x0112  # the EXIF tag
_CAMERA, _TAKEN = 0x8769, 0x9003  # the EXIF tags of what the camera wrote, and in it of the date
_SIDEWAYS = (5, 6, 7, 8)  # its values that swap width and height
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class PictureInfo:
    """What a picture's header says.

    Attributes:
        width: pixels as it is shown, that is after the EXIF orientation.
        height: pixels as it is shown.
        format: one of `FORMATS`, or MPO.
    """

    width: int
    height: int
    format: str


def read(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        PictureError: the file is a folder, missing, empty, a broken link, not readable, larger than any
            picture or a video; the message is the reason in a few words.
    """
    try:
        with open_regular(path) as file:
            # A video of gigabytes is not read to the end to find that out.
            if reason := video(file.read(64)):
                raise PictureError(reason)
            file.seek(0)
            content = rest_of(file, path, MAX_BYTES)
    except IsADirectoryError:
        raise PictureError("is a folder, not a picture") from None
    except FileNotFoundError:
        reason = "is a link to a file that is gone" if path.is_symlink() else "does not exist"
        raise PictureError(reason) from None
    except PermissionError:
        # Windows says "permission denied" where others say "is a directory".
        readable_folder = path.is_dir() and os.access(path, os.R_OK)
        reason = "is a folder, not a picture" if readable_folder else "may not be read (no permission)"
        raise PictureError(reason) from None
    except OSError as error:
        words = str(error.strerror or error)
        told = error.errno in (errno.EFBIG, errno.ENXIO)  # in words that say it all
        raise PictureError(words if told else f"cannot be read ({words})") from None
    if not content:
        raise PictureError("is empty (0 bytes)")
    return content


def identify(content: bytes) -> PictureInfo:
    """Read a picture's header only: size as shown and format.

    Raises:
        PictureError: not a picture of a known format, or too large to decode.
    """
    with _open(content) as picture:
        width, height = picture.size
        # Pillow rotates TIFF files itself, and their size is the rotated one; of a PNG it would decode the
        # pixels to find an EXIF block behind them.
        known = picture.format != "TIFF" and (picture.format != "PNG" or "exif" in picture.info)
        if known and _orientation(picture) in _SIDEWAYS:
            width, height = height, width
        return PictureInfo(width, height, picture.format or "")


def date_taken(content: bytes) -> datetime | None:
    """Return when a photo was taken, by the camera's clock, as its EXIF block says; None where none does.

    Args:
        content: the whole file.
    """
    try:
        with _open(content) as picture:
            if picture.format == "PNG" and "exif" not in picture.info:
                return None  # Pillow would decode the pixels to find an EXIF block behind them
            words = str(picture.getexif().get_ifd(_CAMERA).get(_TAKEN, ""))
        return datetime.strptime(words.strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")
    except Exception:  # a damaged block, or a clock that was never set, says nothing
        return None


def decode(content: bytes, at_least: int | None = None) -> Image.Image:
    """Decode a file's bytes into an RGB picture, upright.

    Args:
        content: the whole file.
        at_least: halve the picture up to three times, as long as neither side falls below this many pixels.
            A JPEG is decoded at that scale, several times faster for photos from phones.

    Raises:
        PictureError: whatever is wrong with it, in a few words.
    """
    opened = _open(content)
    if at_least is not None and opened.format in DRAFTED:
        opened.draft(None, (at_least, at_least))
    _check_size(opened, MAX_MEGAPIXELS)
    try:
        loaded = load_deep(opened, _open(content)) if is_deep(opened) else opened
        loaded.load()
        upright = _UPRIGHT.get(_orientation(opened))
        picture = flatten(loaded)
        profile = picture.info.get("icc_profile")
        if at_least is not None:
            picture = halve(picture, at_least)
        picture = to_srgb(picture, profile)
    except Exception as error:  # decoders of damaged files raise almost anything
        raise PictureError(f"is damaged or truncated ({_first_line(error)})") from None
    return picture if upright is None else picture.transpose(upright)


def to_square(content: bytes, size: int) -> np.ndarray:
    """Decode a file's bytes and resize them to a network's square input.

    Args:
        content: the whole file.
        size: pixels a side; the aspect ratio is not kept.

    Returns:
        `(size, size, 3) uint8`, RGB in 0..255.

    Raises:
        PictureError: whatever is wrong with it, in a few words.
    """
    return resize_to_square(decode(content, at_least=size), size)


def resize_to_square(picture: Image.Image, size: int) -> np.ndarray:
    """Resize a decoded picture to a network's square input: `(size, size, 3) uint8`, RGB in 0..255.

    Args:
        picture: of `decode`, whose `at_least` was `size`, or one that `halve` made smaller.
        size: pixels a side; the aspect ratio is not kept.
    """
    # Not Image.resize: it averages over all the pixels below a new one; these networks were trained without.
    box, bilinear = (0, 0, *picture.size), Image.Resampling.BILINEAR
    return np.asarray(picture.transform((size, size), Image.Transform.EXTENT, box, bilinear))


def thumbnail(content: bytes, pixels: int) -> bytes:
    """Encode a small JPEG of pixels alone whose longer side is at most `pixels`, aspect ratio kept.

    Raises:
        PictureError: whatever is wrong with the picture, in a few words.
    """
    picture = decode(content, at_least=pixels)
    picture.thumbnail((pixels, pixels), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, comment=b"")  # else the file's own is kept
    return out.getvalue()


def _open(content: bytes) -> ImageFile.ImageFile:
    """Open lazily: the header is read, the pixels are not."""
    if not content:
        raise PictureError("is empty (0 bytes)")
    if camera_raw(content):
        raise PictureError(RAW)
    try:
        picture = recognise(content)
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError(f"has more than {MAX_MEGAPIXELS} megapixels") from None
    except Exception as error:  # a damaged header can raise almost anything
        raise PictureError(f"is damaged, or of a kind that cannot be read ({_first_line(error)})") from None
    if picture is None:
        raise PictureError(not_a_picture(content))
    _check_size(picture, max_megapixels(picture))
    return picture


def _check_size(picture: Image.Image, limit: int) -> None:
    """Check a picture's pixels, in megapixels."""
    if picture.width * picture.height > limit * 1_000_000:
        progressive = " in a progressive JPEG" if picture.info.get("progressive") else ""
        raise PictureError(
            f"has {picture.width} x {picture.height} pixels{progressive}, more than {limit} megapixels:"
            " save it smaller"
        )


def halve(picture: Image.Image, at_least: int) -> Image.Image:
    """Halve a picture up to three times, as JPEG decoders can, while no side falls below so many pixels."""
    factor = 1
    while factor < 8 and min(picture.size) >= 2 * factor * at_least:
        factor *= 2
    return picture.reduce(factor) if factor > 1 else picture


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # a damaged EXIF block says nothing
        return 1
    return value if value == 1 or value in _UPRIGHT else 1


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:120] if text else type(error).__name__
