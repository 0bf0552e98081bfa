"""How far a review is: which misclassified pictures, and which of the random sample, have a verdict."""

from dataclasses import dataclass

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.review import Review, reviewed, rows_by_verdict
from poetcore.evaluation.review.sample import random_sample
from poetcore.system.figures import count

__all__ = ["ReviewProgress", "review_progress"]


@dataclass(frozen=True)
class ReviewProgress:
    """How far a review is; those seen in training are among the mistakes.

    Attributes:
        reviewed: misclassified pictures with a verdict.
        mistakes: misclassified pictures.
        sampled: how many of the beginning of the random sample have a verdict.
        others: pictures labelled as predicted that have a verdict.
    """

    reviewed: int
    mistakes: int
    sampled: int
    others: int

    @property
    def words(self) -> str:
        """In a few words: `14 of 36 reviewed`."""
        return f"{count(self.reviewed)} of {count(self.mistakes)} reviewed"


def review_progress(evaluation: Evaluation, review: Review, sample: int) -> ReviewProgress:
    """Return how far the review of an evaluation is.

    Args:
        evaluation: of one label a picture.
        review: of it.
        sample: how many pictures the random sample has.
    """
    predictions = evaluation.predictions
    wrong = predictions[~predictions["correct"].astype(bool)]
    right = predictions[predictions["correct"].astype(bool)]
    drawn = random_sample(predictions, sample)
    return ReviewProgress(
        reviewed=len(rows_by_verdict(wrong, review, "reviewed")),
        mistakes=len(wrong),
        sampled=int((reviewed(drawn, review)["verdict"] != "").sum()),
        others=len(rows_by_verdict(right, review, "reviewed")),
    )
