"""A confusion matrix as a PNG, drawn with Pillow alone, for places that show pictures but no charts."""

import io
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

__all__ = ["matrix_picture"]

_WHITE, _INK, _LINE = (255, 255, 255), (17, 24, 39), (203, 213, 225)
#: Correct and misclassified, as in the charts: distinct in every kind of colour blindness.
_RIGHT, _WRONG = (59, 130, 246), (240, 140, 0)

#: Pixels: the matrix' widest side, a cell's widest and a label's longest, and the empty space around.
_SIDE, _CELL, _LABEL, _SPACE = 1600, 64, 200, 10

#: Where to look for characters that Pillow's own font lacks; each is on some system.
_OTHER_FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "arial.ttf",
    "Arial Unicode.ttf",
    "msyh.ttc",
    "segoeui.ttf",
)

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def matrix_picture(matrix: np.ndarray, labels: Sequence[str]) -> bytes:
    """Draw a confusion matrix: counts, correct in blue, misclassified in orange, darker for a larger share.

    A label in a script for which there is no font is written as its number, "#1" for the first.

    Args:
        matrix: `(n, n)` integers; `C[i, j]` pictures of label i that were predicted to be label j.
        labels: n of them, in the same order.

    Returns:
        A PNG, less than 1,900 pixels a side for up to 1,600 labels.

    Raises:
        ValueError: the matrix does not fit the labels.
    """
    count = len(labels)
    if matrix.shape != (count, count) or not count:
        raise ValueError(f"The matrix must be (n, n) for n labels. Received: {matrix.shape}, {count} labels.")
    cell = max(1, min(_CELL, _SIDE // count))
    every = -(-11 // cell)  # smaller cells leave room for some of the labels only
    names = [_name(label, number, min(15, max(9, cell - 2))) for number, label in enumerate(labels, 1)]
    shown = range(0, count, every)
    title = _text("predicted label", _font(15))
    beside = max(names[i].width for i in shown)
    upright = beside > cell * every - 6
    above = beside if upright else max(names[i].height for i in shown)
    left, top = 3 * _SPACE + title.height + beside, 3 * _SPACE + title.height + above
    side = cell * count

    # Never narrower than the title over it.
    width = left + max(side, title.width) + 2 * _SPACE
    image = Image.new("RGB", (width, top + max(side, title.width) + 2 * _SPACE), _WHITE)
    _draw_cells(image, matrix, cell, left, top)
    image.paste(title, (left, _SPACE))
    image.paste(_text("true label", _font(15)).rotate(90, expand=True), (_SPACE, top))
    for i in shown:
        name, middle = names[i], i * cell + cell // 2
        image.paste(name, (left - _SPACE // 2 - name.width, top + middle - name.height // 2))
        name = name.rotate(90, expand=True) if upright else name
        image.paste(name, (left + middle - name.width // 2, top - _SPACE // 2 - name.height))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_cells(image: Image.Image, matrix: np.ndarray, cell: int, left: int, top: int) -> None:
    """Fill the cells with their colours, and with their counts where these can be read."""
    side = cell * len(matrix)
    # Of the true label's pictures; the root makes the few misclassified pictures of a good model visible.
    share = np.sqrt(matrix / np.maximum(1, matrix.sum(axis=1, keepdims=True)))[..., np.newaxis]
    full = np.where(np.eye(len(matrix), dtype=bool)[..., np.newaxis], _RIGHT, _WRONG)
    colours = Image.fromarray((255 + (full - 255) * share).round().astype(np.uint8))
    image.paste(colours.resize((side, side), Image.Resampling.NEAREST), (left, top))

    draw = ImageDraw.Draw(image)
    for k in range(0, side + 1, cell if cell >= 6 else side):
        draw.line((left + k, top, left + k, top + side), fill=_LINE)
        draw.line((left, top + k, left + side, top + k), fill=_LINE)
    digits = len(f"{matrix.max():,}")
    size = int(min(18, cell * 0.45, (cell - 4) / (0.62 * digits)))
    if size >= 7:
        for i, j in np.argwhere(matrix):
            middle = (left + (j + 0.5) * cell, top + (i + 0.5) * cell)
            draw.text(middle, f"{matrix[i, j]:,}", fill=_INK, font=_font(size), anchor="mm")


def _name(label: str, number: int, size: int) -> Image.Image:
    """Draw a label as an image, shortened where it is long."""
    text = "".join(c if c.isprintable() else " " for c in label)
    font = next((font for font in _fonts(size) if _has_glyphs(font, text)), None)
    if font is None:
        text, font = f"#{number}", _font(size)
    if font.getlength(text) > _LABEL:
        while text and font.getlength(text + "...") > _LABEL:
            text = text[:-1]
        text += "..."
    return _text(text, font)


def _text(text: str, font: _Font) -> Image.Image:
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text))
    image = Image.new("RGB", (max(1, right - left), max(1, bottom - top)), _WHITE)
    ImageDraw.Draw(image).text((-left, -top), text, fill=_INK, font=font)
    return image


def _font(size: int) -> _Font:
    return ImageFont.load_default(size)


def _fonts(size: int) -> Iterator[_Font]:
    """Yield Pillow's own font, then those of the system."""
    yield _font(size)
    for name in _OTHER_FONTS:
        try:
            yield ImageFont.truetype(name, size)
        except OSError:
            continue


def _has_glyphs(font: _Font, text: str) -> bool:
    """Return whether a font has every character: those that it lacks look like one that no font has."""
    missing = bytes(font.getmask("\uffff"))
    return all(c.isspace() or bytes(font.getmask(c)) != missing for c in set(text))
