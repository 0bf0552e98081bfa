"""A heat map as colours over a photo: orange where it speaks for the label, blue where it speaks against.

Orange and blue are told apart with every kind of colour blindness (Okabe and Ito, "Color universal design",
2008). Photos have all colours, orange and blue among them: so what is neither is veiled in grey, and a white
line in a dark one, which shows on any photo, is drawn around what speaks for the label most.
"""

import io

import numpy as np
from PIL import Image

from poetcore.evaluation.looks.heat_map import HeatMap

__all__ = ["laid_over", "overlay", "overlay_png"]

_FOR, _AGAINST, _VEIL = (255, 140, 0), (0, 80, 255), (70, 70, 70)

#: How much of the photo is covered: where nothing speaks for or against; where something does most for or
#: against. What speaks for the label has to be seen itself.
_VEILED, _LIT, _BLUE = 0.6, 0.4, 0.65

#: The line is drawn around places that add this part of the most that any place adds to any label.
LINE = 0.5

#: Numbers in the palette of the line and of its dark edge; the others are colours from blue to orange.
_WHITE, _DARK = 255, 0


def overlay(heat: HeatMap, pixels: int) -> Image.Image:
    """Draw a heat map to be laid over a photo.

    Args:
        heat: what is drawn.
        pixels: of its longer side.

    Returns:
        A picture with a palette and transparency.
    """
    size = _within(heat.size, pixels)
    share = (heat.values / max(heat.scale, 1e-9)).astype(np.float32)
    fine = np.asarray(Image.fromarray(share).resize(size, Image.Resampling.BICUBIC))
    indices = np.clip(np.rint(127.5 + 126.5 * fine), 1, 254).astype(np.uint8)
    width = max(1, round(max(size) / 400))
    line = _edge(fine > LINE, width)
    indices[_grown(line, width)] = _DARK
    indices[line] = _WHITE
    picture = Image.fromarray(indices, "P")
    colours = _palette()
    picture.putpalette(colours[:, :3].tobytes())
    picture.info["transparency"] = colours[:, 3].tobytes()
    return picture


def overlay_png(heat: HeatMap, pixels: int = 768, *, small: bool = False) -> bytes:
    """Return what `overlay` draws as a PNG file with transparency.

    Args:
        heat: what is drawn.
        pixels: of its longer side.
        small: compress it well, which takes longer: for what is kept, not seen once.
    """
    out = io.BytesIO()
    overlay(heat, pixels).save(out, "PNG", compress_level=6 if small else 1)
    return out.getvalue()


def laid_over(heat: HeatMap, photo: Image.Image) -> Image.Image:
    """Return a photo with a heat map over it.

    Args:
        heat: of the whole photo.
        photo: RGB, of any size.
    """
    drawn = overlay(heat, max(photo.size)).convert("RGBA").resize(photo.size)
    return Image.alpha_composite(photo.convert("RGBA"), drawn).convert("RGB")


def _within(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Return a size in the same proportion whose longer side has so many pixels."""
    width, height = (max(1, round(pixels * side / max(size))) for side in size)
    return width, height


def _palette() -> np.ndarray:
    """Return red, green, blue and alpha of each number, `(256, 4) uint8`."""
    share = ((np.arange(256) - 127.5) / 126.5).clip(-1, 1)
    strong = np.abs(share)[:, np.newaxis]
    towards = np.where(share[:, np.newaxis] > 0, _FOR, _AGAINST)
    colours = np.empty((256, 4))
    colours[:, :3] = (1 - strong) * _VEIL + strong * towards
    covered = np.where(share > 0, _LIT, _BLUE)
    colours[:, 3] = 255 * (_VEILED + (covered - _VEILED) * strong[:, 0])
    colours[_WHITE], colours[_DARK] = (255, 255, 255, 255), (0, 0, 0, 200)
    return colours.round().astype(np.uint8)


def _edge(inside: np.ndarray, width: int) -> np.ndarray:
    """Return the inner border of a region, so many pixels wide."""
    edge: np.ndarray = inside & _grown(~inside, width)
    return edge


def _grown(region: np.ndarray, width: int) -> np.ndarray:
    """Return a region with so many pixels more around it."""
    from scipy.ndimage import maximum_filter

    grown: np.ndarray = maximum_filter(region, 2 * width + 1, mode="constant")
    return grown
