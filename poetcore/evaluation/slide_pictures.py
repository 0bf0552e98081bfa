"""Slides as pictures, 1920 x 1080, with the labels on them: for any presentation program."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageOps

from poetcore.data import images
from poetcore.errors import PictureError
from poetcore.evaluation.slides import Slide
from poetcore.evaluation.words_pictures import draw_svg, draw_words, fit_words
from poetcore.system.figures import confidence, count

__all__ = ["HEIGHT", "WIDTH", "Caption", "draw_slide"]

WIDTH, HEIGHT = 1920, 1080

#: The slideshow's colours in full screen: ground, ink, faint ink, right, wrong, accent.
_GROUND, _INK, _QUIET, _GOOD, _BAD, _ACCENT = "#0a0c10", "#f3f5f9", "#b2b5bb", "#6ee7a8", "#ff9d8f", "#8db6ff"

_MARGIN = 40

#: Where the words of a single picture begin, and how wide they may be.
_WORDS, _WORDS_WIDTH = 1340, 540

#: Columns and rows of a batch, by how many pictures it has.
_GRIDS = {4: (2, 2), 6: (3, 2), 9: (3, 3)}

#: Pixels above a batch, below a picture in it, and between two.
_HEAD, _CAPTION, _GAP = 90, 84, 16


@dataclass(frozen=True)
class Caption:
    """What stands on a slide beside its pictures.

    Attributes:
        title: what is shown, in a few words.
        first: the number of its first picture, from 1.
        total: pictures of the whole show.
        confidence: whether the confidence of each prediction is told.
    """

    title: str
    first: int
    total: int
    confidence: bool = True

    def place(self, pictures: int) -> str:
        """Return which pictures these are: `5 to 8 of 250`."""
        last = self.first + pictures - 1
        which = count(self.first) if pictures == 1 else f"{count(self.first)} to {count(last)}"
        return f"{which} of {count(self.total)}"


def draw_slide(slides: Sequence[Slide], notes: Sequence[str], batch: int, caption: Caption) -> bytes:
    """Draw one slide and return it as a PNG, 1920 x 1080.

    Args:
        slides: its pictures with their labels, as many as `batch` or fewer.
        notes: a few words for each, such as that it was seen in training, or "".
        batch: one of `BATCHES`; of several each has a tile.
        caption: what stands beside them.

    A picture that cannot be read any more has words in its place.
    """
    canvas = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    if batch == 1:
        _draw_single(canvas, slides[0], notes[0], caption)
    else:
        _draw_batch(canvas, slides, notes, batch, caption)
    out = io.BytesIO()
    canvas.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _draw_single(canvas: Image.Image, slide: Slide, note: str, caption: Caption) -> None:
    _put_picture(canvas, slide, (_MARGIN, _MARGIN, _WORDS - 2 * _MARGIN, HEIGHT - 2 * _MARGIN))
    place = draw_words(caption.place(1), 24, _QUIET)
    title = fit_words(caption.title, 24, _WORDS_WIDTH - place.width - 24, 1, _QUIET)
    top = _MARGIN
    _put(canvas, title, _WORDS, top)
    _put(canvas, place, _WORDS + _WORDS_WIDTH - place.width, top)
    top += 70
    _put(canvas, _verdict(slide.correct, _WORDS_WIDTH, 96), _WORDS, top)
    top += 96 + 50
    predicted = [("Predicted label", 28, _QUIET, False, 1), (slide.predicted, 64, _INK, True, 3)]
    if caption.confidence:
        predicted.append((confidence(slide.confidence), 56, _INK, False, 1))
    true = [("True label", 28, _QUIET, False, 1), (slide.label, 64, _INK, True, 3)]
    for part in (predicted, true, [(note, 32, _ACCENT, False, 3)] if note else []):
        for text, size, colour, bold, lines in part:
            words = fit_words(text, size, _WORDS_WIDTH, lines, colour, bold)
            _put(canvas, words, _WORDS, top)
            top += words.height
        top += 40


def _draw_batch(
    canvas: Image.Image, slides: Sequence[Slide], notes: Sequence[str], batch: int, caption: Caption
) -> None:
    place = draw_words(caption.place(len(slides)), 30, _QUIET)
    _put(canvas, place, WIDTH - _MARGIN - place.width, 25)
    _put(canvas, fit_words(caption.title, 30, WIDTH - 3 * _MARGIN - place.width, 1, _QUIET), _MARGIN, 25)
    columns, rows = _GRIDS[batch]
    width = (WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    height = (HEIGHT - _HEAD - _MARGIN - (rows - 1) * _GAP) // rows
    for number, (slide, note) in enumerate(zip(slides, notes, strict=True)):
        row, column = divmod(number, columns)
        left, top = _MARGIN + column * (width + _GAP), _HEAD + row * (height + _GAP)
        _put(canvas, _frame(slide.correct, width, height), left, top)
        _put_picture(canvas, slide, (left + 12, top + 12, width - 24, height - 24 - _CAPTION))
        under = top + height - _CAPTION - 6
        _put(canvas, _icon(slide.correct, 34), left + 14, under + 6)
        share = draw_words(confidence(slide.confidence), 30, _INK) if caption.confidence else None
        room = width - 14 - 48 - 28 - (share.width if share else 0)
        predicted = fit_words(slide.predicted, 34, room, 1, _INK, True)
        _put(canvas, predicted, left + 14 + 44, under)
        if share:
            _put(canvas, share, left + width - 14 - share.width, under + 4)
        _put_truth(canvas, slide.label, note, (left + 14, under + 46, width - 28))


def _put_truth(canvas: Image.Image, label: str, note: str, line: tuple[int, int, int]) -> None:
    """Put the true label and the note on a line: left, top, width. Each is drawn in a font of its own."""
    left, top, width = line
    name = draw_words("true label", 26, _QUIET)
    told = draw_words(note, 26, _ACCENT) if note else None
    room = width - name.width - 12 - (told.width + 12 if told else 0)
    _put(canvas, name, left, top)
    _put(canvas, fit_words(label, 26, room, 1, _INK), left + name.width + 12, top)
    if told:
        _put(canvas, told, left + width - told.width, top)


def _put_picture(canvas: Image.Image, slide: Slide, box: tuple[int, int, int, int]) -> None:
    """Put a picture into the middle of a box: left, top, width, height."""
    left, top, width, height = box
    try:
        picture = images.decode(images.read(Path(slide.path)), max(width, height))
    except PictureError as error:  # it was evaluated, so something happened to it since
        words = fit_words(f"{Path(slide.path).name} {error}", 28, width, 3, _QUIET)
        _put(canvas, words, left + (width - words.width) // 2, top + (height - words.height) // 2)
        return
    fitted = ImageOps.contain(picture, (width, height), Image.Resampling.LANCZOS)
    canvas.paste(fitted, (left + (width - fitted.width) // 2, top + (height - fitted.height) // 2))


def _put(canvas: Image.Image, part: Image.Image, left: int, top: int) -> None:
    canvas.paste(part, (left, top), part)


def _colour(correct: bool) -> str:
    return _GOOD if correct else _BAD


@lru_cache(maxsize=32)
def _frame(correct: bool, width: int, height: int) -> Image.Image:
    """Draw the border of a verdict, solid around a right one and dashed around a wrong one."""
    dashed = "" if correct else ' stroke-dasharray="14 9"'
    colour = _colour(correct)
    body = (
        f'<rect x="2" y="2" width="{width - 4}" height="{height - 4}" rx="12" fill="{colour}"'
        f' fill-opacity="0.1" stroke="{colour}" stroke-width="4"{dashed}/>'
    )
    return draw_svg(body, width, height)


@lru_cache(maxsize=8)
def _icon(correct: bool, size: int) -> Image.Image:
    """Draw the sign of a verdict, as the slideshow has it: a tick in a circle, a cross in an octagon."""
    shape, sign = (
        ('<circle cx="12" cy="12" r="11"/>', "M6.5 12.5l4 4 7.5-8.5")
        if correct
        else ('<path d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9z"/>', "M8 8l8 8M16 8l-8 8")
    )
    body = (
        f'<g transform="scale({size / 24})" fill="{_colour(correct)}">{shape}<path d="{sign}" fill="none"'
        f' stroke="{_GROUND}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></g>'
    )
    return draw_svg(body, size, size)


@lru_cache(maxsize=4)
def _verdict(correct: bool, width: int, height: int) -> Image.Image:
    drawn = _frame(correct, width, height).copy()
    _put(drawn, _icon(correct, 52), 30, (height - 52) // 2)
    words = draw_words("RIGHT" if correct else "WRONG", 46, _colour(correct), True)
    _put(drawn, words, 104, (height - words.height) // 2)
    return drawn
