"""A confusion matrix as an HTML table: to look at, to hear from a screen reader, to go through by keyboard.

Pages and report show the same table. A chart would hide its numbers from who cannot see it, and take a mouse
to choose a cell.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np

from poetcore.charts.style import FEW_LABELS
from poetcore.evaluation.confusions import by_name
from poetcore.system.figures import confidence, count
from poetcore.system.wording import counted, in_sentence

__all__ = ["difference_table", "matrix_css", "matrix_table"]

#: Labels with more letters than this altogether do not fit side by side above a matrix.
_LEVEL_LETTERS = 42

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class _Cell:
    """One cell: its text, what a pointer on it shows, whether it is right, its share of the row (0 to 1)."""

    text: str
    title: str
    kind: str
    share: float


def matrix_table(
    matrix: Sequence[Sequence[int]],
    labels: Sequence[str],
    places: Sequence[int] | None = None,
    percentages: bool = False,
) -> str:
    """Return a confusion matrix as an HTML `table` with the totals of its rows and columns.

    Its style is `matrix_css`. Names are escaped. Of more than `FEW_LABELS` labels the cells are small, and
    those without pictures empty; the table is larger than its place, which scrolls.

    Args:
        matrix: counts; `C[i][j]` pictures known to be label i that were predicted to be label j.
        labels: of its rows and columns.
        places: which of them are shown, in this order; all by name where that is not given. Totals and
            percentages are of all labels, shown or not.
        percentages: show row percentages instead of counts; they are the shade either way.
    """
    shown = by_name(labels) if places is None else places
    supports = [sum(row) for row in matrix]
    columns = [sum(column) for column in zip(*matrix, strict=True)]
    few = len(shown) <= FEW_LABELS

    def cell(row: int, column: int) -> _Cell:
        return _cell(labels[row], labels[column], matrix[row][column], supports[row], percentages, few)

    unit = "row percentages" if percentages else "counts"
    return _rendered(
        f"Confusion matrix in {unit}", labels, shown, cell, supports, [count(one) for one in columns]
    )


def difference_table(
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
    labels: Sequence[str],
    places: Sequence[int] | None = None,
) -> str:
    """Return the second of two confusion matrices of the same pictures less the first, as such a table.

    What is better is blue (more on the diagonal, fewer beside it), what is worse orange.

    Args:
        before: counts, as in `matrix_table`.
        after: likewise; each row has the same sum.
        labels: of rows and columns.
        places: which of them are shown, in this order; all by name where that is not given.
    """
    shown = by_name(labels) if places is None else places
    few = len(shown) <= FEW_LABELS
    changes = np.asarray(after, int) - np.asarray(before, int)
    supports = np.asarray(before, int).sum(axis=1)

    def cell(row: int, column: int) -> _Cell:
        return _change(labels[row], labels[column], int(changes[row, column]), int(supports[row]), few)

    columns = [_signed(one) for one in changes.sum(axis=0).tolist()]
    caption = "Difference of the confusion matrices, B less A"
    return _rendered(caption, labels, shown, cell, supports.tolist(), columns)


def _rendered(
    caption: str,
    labels: Sequence[str],
    shown: Sequence[int],
    cell: Callable[[int, int], _Cell],
    totals: Sequence[int],
    columns: Sequence[str],
) -> str:
    """Return a table of labels by labels: the cells of the labels that are shown, the totals of all."""
    few = len(shown) <= FEW_LABELS
    rows = [
        {"label": labels[row], "cells": [cell(row, column) for column in shown], "total": count(totals[row])}
        for row in shown
    ]
    return _template().render(
        caption=caption,
        names=[labels[place] for place in shown],
        rows=rows,
        columns=[columns[place] for place in shown],
        total=count(sum(totals)),
        large=not few,
        upright=not few or sum(len(labels[place]) for place in shown) > _LEVEL_LETTERS,
        partly=len(shown) < len(labels),
    )


def matrix_css() -> str:
    """Return the style sheet of the table (class `matrix`).

    It reads the colours `--ink` and `--ground` of what it stands on. No cell is so dark, or in a dark theme
    so bright, that the contrast of its number falls below 4.5 (WCAG 2.2, 1.4.3).
    """
    return (_FOLDER / "matrix.css").read_text(encoding="utf-8")


def _cell(true: str, predicted: str, pictures: int, support: int, percentages: bool, few: bool) -> _Cell:
    share = pictures / max(support, 1)
    kind = "none" if not pictures else "right" if true == predicted else "wrong"
    if not pictures and not few:
        return _Cell("", "", kind, 0)
    # Of the pictures of a label one that is wrong must not be rounded away.
    shown = confidence(share) if percentages and pictures else count(pictures)
    name, other = in_sentence(true), in_sentence(predicted)
    title = f"{name}, predicted {other}: {counted(pictures, 'picture')} ({confidence(share)} of {name})"
    return _Cell(shown, title, kind, round(share, 3))


def _change(true: str, predicted: str, pictures: int, support: int, few: bool) -> _Cell:
    """Return the cell of a difference: how many more pictures, or fewer, came into it."""
    if not pictures:
        return _Cell("0" if few else "", "", "none", 0)
    kind = "right" if (pictures > 0) == (true == predicted) else "wrong"
    more = "more" if pictures > 0 else "fewer"
    title = f"{in_sentence(true)}, predicted {in_sentence(predicted)}: {abs(pictures):,} {more}"
    # A change of a third of a label is a great one.
    return _Cell(_signed(pictures), title, kind, round(min(1.0, 3 * abs(pictures) / max(support, 1)), 3))


def _signed(number: int) -> str:
    """Return a change with its sign.

    >>> _signed(3), _signed(-2), _signed(0)
    ('+3', '-2', '0')
    """
    return f"{number:+,}" if number else "0"


@functools.cache
def _template() -> jinja2.Template:
    source = (_FOLDER / "matrix.html").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)
