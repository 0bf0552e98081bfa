"""The one place where pictures are decoded: for training, evaluation, prediction, upload and export.

A picture is recognised by its content, never by its file extension. Whatever its mode, it becomes
8-bit RGB: alpha lies over white, 16-bit values are scaled, only the first frame of an animation counts,
and the EXIF orientation is applied. For a network it is resized to the square input size between the four
nearest pixels (bilinear, not antialiased), as the original TensorFlow for Poets scripts do and as these
networks were trained; a picture much larger than that is first halved up to three times.
"""

import io
import os
import stat
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import (  # the plugins register their formats as they are imported
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from poetcore.errors import PictureError

__all__ = [
    "FORMATS",
    "MAX_MEGAPIXELS",
    "PictureInfo",
    "decode",
    "identify",
    "read",
    "resize_to_square",
    "thumbnail",
    "to_square",
]

#: What may be decoded (JPEG includes MPO, its multi-picture form). A closed list: some of Pillow's other
#: readers start programs (EPS runs Ghostscript).
FORMATS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
        GifImagePlugin.GifImageFile,
        BmpImagePlugin.BmpImageFile,
        TiffImagePlugin.TiffImageFile,
        AvifImagePlugin.AvifImageFile,
    )
)

#: A larger picture is refused before its pixels are decoded.
MAX_MEGAPIXELS = 100

#: ISO/IEC 23008-12, annex B, and what phones write.
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

_ORIENTATION = 0x0112  # the EXIF tag
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
        PictureError: the file is a folder, missing, empty, a broken link or not readable; the message is the
            reason in a few words.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise PictureError("is not a file (a pipe or a device)")
        content = path.read_bytes()
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
        raise PictureError(f"cannot be read ({error.strerror or error})") from None
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


def decode(content: bytes, at_least: int | None = None) -> Image.Image:
    """Decode a file's bytes into an RGB picture, upright.

    Args:
        content: the whole file.
        at_least: halve the picture up to three times, as long as neither side falls below this many pixels.
            A JPEG is decoded at that scale, several times faster for photos from phones.

    Raises:
        PictureError: whatever is wrong with it, in a few words.
    """
    picture = _open(content)
    try:
        if at_least is not None:
            picture.draft(None, (at_least, at_least))
        picture.load()
        upright = _UPRIGHT.get(_orientation(picture))
        picture = _to_rgb(picture)
    except Exception as error:  # decoders of damaged files raise almost anything
        raise PictureError(f"is damaged or truncated ({_first_line(error)})") from None
    if at_least is not None:
        picture = _halve(picture, at_least)
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
        picture: of `decode`, whose `at_least` was `size`.
        size: pixels a side; the aspect ratio is not kept.
    """
    # Not Image.resize: it averages over all the pixels below a new one; these networks were trained without.
    box, bilinear = (0, 0, *picture.size), Image.Resampling.BILINEAR
    return np.asarray(picture.transform((size, size), Image.Transform.EXTENT, box, bilinear))


def thumbnail(content: bytes, pixels: int) -> bytes:
    """Encode a small JPEG whose longer side is at most `pixels`, aspect ratio kept.

    Raises:
        PictureError: whatever is wrong with the picture, in a few words.
    """
    picture = decode(content, at_least=pixels)
    picture.thumbnail((pixels, pixels), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _open(content: bytes) -> Image.Image:
    """Open lazily: the header is read, the pixels are not."""
    if not content:
        raise PictureError("is empty (0 bytes)")
    try:
        picture = _recognise(content)
    except Image.DecompressionBombError:
        raise PictureError(f"has more than {MAX_MEGAPIXELS} megapixels") from None
    except Exception as error:  # a damaged header can raise almost anything
        raise PictureError(f"is damaged ({_first_line(error)})") from None
    if picture is None:
        raise PictureError(_not_a_picture(content))
    if picture.width * picture.height > MAX_MEGAPIXELS * 1_000_000:
        raise PictureError(
            f"has {picture.width} x {picture.height} pixels, more than {MAX_MEGAPIXELS} megapixels"
        )
    return picture


def _recognise(content: bytes) -> Image.Image | None:
    """Return the picture of the first format that recognises a content, or None.

    As `Image.open` does, but for its size limit of 89 megapixels: that is a setting of the whole process and
    begins with a warning on the terminal.
    """
    for name in FORMATS:
        factory, accept = Image.OPEN[name]
        # A text says why Pillow was built without this format.
        if accept is not None and accept(content[:16]) is not True:
            continue
        try:
            return factory(io.BytesIO(content), "")
        except (SyntaxError, IndexError, TypeError, struct.error):  # raised where it is not theirs
            continue
    return None


def _halve(picture: Image.Image, at_least: int) -> Image.Image:
    """Halve a picture up to three times, as JPEG decoders can, while both sides stay large enough."""
    factor = 1
    while factor < 8 and min(picture.size) >= 2 * factor * at_least:
        factor *= 2
    return picture.reduce(factor) if factor > 1 else picture


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB" and not picture.has_transparency_data:
        return picture
    if picture.mode.startswith("I") or picture.mode == "F":
        return Image.fromarray(_to_8_bit(np.asarray(picture))).convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")


def _to_8_bit(values: np.ndarray) -> np.ndarray:
    """Scale 16-bit, 32-bit or floating-point grey values, `(h, w)`, to 0..255 `uint8`."""
    if values.dtype.kind == "f":
        finite = np.nan_to_num(values)
        levels = finite * (255.0 if finite.max(initial=0) <= 1 else 1.0)
    elif values.dtype.itemsize > 2 and values.max(initial=0) <= 255:
        levels = values  # 8-bit values in 32-bit cells
    else:
        levels = np.clip(values, 0, 65535) // 257
    scaled: np.ndarray = np.clip(levels, 0, 255).astype(np.uint8)
    return scaled


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # a damaged EXIF block says nothing
        return 1
    return value if value == 1 or value in _UPRIGHT else 1


def _not_a_picture(content: bytes) -> str:
    """Return what a file is that no decoder recognised, in a few words."""
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "is a HEIC photo, which cannot be read here: save it as JPEG"
    head = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<svg", b"<?xml", b"<!--")) and b"<html" not in head:
        return "is a drawing (SVG or XML), not a photo: save it as PNG"
    if head.startswith((b"<!doctype", b"<html")):
        return "is a web page, not a picture"
    if content[4:12] == b"ftypavif" or content.startswith(
        (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")
    ):
        return "is damaged: it begins like a picture, but its header cannot be read"
    return "is not a picture (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)"


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:120] if text else type(error).__name__
