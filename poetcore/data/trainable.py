"""Can a classifier be trained on these pictures?"""

from poetcore.data.dataset import Dataset
from poetcore.errors import DatasetError
from poetcore.system.files import printable

__all__ = ["check_trainable"]

#: Labels that a message lists at the most.
_LISTED = 10


def check_trainable(dataset: Dataset) -> None:
    """Check that a classifier can be trained on these pictures: two labels, each with one.

    Raises:
        DatasetError: there is a single label, or one has no picture that can be used.
    """
    where = printable(dataset.folder)
    if len(dataset.labels) < 2:
        raise DatasetError(
            f"Only one label in {where}: {dataset.labels[0] if dataset.labels else 'none'}. A classifier"
            " needs at least two to tell apart."
        )
    none = [label for label, count in dataset.counts().items() if not count]
    if none:
        listed = ", ".join(none[:_LISTED]) + (", ..." if len(none) > _LISTED else "")
        raise DatasetError(
            f"No usable picture of {listed} in {where}: add some, or choose the other labels to train on"
            " (labels)."
        )
