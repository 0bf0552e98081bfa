"""Checks of the label folders themselves: their names, whether they hold anything, what lies beside them.

What they find is a folder or a file that is no picture of the dataset, so nothing of it is measured.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from poetcore.analysis.checks import Check, Found, Pictures
from poetcore.data.labels import difference, similar_labels

__all__ = ["LABEL_CHECKS"]


class _Place(NamedTuple):
    """A folder or file that a check flags, as checks flag pictures."""

    path: str
    label: str = ""
    sha: str = ""


def _similar_labels(pictures: Pictures) -> Iterator[Found]:
    folder, counts = pictures.dataset.folder, pictures.dataset.counts()
    for group in similar_labels(counts):
        most = max(group, key=lambda label: (counts[label], label == label.strip()))
        for label in group:
            if label == most:
                continue
            # In a chain, such as rose, roses, Roses, the ends may differ by more than is told.
            words = difference(label, most) or "like another of these labels"
            detail = f"{label!r} ({counts[label]}) is nearly {most!r} ({counts[most]}): {words}."
            yield Found(_Place(str(folder / label), label), detail, related=(str(folder / most),))


def _empty_label(pictures: Pictures) -> Iterator[Found]:
    for label in pictures.dataset.empty:
        yield Found(_Place(str(pictures.dataset.folder / label), label), "It holds no pictures.")


def _loose_picture(pictures: Pictures) -> Iterator[Found]:
    for name in pictures.dataset.loose:
        place = _Place(str(pictures.dataset.folder / name))
        yield Found(place, "It lies beside the label folders, so it has no label and is not used.")


def _hidden_folder(pictures: Pictures) -> Iterator[Found]:
    for name in pictures.dataset.hidden:
        place = _Place(str(pictures.dataset.folder / name))
        yield Found(place, f"Its pictures are passed over: a dot begins the name {Path(name).name}.")


LABEL_CHECKS = (
    Check(
        "similar_labels",
        "warning",
        "Similar labels",
        "Two labels are the same, or nearly, to the eye, like rose and Rose, or tulip and tulips: mostly one"
        " category under two names, which a model then cannot tell apart.",
        "Merge them if they mean the same; that can be undone.",
        _similar_labels,
        of_pictures=False,
    ),
    Check(
        "empty_label",
        "warning",
        "Empty label folders",
        "A label folder holds no file, like one that waits for pictures to come: no model gets to know that"
        " label.",
        "Put pictures into it, or remove it.",
        _empty_label,
        of_pictures=False,
    ),
    Check(
        "loose_picture",
        "warning",
        "Loose pictures",
        "A picture lies beside the label folders instead of in one, so nobody knows its label.",
        "Move it into the folder of its label.",
        _loose_picture,
        of_pictures=False,
    ),
    Check(
        "hidden_folder",
        "note",
        "Hidden folders",
        "A folder with pictures is hidden, as its name begins with a dot, like .rose; it is no label.",
        "Rename it if its pictures are meant.",
        _hidden_folder,
        of_pictures=False,
    ),
)
