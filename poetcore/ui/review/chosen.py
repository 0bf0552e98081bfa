"""Which pictures of an evaluation the gallery shows by their verdicts, and the field that chooses them."""

import pandas as pd
import streamlit as st

from poetcore.errors import RunError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.progress import review_progress
from poetcore.evaluation.review.review import Review, rows_by_verdict
from poetcore.evaluation.review.sample import random_sample
from poetcore.evaluation.review.verdicts import VERDICTS
from poetcore.system.figures import count
from poetcore.ui.gallery.about import about_evaluation
from poetcore.ui.state import workspace
from poetcore.workspace.evaluation_folder import EvaluationFolder

__all__ = ["CHOICES", "choose_pictures", "draw_verdict_field", "review_folder", "rows_by_review"]

#: What can be chosen, each with its words; without one misclassified pictures are shown.
CHOICES = {"unreviewed": "not reviewed", **VERDICTS, "sample": "random sample of the others"}


def review_folder(evaluation: Evaluation) -> EvaluationFolder | None:
    """Return where the review of an evaluation is kept; None where it cannot be reviewed."""
    about = about_evaluation(evaluation.metrics)
    if not about.evaluation or evaluation.metrics.multi_label or "sha" not in evaluation.predictions:
        return None
    return workspace().run(about.run).evaluation(about.evaluation)


def choose_pictures(key: str, choice: str | None) -> None:
    """Choose which pictures are shown from the next run of the script on; called before the field is drawn.

    Args:
        key: of the matrix of the evaluation; its cell is cleared.
        choice: one of `CHOICES`, None for all misclassified ones.
    """
    st.session_state[f"verdict_{key}"] = choice
    st.session_state[f"true_{key}"] = st.session_state[f"said_{key}"] = None


def draw_verdict_field(evaluation: Evaluation, key: str) -> None:
    """Draw the choice of pictures by their verdict; nothing where there is no review."""
    if review_folder(evaluation) is not None:
        st.selectbox(
            "Verdict",
            list(CHOICES),
            index=None,
            key=f"verdict_{key}",
            format_func=CHOICES.__getitem__,
            placeholder="any",
            width=220,
        )


def rows_by_review(evaluation: Evaluation, key: str) -> tuple[pd.DataFrame, str] | None:
    """Return the pictures that were chosen by their verdict, and what they are; None without such a choice.

    Args:
        evaluation: of one label a picture.
        key: of its matrix.
    """
    choice = st.session_state.get(f"verdict_{key}")
    folder = review_folder(evaluation) if choice else None
    if folder is None or choice is None:
        return None
    rows = evaluation.predictions
    try:
        review = Review.of(folder)
    except RunError:
        return None  # the section of the review says so
    if choice == "sample":
        size = review_progress(evaluation, review).next_sample
        return random_sample(rows, size), f"Random sample of the {count(len(random_sample(rows)))} others"
    if choice == "unreviewed":
        return rows_by_verdict(rows[~rows["correct"].astype(bool)], review, choice), "Not reviewed"
    return rows_by_verdict(rows, review, choice), CHOICES[choice].capitalize()
