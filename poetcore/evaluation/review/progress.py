"""How far a review is: which misclassified pictures, and which of the random sample, have a verdict."""

from dataclasses import dataclass

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.review import Review, reviewed, rows_by_verdict
from poetcore.evaluation.review.sample import SAMPLE_SIZES, random_sample, sample_reviewed
from poetcore.system.figures import count

__all__ = ["ReviewProgress", "review_progress"]


@dataclass(frozen=True)
class ReviewProgress:
    """How far a review is; those seen in training are among the mistakes.

    Attributes:
        reviewed: misclassified pictures with a verdict.
        mistakes: misclassified pictures.
        sampled: how many pictures at the beginning of the random sample all have a verdict.
        right: pictures that the sample can be of: labelled as predicted, not seen in training.
    """

    reviewed: int
    mistakes: int
    sampled: int
    right: int

    @property
    def words(self) -> str:
        """In a few words: `14 of 36 reviewed`, and how many more at random."""
        words = f"{count(self.reviewed)} of {count(self.mistakes)} reviewed"
        return f"{words}, and {count(self.sampled)} at random" if self.sampled else words

    @property
    def next_sample(self) -> int:
        """How many pictures the sample has once more of them are reviewed; as many as `right` at the most."""
        return next((size for size in SAMPLE_SIZES if self.sampled < size <= self.right), self.right)


def review_progress(evaluation: Evaluation, review: Review) -> ReviewProgress:
    """Return how far the review of an evaluation is.

    Args:
        evaluation: of one label a picture.
        review: of it.
    """
    predictions = evaluation.predictions
    wrong = predictions[~predictions["correct"].astype(bool)]
    drawn = random_sample(predictions, review=review)
    return ReviewProgress(
        reviewed=len(rows_by_verdict(wrong, review, "reviewed")),
        mistakes=len(wrong),
        sampled=sample_reviewed(drawn, reviewed(drawn, review)["verdict"] != ""),
        right=len(drawn),
    )
