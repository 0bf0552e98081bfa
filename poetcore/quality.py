"""Health of a dataset: what is wrong with which picture, in words.

unreadable   cannot be decoded, or is not a picture
two_labels   the same content stands under two labels, so at least one label is wrong
duplicate    the same content occurs more than once under one label
"""

from dataclasses import dataclass
from pathlib import Path

from poetcore.dataset import Dataset

__all__ = ["Issue", "find_issues"]


@dataclass(frozen=True)
class Issue:
    """One thing wrong with one file.

    Attributes:
        path: the file.
        issue: the name of the check, as in this module's list.
        detail: a sentence that says more.
    """

    path: str
    issue: str
    detail: str


def find_issues(dataset: Dataset) -> list[Issue]:
    """Check every picture of a verified dataset; the gravest issues come first."""
    unreadable = [
        Issue(path, "unreadable", f"The file {reason}.")
        for path, reason in zip(dataset.refused["path"], dataset.refused["reason"], strict=True)
    ]
    repeated = dataset.pictures[dataset.pictures.duplicated("sha", keep=False)]
    two_labels: list[Issue] = []
    duplicates: list[Issue] = []
    for _, copies in repeated.groupby("sha", sort=False):
        labels = sorted(copies["label"].unique())
        first = copies["path"].iloc[0]
        if len(labels) > 1:
            detail = f"The same picture stands under {' and '.join(labels)}."
            two_labels += [Issue(path, "two_labels", detail) for path in copies["path"]]
        else:
            detail = f"The same picture as {Path(first).name} in {labels[0]}."
            duplicates += [Issue(path, "duplicate", detail) for path in copies["path"].iloc[1:]]
    return unreadable + two_labels + duplicates
