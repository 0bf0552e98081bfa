"""A random sample of the pictures labelled as predicted: label and model may be wrong alike there."""

from hashlib import sha256

import numpy as np
import pandas as pd

from poetcore.evaluation.metrics import leak_counts_of
from poetcore.evaluation.review.review import Review, reviewed

__all__ = ["SAMPLE_SIZES", "random_sample", "sample_reviewed"]

#: What a sample may have: where no label among them is wrong, the share of wrong ones is below 11, 6, 4 %.
SAMPLE_SIZES = (30, 60, 100)


def random_sample(
    predictions: pd.DataFrame, size: int | None = None, review: Review | None = None
) -> pd.DataFrame:
    """Draw pictures that are labelled as predicted and were not seen in training.

    The order hangs on the contents alone: a larger sample takes all of a smaller one, everyone who reviews
    draws the same, and nobody can draw again until it fits.

    Args:
        predictions: as in `Evaluation.predictions`.
        size: how many; None for all, in the order of the draw.
        review: of the evaluation. Pictures that were mistakes until their label was repaired by it are not
            drawn: of what nobody looked at they tell nothing.

    Returns:
        Their rows.
    """
    if "sha" not in predictions:  # of an earlier version: contents are not known
        return predictions.iloc[:0]
    _, unseen = leak_counts_of(predictions)
    right = predictions[unseen & predictions["correct"].to_numpy(bool)]
    if review is not None:
        said = reviewed(right, review)
        right = right[~((said["verdict"] == "label_wrong") & (said["truth"] == right["label"]))]
    right = right.drop_duplicates("sha")
    drawn = [sha256(f"review {sha}".encode()).hexdigest() for sha in right["sha"]]
    drawn_first: pd.DataFrame = right.iloc[np.argsort(drawn, kind="stable")]
    return drawn_first.head(len(right) if size is None else size)


def sample_reviewed(drawn: pd.DataFrame, said: pd.Series) -> int:
    """Count the pictures at the beginning of the random sample that all have a verdict.

    Args:
        drawn: all of it, in the order of the draw.
        said: of each picture, whether it has one.
    """
    missing = np.flatnonzero(~said.to_numpy(bool))
    return int(missing[0]) if len(missing) else len(drawn)
