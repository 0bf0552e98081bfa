"""A CSV file `path,label[,split]` in place of folders: what Kaggle and labelling tools give."""

from pathlib import Path

__all__ = ["is_listing"]

_ENDINGS = {".csv", ".tsv"}


def is_listing(path: Path) -> bool:
    """Return whether a path is a CSV file, or names a split of one, such as `labels.csv/test`."""
    return any(one.suffix.lower() in _ENDINGS and one.is_file() for one in (path, path.parent))
