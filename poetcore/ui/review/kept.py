"""The review that is kept with an evaluation of the page, and what is downloaded with it."""

from dataclasses import asdict

from poetcore.errors import RunError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.carried import review_figures, with_verdicts
from poetcore.evaluation.review.review import Review
from poetcore.ui.gallery.about import about_evaluation
from poetcore.ui.state import workspace
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.records import to_csv, to_json

__all__ = ["kept_review", "metrics_file", "predictions_file", "review_folder"]


def review_folder(evaluation: Evaluation) -> EvaluationFolder | None:
    """Return where the review of an evaluation is kept; None where it cannot be reviewed."""
    about = about_evaluation(evaluation.metrics)
    if not about.evaluation or evaluation.metrics.multi_label or "sha" not in evaluation.predictions:
        return None
    return workspace().run(about.run).evaluation(about.evaluation)


def kept_review(evaluation: Evaluation) -> Review:
    """Return the review of an evaluation, an empty one where there is none or it cannot be read."""
    folder = review_folder(evaluation)
    try:
        return Review.of(folder) if folder else Review()
    except RunError:
        return Review()  # the section of the review says so


def predictions_file(evaluation: Evaluation) -> str:
    """Return the table of predictions as CSV, with the verdicts."""
    return to_csv(with_verdicts(evaluation.predictions, kept_review(evaluation)))


def metrics_file(evaluation: Evaluation) -> str:
    """Return the figures as JSON, those of the review as `review`."""
    found = review_figures(evaluation, kept_review(evaluation))
    return to_json(asdict(evaluation.metrics) | ({"review": found} if found else {}))
