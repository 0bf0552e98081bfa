"""From what a file holds to 8-bit RGB as a screen shows it: transparency, deep values, colour profiles.

- Alpha lies over white.
- Values of more than 8 bits are scaled by the range that they use, rounded up to a depth that cameras and
  scanners have (8, 10, 12, 14, 16 bits): 12-bit data in a 16-bit file would be black otherwise. Nothing is
  stretched beyond that, so a dark picture stays dark, and its blacks black.
- A colour profile that differs from sRGB (Display P3 of phones, Adobe RGB, CMYK of printers) is applied; a
  damaged one is ignored.
"""

import sys
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageFile

if TYPE_CHECKING:
    from PIL import ImageCms

__all__ = ["flatten", "is_deep", "load_deep", "to_srgb"]

#: Bits of the values that there are.
_DEPTHS = (8, 10, 12, 14, 16, 24, 32)

#: TIFF tags that say how large a value may be: MaxSampleValue, SMaxSampleValue; and BitsPerSample.
_LARGEST_TAGS = (281, 341)
_BITS_TAG = 258

#: Formats whose values Pillow has scaled to 16 bits already.
_SCALED = ("PPM", "JPEG2000")

#: Where no colour of a few hundred changes by more levels than this, a profile is taken for sRGB.
_SAME_LEVELS = 2

#: A profile's kind of colour -> the mode of the pictures that it can be for.
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "LAB": "LAB"}


def flatten(picture: Image.Image) -> Image.Image:
    """Return a loaded picture in 8 bits and without transparency: RGB, grey, or CMYK or LAB as it is.

    What `to_srgb` has no profile for is RGB at once.
    """
    profile = picture.info.get("icc_profile")
    if picture.mode == "RGB" and not picture.has_transparency_data:
        return picture
    if picture.mode.startswith("I") or picture.mode == "F":
        flat = Image.fromarray(_to_8_bit(np.asarray(picture), _known_largest(picture)))
    elif picture.has_transparency_data:
        grey = picture.mode in ("L", "LA", "La", "1") and bool(profile)
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        flat = Image.alpha_composite(white, layer).convert("L" if grey else "RGB")
    elif picture.mode == "LAB" or (profile and picture.mode in ("L", "CMYK")):
        return picture
    else:
        flat = picture.convert("RGB")
    if profile:
        flat.info["icc_profile"] = profile
    return flat


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture in sRGB.

    Args:
        picture: of `flatten`; it may have been reduced, which costs less to convert.
        profile: the file's colour profile, or None.
    """
    transform = None
    if profile or picture.mode == "LAB":
        transform = _transform(profile or b"", picture.mode)
    if transform is not None:
        converted: Image.Image | None = transform.apply(picture)
        assert converted is not None
        return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> "ImageCms.ImageCmsTransform | None":
    """Return what converts pictures of a mode from a profile to sRGB, or None where that changes nothing."""
    try:
        from PIL import ImageCms

        srgb = ImageCms.createProfile("sRGB")
        source = ImageCms.ImageCmsProfile(
            ImageCms.createProfile("LAB") if mode == "LAB" else BytesIO(profile)
        )
        if _MODES.get(source.profile.xcolor_space.strip()) != mode:
            return None
        made = ImageCms.buildTransform(
            source,
            ImageCms.ImageCmsProfile(srgb),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return made if mode in ("CMYK", "LAB") or _changes(made, mode) else None
    except Exception:  # a damaged profile says nothing, and neither does one of another kind
        return None


def _changes(transform: "ImageCms.ImageCmsTransform", mode: str) -> bool:
    """Return whether a transform changes RGB or grey so that one sees it, anywhere in the range."""
    levels = np.linspace(0, 255, 7).astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(7, 49, 3)
    before = Image.linear_gradient("L") if mode == "L" else Image.fromarray(cube)
    after = transform.apply(before)
    difference = np.asarray(after, int) - np.asarray(before.convert("RGB"), int)
    return bool(np.abs(difference).max() > _SAME_LEVELS)


def is_deep(picture: ImageFile.ImageFile) -> bool:
    """Return whether a picture has 16-bit colours, of which Pillow keeps the higher byte only.

    Of grey with transparency it reads nothing else, so there 12-bit data stay dark.

    Args:
        picture: not loaded yet.
    """
    deep = ("RGB;16", "RGBA;16")
    return bool(picture.tile) and all(_raw_mode(tile.args).startswith(deep) for tile in picture.tile)


def load_deep(picture: ImageFile.ImageFile, again: ImageFile.ImageFile) -> Image.Image:
    """Load a picture of 16-bit colours by the range that they use.

    Args:
        picture: one for which `is_deep`, not loaded yet.
        again: the same file, opened once more.
    """
    picture.load()
    brightest = max(high for _, high in picture.getextrema()[:3])  # type: ignore[misc]
    if brightest > 63:  # more than 14 bits: the higher byte has it all
        return picture
    again.tile = [tile._replace(args=_lower_byte(tile.args)) for tile in again.tile]
    again.load()
    values = np.asarray(picture, np.uint32) * 256 + np.asarray(again, np.uint32)
    parts = [_to_8_bit(values[..., :3], 0)]
    if values.shape[2] == 4:  # alpha has a range of its own
        parts.append(_to_8_bit(values[..., 3], 0))
    deep = Image.fromarray(np.dstack(parts))
    deep.info.update(picture.info)
    return deep


def _raw_mode(arguments: object) -> str:
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return first if isinstance(first, str) else ""


def _lower_byte(arguments: tuple[Any, ...] | str | None) -> tuple[Any, ...] | str:
    """Return a decoder's arguments in the other order of bytes: what it takes for the higher is the lower."""
    mode = _raw_mode(arguments)
    native = "L" if sys.byteorder == "little" else "B"
    bands, order = mode.replace("16N", f"16{native}").split(";16")
    other = f"{bands};16{'B' if order.startswith('L') else 'L'}"
    return (other, *arguments[1:]) if isinstance(arguments, tuple) else other


def _known_largest(picture: Image.Image) -> int:
    """Return how large a picture's values may be by its header, or 0."""
    if picture.format in _SCALED:
        return 65535
    tags = getattr(picture, "tag_v2", {})
    found = [tags.get(tag, 0) for tag in _LARGEST_TAGS]
    flat = [one[0] if isinstance(one, tuple) and one else one for one in found]
    bits = tags.get(_BITS_TAG, (16,))
    by_bits = 2 ** bits[0] - 1 if isinstance(bits, tuple) and bits and 8 < bits[0] < 16 else 0
    return max(by_bits, *(int(one) for one in flat if isinstance(one, int | float) and 0 < one < 2**32), 0)


def _to_8_bit(values: np.ndarray, largest: int) -> np.ndarray:
    """Scale values of any range to 0..255 `uint8`.

    Args:
        values: `(h, w)` or `(h, w, 3)`, whole numbers, or floating point from 0 to 1, to 255 or to a depth.
        largest: the least that the values' range is known to reach to, or 0.
    """
    if values.dtype.kind == "f":
        values = np.nan_to_num(values, nan=0, posinf=0, neginf=0)
        if values.max(initial=0) <= 1:
            levels: np.ndarray = np.clip(values * 255, 0, 255).astype(np.uint8)
            return levels
    brightest = max(float(values.max(initial=0)), largest)
    top = next((2**bits - 1 for bits in _DEPTHS if brightest < 2**bits), 2.0**32)
    wide = np.clip(values, 0, None).astype(np.uint32 if top <= 65535 else np.float64)
    scaled: np.ndarray = np.minimum(wide * 255 // top, 255).astype(np.uint8)
    return scaled
