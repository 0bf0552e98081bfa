"""The one button that trains and evaluates, with the defaults, for the home page and the training page."""

import streamlit as st

from poetcore.errors import PoetError
from poetcore.training.config import RunConfig
from poetcore.ui.choice import Choice
from poetcore.ui.freshness import files_now
from poetcore.ui.state import explain, jobs
from poetcore.ui.text import plain, short

__all__ = ["draw_start"]


def draw_start(choice: Choice, config: RunConfig | None = None) -> None:
    """Draw the button "Train and evaluate"; it is off, with the reason beside it, where it cannot be done.

    A click starts the training and reruns the page.

    Args:
        choice: the dataset to train on, and the demo folder to evaluate on.
        config: what to start; by default a training with the defaults on what is chosen.
    """
    why_not = _why_not(choice)
    clicked = st.button(
        "Train and evaluate",
        type="primary",
        icon=":material/play_arrow:",
        key="train_and_evaluate",
        disabled=bool(why_not),
    )
    if why_not:
        st.caption(f":material/info: {why_not}")
    if not clicked or choice.dataset is None:
        return
    try:
        run = jobs().start_training(config or RunConfig(choice.dataset, demo_dir=choice.demo))
    except PoetError as error:
        explain(error)
    else:
        st.session_state["followed_run"] = run.name
        st.rerun()


def _why_not(choice: Choice) -> str:
    """Return why nothing can be trained now, as Markdown; "" where it can."""
    if running := jobs().running():
        return f"{plain(running.name)} is being trained: one training at a time."
    if choice.dataset is None:
        return "Bring pictures first: one folder for each label."
    name, dataset = plain(short(choice.dataset)), files_now(choice.dataset)
    if dataset is None or dataset.pictures.empty:
        return f"{name} has no label folder with a usable picture: put the pictures into one folder a label."
    if dataset.pictures["label"].nunique() < 2:
        return f"{name} has one label only: a classifier needs at least two to tell apart."
    return ""
