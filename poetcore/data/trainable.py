"""Can a classifier be trained on these pictures, and what will not be known of it?"""

from poetcore.data.dataset import FEW_PICTURES, Dataset
from poetcore.errors import DatasetError

__all__ = ["check_trainable"]


def check_trainable(dataset: Dataset, validation_percentage: float, testing_percentage: float) -> None:
    """Check that a classifier can be trained and evaluated with these pictures.

    Args:
        dataset: the pictures.
        validation_percentage: 0 to 100.
        testing_percentage: 0 to 100.

    Raises:
        DatasetError: there is a single label, or one has too few different pictures for one to stand in each
            part of the split.
    """
    if len(dataset.labels) < 2:
        only = dataset.labels[0] if dataset.labels else "none"
        raise DatasetError(
            f"Only one label in {dataset.folder}: {only}. A classifier needs at least two label folders to"
            " tell apart."
        )
    needed = 1 + (validation_percentage > 0) + (testing_percentage > 0)
    different = dataset.pictures.groupby("label")["sha"].nunique()
    short = {label: int(different.get(label, 0)) for label in dataset.labels}
    short = {label: n for label, n in short.items() if n < needed}
    if short:
        listed = ", ".join(f"{label} ({n})" for label, n in short.items())
        raise DatasetError(
            f"Too few different usable pictures to split in {dataset.folder}: {listed}. Each label needs at"
            f" least {needed}, and {FEW_PICTURES} or more to be evaluated fairly."
        )
