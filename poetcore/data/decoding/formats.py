"""Which picture formats are read, recognised by content; everything else is refused with what it is.

| read | by |
|---|---|
| JPEG and MPO, PNG, WebP, GIF, BMP, TIFF, AVIF | Pillow |
| PPM, PGM, PBM, PFM: what many research data sets come as; JPEG 2000: archives, satellites | Pillow |
| HEIF: what iPhones write | the package pillow-heif |
| JPEG XL | the package pillow-jxl-plugin, where it is installed |

Of what Pillow opens besides, nothing is read. Some of its readers start programs (EPS runs Ghostscript) or
exist on Windows only (WMF). TGA has no signature, so that other files would be taken for it. In a Photoshop
document the picture may be a blank stand-in for its layers. Icons (ICO, CUR, ICNS), textures of games (DDS,
BLP, FTEX), animations (FLI), measurements (FITS, GRIB, HDF5) and the rest (PCX, SGI, Sun, QOI, ...) are no
photos, or hardly ever found, and each would be one more decoder to trust.
"""

import io
import struct
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from typing import cast

from PIL import (  # the plugins register their formats as they are imported
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from poetcore.data.decoding.jpeg_xl import is_jpeg_xl, open_jpeg_xl
from poetcore.data.decoding.png_texts import without_large_texts
from poetcore.data.decoding.portable_maps import fast_map, is_portable_map
from poetcore.errors import PictureError

__all__ = [
    "DRAFTED",
    "FORMATS",
    "MAX_JPEG_MEGAPIXELS",
    "MAX_MEGAPIXELS",
    "decoders",
    "max_megapixels",
    "recognise",
]

#: What Pillow itself decodes. A closed list.
_BUILT_IN = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
        GifImagePlugin.GifImageFile,
        BmpImagePlugin.BmpImageFile,
        TiffImagePlugin.TiffImageFile,
        AvifImagePlugin.AvifImageFile,
        Jpeg2KImagePlugin.Jpeg2KImageFile,
        PpmImagePlugin.PpmImageFile,
    )
)

#: What may be decoded (JPEG includes MPO, its multi-picture form).
FORMATS = (*_BUILT_IN, "HEIF", "JXL")

#: Formats that are decoded at reduced scale.
DRAFTED = ("JPEG", "MPO")

#: Pixels that may be held at once, so that a picture takes some 800 MB of memory at the most. Bytes a pixel,
#: as measured: 4 for PNG, 7 for HEIC, 9 for AVIF, 15 for WebP.
MAX_MEGAPIXELS = 100
_MAX_WEBP_MEGAPIXELS = 50

#: A JPEG is decoded at reduced scale, so that an eighth of its width and height is held; phones have
#: up to 200 megapixels.
MAX_JPEG_MEGAPIXELS = 400

#: ISO/IEC 23008-12, annex B, and what phones write.
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

#: Counted up when files that were refused may be read, or the other way round.
_VERSION = 2

#: Frames of a TIFF file among which one that is not marked as reduced is looked for.
_FRAMES = 8
_NEW_SUBFILE_TYPE = 254


def recognise(content: bytes) -> ImageFile.ImageFile | None:
    """Return the picture of the first format that recognises a content, its pixels not decoded, or None.

    As `Image.open` does, but for its size limit of 89 megapixels: that is a setting of the whole process and
    begins with a warning on the terminal.

    Args:
        content: the whole file.

    Raises:
        PictureError: a package is missing, or the size is beyond what may be decoded.
        Exception: anything else, where a header is damaged.
    """
    if is_jpeg_xl(content):
        return open_jpeg_xl(content, MAX_MEGAPIXELS * 1_000_000)
    for name in _BUILT_IN:
        factory, accept = Image.OPEN[name]
        # A text says why Pillow was built without this format.
        if accept is not None and accept(content[:16]) is not True:
            continue
        try:
            return _OPENERS[name](content) if name in _OPENERS else factory(io.BytesIO(content), "")
        except (SyntaxError, IndexError, TypeError, struct.error):  # raised where it is not theirs
            continue
    return _heif(content) if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS else None


def max_megapixels(picture: ImageFile.ImageFile) -> int:
    """Return how many megapixels a picture may have, not decoded yet, by what its decoder will hold."""
    # Of a progressive JPEG all of them are held at any scale: its parts come from coarse to fine.
    if picture.format in DRAFTED and not picture.info.get("progressive"):
        return MAX_JPEG_MEGAPIXELS
    return _MAX_WEBP_MEGAPIXELS if picture.format == "WEBP" else MAX_MEGAPIXELS


def decoders() -> int:
    """Return a number that stays the same while the same formats can be read.

    It changes with a version of Poet that reads others, and with the packages that are installed.
    """
    return _VERSION * 4 + 2 * bool(find_spec("pillow_heif")) + bool(find_spec("pillow_jxl"))


def _png(content: bytes) -> ImageFile.ImageFile:
    shorter, profile = without_large_texts(content)
    picture = PngImagePlugin.PngImageFile(io.BytesIO(shorter), "")
    if profile:
        picture.info["icc_profile"] = profile
    return picture


def _tiff(content: bytes) -> ImageFile.ImageFile:
    """Open a TIFF file at its first frame that is not a reduced copy of another."""
    picture = TiffImagePlugin.TiffImageFile(io.BytesIO(content), "")
    if not _is_reduced(picture):
        return picture
    with suppress(EOFError):  # there are no more
        for frame in range(1, _FRAMES):
            picture.seek(frame)
            if not _is_reduced(picture):
                return picture
    picture.seek(0)
    return picture


def _is_reduced(picture: TiffImagePlugin.TiffImageFile) -> bool:
    return bool(int(picture.tag_v2.get(_NEW_SUBFILE_TYPE, 0)) & 1)


def _ppm(content: bytes) -> ImageFile.ImageFile:
    if not is_portable_map(content):
        raise SyntaxError("not a PPM file")
    return PpmImagePlugin.PpmImageFile(io.BytesIO(fast_map(content, MAX_MEGAPIXELS * 1_000_000)), "")


def _heif(content: bytes) -> ImageFile.ImageFile:
    """Open a HEIF picture; libheif turns it upright."""
    try:
        from pillow_heif import HeifImageFile
    except ImportError:
        raise PictureError(
            "is a HEIC photo, which needs pillow-heif: install it with `pip install pillow-heif`, or save the"
            " photo as JPEG"
        ) from None
    return cast("ImageFile.ImageFile", HeifImageFile(io.BytesIO(content), ""))  # type: ignore[no-untyped-call]


_OPENERS: dict[str, Callable[[bytes], ImageFile.ImageFile]] = {"PNG": _png, "TIFF": _tiff, "PPM": _ppm}
