"""Can a classifier be trained on these pictures?"""

from poetcore.data.dataset import Dataset
from poetcore.data.listing import listing_hint
from poetcore.errors import DatasetError, PoetError
from poetcore.system.files import printable
from poetcore.system.wording import few

__all__ = ["check_trainable", "why_not_trainable"]

#: Labels that a message lists at the most.
_LISTED = 10


def check_trainable(dataset: Dataset, *, chosen: bool = False) -> None:
    """Check that a classifier can be trained on these pictures: two labels, each with one.

    Args:
        dataset: the pictures.
        chosen: whether the folder has other labels too, which were not chosen.

    Raises:
        DatasetError: there is a single label, or one has no picture that can be used.
    """
    where = printable(dataset.folder)
    if len(dataset.labels) < 2:
        only = "Only one label is chosen" if chosen else "Only one label"
        there = (
            f"{only} in {where}: {dataset.labels[0]}" if dataset.labels else f"There is no label in {where}"
        )
        raise DatasetError(
            f"{there}. A classifier needs at least two to tell apart."
            f"{'' if chosen else listing_hint(dataset.folder)}"
        )
    none = [label for label, count in dataset.counts().items() if not count]
    if none:
        raise DatasetError(
            f"No usable picture of {few(none, _LISTED)} in {where}: add some, or choose the other labels to"
            " train on (labels)."
        )


def why_not_trainable(dataset: Dataset, labels: str = "", at_most: int = -1) -> str:
    """Return why a classifier cannot be trained on these pictures; "" where it can.

    Args:
        dataset: the pictures.
        labels: those that are chosen, as in `Dataset.subset`.
        at_most: pictures of each, likewise.
    """
    try:
        part = dataset.subset(labels, at_most)
        check_trainable(part, chosen=len(part.labels) < len(dataset.labels))
    except PoetError as error:
        return str(error)
    return ""
