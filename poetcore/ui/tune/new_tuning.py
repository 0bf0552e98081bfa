"""A new tuning: its plan, how many trials that is and how long they take, and the button that starts it."""

import streamlit as st

from poetcore.data.dataset import Dataset
from poetcore.data.trainable import why_not_trainable
from poetcore.errors import PoetError
from poetcore.system.figures import duration
from poetcore.training.tuning.options import TuneOptions
from poetcore.ui.choice import Choice
from poetcore.ui.data.bring import bring_dialog
from poetcore.ui.freshness import files_now, trained_on
from poetcore.ui.state import explain, jobs, tunings, workspace
from poetcore.ui.text import counted, plain
from poetcore.ui.tune.expected import expected_seconds
from poetcore.ui.tune.plan import pick_plan
from poetcore.ui.tune.studies import show_study
from poetcore.workspace.demo_sets import dataset_title, training_part
from poetcore.workspace.not_offered import NOT_OFFERED

__all__ = ["draw_new_tuning"]


def draw_new_tuning(choice: Choice) -> None:
    """Draw the plan with its defaults: nothing has to be filled in."""
    if choice.dataset is None:
        st.info("Bring pictures to tune on first: one folder of them for each label.")
        if st.button(
            "Bring pictures", type="primary", icon=":material/add_photo_alternate:", key="bring_to_tune"
        ):
            bring_dialog()
        return
    if choice.run and choice.run.record().multi_label and trained_on(choice.run, choice.dataset):
        st.info(NOT_OFFERED["tune"])
        return
    st.markdown(
        f"Tries many settings on **{plain(dataset_title(choice.dataset))}**, each by cross validation on"
        " features that are extracted once, and tells which differences are real."
    )
    try:
        plan = pick_plan(choice.dataset)
    except PoetError as error:
        st.warning(plain(error), icon=":material/block:")
        return
    dataset = files_now(choice.dataset)
    if dataset:
        _draw_expected(plan, dataset)
    _draw_start(plan, _why_not(dataset))


def _draw_expected(plan: TuneOptions, dataset: Dataset) -> None:
    """Show how many trials there are, and how long they take."""
    trials, extraction = expected_seconds(plan, dataset)
    st.markdown(f"**{counted(plan.trials, 'trial')}, about {duration(max(1, trials), whole=True)}**")
    if extraction >= 1:
        most = duration(extraction, whole=True)
        st.caption(f"Before them features that are not cached yet are extracted, up to {most}.")


def _why_not(dataset: Dataset | None) -> str:
    """Return why a tuning cannot be started now; "" where it can. Not escaped."""
    if run := jobs().running():
        return f"{run.title} is being trained: tune once that has ended."
    if tunings().running():
        return "Another tuning goes on: see Result."
    try:
        return why_not_trainable(training_part(dataset, workspace())) if dataset else ""
    except PoetError as error:
        return str(error)


def _draw_start(plan: TuneOptions, refused: str) -> None:
    """Draw the button that starts the tuning; it is off, with the reason below, where it must fail."""
    clicked = st.button(
        "Start tuning",
        type="primary",
        icon=":material/play_arrow:",
        key="start_tuning",
        disabled=bool(refused),
    )
    if refused:
        st.warning(plain(refused), icon=":material/block:")
    if not clicked:
        return
    try:
        study = tunings().start(plan)
    except PoetError as error:
        explain(error)
        return
    show_study(study)
    st.session_state["tune_view_next"] = "Result"
    st.rerun()
