"""Words as pictures: text of any script, shaped and wrapped, for slides that are files.

vl-convert, which draws the report's charts, draws the text: it joins Arabic letters, writes Hebrew from the
right, and takes each character from a font of this computer that has it. Fonts come from nowhere else.
"""

import io
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image

from poetcore.errors import OptionError

__all__ = ["add_fonts", "draw_svg", "draw_words", "fit_words", "missing_characters"]

#: Height of a line, and where its letters stand in it, as a share of their size.
_LINE, _BASELINE = 1.35, 1.02

#: Sizes that are tried where words have no room, as shares of the one that is wanted.
_SHARES = (1.0, 0.8, 0.65, 0.5)

#: Characters of a text that are drawn at most.
_MOST = 160

#: A character that no font has: the last of a plane that is unassigned (Unicode 16).
_NOWHERE = "\U000dfffd"


def add_fonts(folder: Path) -> None:
    """Add the fonts of a folder to those of this computer, for this process.

    Raises:
        OptionError: there is no such folder.
    """
    import vl_convert

    if not folder.is_dir():
        raise OptionError(f"No such folder of fonts: {folder}. Give one that holds .ttf or .otf files.")
    vl_convert.register_font_directory(str(folder))
    draw_words.cache_clear()


def draw_svg(body: str, width: int, height: int) -> Image.Image:
    """Return SVG elements as an RGBA picture of that size in pixels, transparent where nothing is drawn."""
    import vl_convert

    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{body}</svg>'
    with Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=1, ppi=72))) as drawn:
        return drawn.convert("RGBA")


@lru_cache(maxsize=1000)
def draw_words(text: str, size: int, colour: str, bold: bool = False) -> Image.Image:
    """Draw a text on one line and return it as an RGBA picture, as wide as it is, a line high.

    Args:
        text: what no XML can hold is left out.
        size: of the letters, in pixels.
        colour: as SVG writes it.
        bold: whether the letters are bold.
    """
    words = "".join(one for one in text[:_MOST] if _drawable(one))
    height = round(size * _LINE)
    body = (
        f'<text x="{size}" y="{round(size * _BASELINE)}" font-family="sans-serif" font-size="{size}"'
        f' font-weight="{700 if bold else 400}" fill="{colour}" xml:space="preserve">{escape(words)}</text>'
    )
    drawn = draw_svg(body, round(size * (1.3 * len(words) + 2)), height)
    box = drawn.getbbox()
    return drawn.crop((box[0], 0, box[2], height)) if box else Image.new("RGBA", (1, height))


def _drawable(character: str) -> bool:
    """Return whether XML can hold a character: no control character, no half of a pair, no noncharacter."""
    return unicodedata.category(character) not in ("Cc", "Cs") and character not in "\ufffe\uffff"


def fit_words(text: str, size: int, width: int, lines: int, colour: str, bold: bool = False) -> Image.Image:
    """Draw a text so that it fits: on more lines, then smaller, and if need be cut off with an ellipsis.

    Args:
        text: the words.
        size: of the letters, in pixels, where there is room.
        width: pixels that there are.
        lines: how many lines it may take at its full size; as high it stays.
        colour: as SVG writes it.
        bold: whether the letters are bold.
    """
    height = round(size * _LINE) * lines
    for share in _SHARES:
        smaller = max(12, round(size * share))
        rows = _wrapped(text.split(), smaller, width, colour, bold)
        if len(rows) * rows[0].height <= height and all(row.width <= width for row in rows):
            break
    else:
        rows = [_cut(text, smaller, width, colour, bold)]
    whole = Image.new("RGBA", (width, sum(row.height for row in rows)))
    for number, row in enumerate(rows):
        whole.paste(row, (0, number * row.height))
    return whole


def _wrapped(words: list[str], size: int, width: int, colour: str, bold: bool) -> list[Image.Image]:
    """Return the lines of words, as many words on each as fit."""
    rows: list[str] = []
    for word in words or [""]:
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and draw_words(longer, size, colour, bold).width <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return [draw_words(row, size, colour, bold) for row in rows]


def _cut(text: str, size: int, width: int, colour: str, bold: bool) -> Image.Image:
    """Return the beginning of a text that fits, with an ellipsis."""
    fits, much = 0, min(len(text), _MOST)
    while fits < much:
        middle = (fits + much + 1) // 2
        if draw_words(f"{text[:middle]}…", size, colour, bold).width <= width:
            fits = middle
        else:
            much = middle - 1
    return draw_words(f"{text[:fits]}…", size, colour, bold)


def _has_a_shape(character: str) -> bool:
    """Return whether a character is seen: no control or format character, no blank."""
    return _drawable(character) and unicodedata.category(character) not in ("Cf", "Zs", "Zl", "Zp", "Mn")


def missing_characters(texts: Iterable[str]) -> str:
    """Return the characters that no font of this computer has, in order; they are drawn as empty boxes."""
    others = sorted({one for text in texts for one in text if ord(one) > 0x2FF and _has_a_shape(one)})
    if not others:
        return ""
    box = draw_words(_NOWHERE, 24, "#fff").tobytes()
    return "".join(one for one in others if draw_words(one, 24, "#fff").tobytes() == box)
