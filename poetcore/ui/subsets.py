"""Which part of a dataset a run was, or will be, trained on, in words."""

from collections.abc import Sequence

from poetcore.data.subset import split_labels
from poetcore.errors import PoetError
from poetcore.ui.text import few
from poetcore.workspace.run import Run

__all__ = ["part_words", "subset_words"]


def subset_words(run: Run) -> str:
    """Return on which labels and how many pictures of each a run was trained; "" for all. Not escaped."""
    options = run.record().options
    try:
        labels = split_labels(options.get("labels") or "")
    except PoetError:
        labels = run.labels()
    part = part_words(labels, options.get("max_pictures_per_label", -1) or -1)
    return f"Trained on {part}." if part else ""


def part_words(labels: Sequence[str], most: int) -> str:
    """Return which labels, none for all, and how many pictures of each, -1 for all. Not escaped.

    >>> part_words(["ant", "bee"], 20)
    'the labels ant, bee only and on 20 pictures of each label at the most'
    """
    which = f"the {'label' if len(labels) == 1 else 'labels'} {few(labels)} only" if labels else ""
    how_many = f"{most:,} pictures of each label at the most" if most > 0 else ""
    return " and on ".join(filter(None, (which, how_many)))
