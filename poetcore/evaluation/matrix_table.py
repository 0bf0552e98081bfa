"""A confusion matrix as an HTML table: to look at, to hear from a screen reader, to go through by keyboard.

Pages and report show the same table. A chart would hide its numbers from who cannot see it, and take a mouse
to choose a cell.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from poetcore.charts.style import FEW_LABELS
from poetcore.evaluation.confusions import by_name
from poetcore.system.figures import confidence, count
from poetcore.system.wording import counted, in_sentence

__all__ = ["matrix_css", "matrix_table"]

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
    rows = [
        {
            "label": labels[row],
            "cells": [
                _cell(labels[row], labels[column], matrix[row][column], supports[row], percentages, few)
                for column in shown
            ],
            "total": count(supports[row]),
        }
        for row in shown
    ]
    return _template().render(
        names=[labels[place] for place in shown],
        rows=rows,
        columns=[count(columns[place]) for place in shown],
        total=count(sum(supports)),
        unit="row percentages" if percentages else "counts",
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


@functools.cache
def _template() -> jinja2.Template:
    source = (_FOLDER / "matrix.html").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)
