"""What a review adds to the files and answers of an evaluation: columns of its table, figures in JSON."""

from pathlib import Path
from typing import Any

import pandas as pd

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.results import evaluation_of
from poetcore.evaluation.review.corrected import corrected
from poetcore.evaluation.review.review import Review, reviewed
from poetcore.evaluation.review.sentences import about_review, corrected_words
from poetcore.workspace.run import Run

__all__ = ["review_figures", "review_of", "with_verdicts"]


def with_verdicts(predictions: pd.DataFrame, review: Review) -> pd.DataFrame:
    """Return a table of predictions with verdict, right_label and comment at its end.

    Args:
        predictions: as in `Evaluation.predictions`; as they are where nothing was said.
        review: of them.
    """
    said = reviewed(predictions, review)
    if not (said["verdict"].any() or said["comment"].any()):
        return predictions
    return predictions.join(said[["verdict", "right_label", "comment"]])


def review_figures(evaluation: Evaluation, review: Review) -> dict[str, Any] | None:
    """Return the corrected accuracy and what it is of, with `sentences`; None where nothing was said of it.

    Args:
        evaluation: where a picture may have several labels there is no review.
        review: of it.
    """
    if evaluation.metrics.multi_label or review.verdicts.empty:
        return None
    found = corrected(evaluation, review)
    if not (sentences := about_review(found)):  # verdicts on pictures that are not here any more
        return None
    return found.as_json() | {"words": corrected_words(found), "sentences": sentences}


def review_of(evaluation: Evaluation, run: Run) -> dict[str, Any] | None:
    """Return the figures of the review that is kept with a run; None where there is none.

    Args:
        evaluation: as it was made now.
        run: the run that keeps it.

    Raises:
        RunError: the review cannot be read.
    """
    folder = evaluation_of(run, Path(evaluation.metrics.folder))
    return review_figures(evaluation, Review.of(folder)) if folder else None
