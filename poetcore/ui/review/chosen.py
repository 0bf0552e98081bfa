"""Which pictures of an evaluation the gallery shows by their verdicts, and the field that chooses them."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.progress import review_progress
from poetcore.evaluation.review.review import reviewed, rows_by_verdict
from poetcore.evaluation.review.sample import random_sample
from poetcore.evaluation.review.verdicts import VERDICTS, verdict_words
from poetcore.ui.review.kept import kept_review, review_folder

__all__ = [
    "Shown",
    "choose_pictures",
    "draw_verdict_field",
    "rows_by_review",
    "verdict_notes",
]

#: What can be chosen, each with its words; without one misclassified pictures are shown.
CHOICES = {"unreviewed": "not reviewed", **VERDICTS, "sample": "random sample"}


@dataclass(frozen=True)
class Shown:
    """Pictures that were chosen by their verdict.

    Attributes:
        choice: one of `CHOICES`.
        rows: of the predictions.
        words: what they are, as a heading begins.
        drawn: whether they stand in the order of a draw, which is to be reviewed from its beginning.
    """

    choice: str
    rows: pd.DataFrame
    words: str
    drawn: bool = False


def choose_pictures(key: str, choice: str | None) -> None:
    """Choose which pictures are shown from the next run of the script on; called before the field is drawn.

    Args:
        key: of the matrix of the evaluation; its cell is cleared.
        choice: one of `CHOICES`, None for all misclassified ones.
    """
    st.session_state[f"verdict_{key}"] = choice
    st.session_state["mistakes_as"] = "gallery"
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


def rows_by_review(evaluation: Evaluation, key: str) -> Shown | None:
    """Return the pictures that were chosen by their verdict; None without such a choice.

    Args:
        evaluation: of one label a picture.
        key: of its matrix.
    """
    choice = st.session_state.get(f"verdict_{key}")
    if choice is None:
        return None
    review = kept_review(evaluation)
    rows = evaluation.predictions
    if choice == "sample":
        drawn = random_sample(rows, review_progress(evaluation, review).next_sample, review)
        return Shown(choice, drawn, "Drawn at random, labelled as predicted", drawn=True)
    if choice == "unreviewed":
        return Shown(choice, rows_by_verdict(rows[~rows["correct"]], review, choice), "Not reviewed")
    return Shown(choice, rows_by_verdict(rows, review, choice), CHOICES[choice].capitalize())


def verdict_notes(evaluation: Evaluation, rows: pd.DataFrame) -> dict[str, str]:
    """Return the verdict of each picture by its path, as it stands below it.

    Args:
        evaluation: of one label a picture.
        rows: of its predictions.
    """
    said = rows[["path", "correct"]].join(reviewed(rows, kept_review(evaluation)))
    found = {}
    for row in said[said["verdict"] != ""].to_dict("records"):
        words = verdict_words(row["verdict"], row["right_label"], misclassified=not row["correct"])
        found[row["path"]] = f"review: {words}"
    return found
