"""Which part of a dataset a run was trained on, in words."""

from poetcore.data.subset import split_labels
from poetcore.errors import PoetError
from poetcore.ui.text import few
from poetcore.workspace.run import Run

__all__ = ["subset_words"]


def subset_words(run: Run) -> str:
    """Return on which labels and how many pictures of each a run was trained; "" for all. Not escaped."""
    options = run.record().options
    try:
        labels = split_labels(options.get("labels") or "")
    except PoetError:
        labels = run.labels()
    most = options.get("max_pictures_per_label", -1)
    which = f"the {'label' if len(labels) == 1 else 'labels'} {few(labels)} only" if labels else ""
    how_many = f"{most:,} pictures of each label at the most" if most and most > 0 else ""
    parts = " and on ".join(filter(None, (which, how_many)))
    return f"Trained on {parts}." if parts else ""
