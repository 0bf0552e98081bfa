"""The one button that trains and evaluates, for the home page and the training page."""

import streamlit as st

from poetcore.data.multi_label import label_sets_now
from poetcore.data.trainable import why_not_trainable
from poetcore.errors import PoetError
from poetcore.training.config import RunConfig
from poetcore.ui.choice import Choice
from poetcore.ui.freshness import files_now
from poetcore.ui.model.evaluated_on import with_evaluation
from poetcore.ui.scans import scanned
from poetcore.ui.state import explain, jobs, workspace
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import training_part

__all__ = ["draw_start"]


def draw_start(choice: Choice, config: RunConfig | None = None, refused: str = "") -> None:
    """Draw the button "Train and evaluate"; it is off, with the reason below it, where that must fail.

    A click starts the training and reruns the page.

    Args:
        choice: the dataset to train on, and the demo folder to evaluate on.
        config: what to start; by default a training with the defaults on what is chosen.
        refused: why these settings cannot be; not escaped.
    """
    if choice.dataset and config is None:
        config = with_evaluation(choice, choice.dataset)
    reason = refused or _why_not(config)
    clicked = st.button(
        "Train and evaluate",
        type="primary",
        icon=":material/play_arrow:",
        key="train_and_evaluate",
        disabled=bool(reason),
    )
    if reason:
        st.warning(plain(reason), icon=":material/block:")
    if not clicked or config is None:
        return
    try:
        jobs().start_training(config)
    except PoetError as error:
        explain(error)
    else:
        st.rerun()


def _why_not(config: RunConfig | None) -> str:
    """Return why a training cannot be started now; "" where it can. Not escaped."""
    if running := jobs().running():
        return f"{running.title} is being trained: one training at a time."
    if config is None:
        return "Bring pictures first: one folder for each label."
    try:
        dataset = files_now(config.image_dir) or scanned(config.image_dir)
        left = training_part(dataset, workspace())
        if config.multi_label:
            several = label_sets_now(left)
            if several is None:
                return ""  # the training tells it
            left = several
    except PoetError as error:
        return str(error)
    return why_not_trainable(left, config.labels, config.max_pictures_per_label)
