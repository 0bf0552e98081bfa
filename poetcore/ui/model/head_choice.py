"""How the last layer is trained, what a picture counts in it, and what its steps did on these pictures."""

from pathlib import Path

import streamlit as st

from poetcore.errors import RunError
from poetcore.system.options import options_of
from poetcore.training.about_steps import about_steps
from poetcore.training.config import RunConfig
from poetcore.ui.freshness import trained_on
from poetcore.ui.model.option_fields import choice_field
from poetcore.ui.state import workspace
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["CLASS_WEIGHT_NAMES", "HEAD_NAMES", "draw_about_steps", "pick_class_weight", "pick_head"]

_OPTIONS = options_of(RunConfig)

#: Ways to train the last layer, by the values of the option `head`.
HEAD_NAMES = {"gradient_descent": "Gradient descent", "ridge": "Ridge regression"}

#: What a picture counts, by the values of the option `class_weight`.
CLASS_WEIGHT_NAMES = {"balanced": "Every label the same", "none": "Every picture the same"}


def pick_head(several: bool) -> str:
    """Draw the choice of how the last layer is trained, and return it.

    Args:
        several: whether a picture may have several labels, for which there is gradient descent only.
    """
    if several:
        return str(_OPTIONS["head"].default)
    chosen = choice_field("head", "Last layer", HEAD_NAMES)
    if chosen == "ridge":
        st.caption(
            "Solved at once, without steps, rate or batches. On photos of flowers it is as accurate as"
            " gradient descent, and its probabilities are calibrated."
        )
    return chosen


def pick_class_weight() -> str:
    """Draw the choice of what a picture counts in training, and return it."""
    chosen = choice_field("class_weight", "What counts in training", CLASS_WEIGHT_NAMES)
    st.caption(
        "It matters where labels have very different numbers of pictures. Every label the same: rare labels"
        " are found more often, at probabilities that are somewhat too high. Every picture the same: they are"
        " found less often, but what is called one more often is one."
    )
    return chosen


def draw_about_steps(folder: Path) -> None:
    """Draw what steps and rate did in the last training in steps on these pictures; nothing without one.

    Args:
        folder: of the dataset.
    """
    for run in workspace().finished_runs():
        if trained_on(run, folder) and run.record().options.get("head") != "ridge":
            if sentence := _about_steps(str(run.folder), run):
                st.caption(f":material/show_chart: {plain(sentence)}")
            return


@st.cache_data(max_entries=64, show_spinner=False)
def _about_steps(name: str, _run: Run) -> str:
    """Return the sentence on a finished run, whose curves do not change."""
    try:
        return about_steps(_run)
    except RunError:
        return ""
