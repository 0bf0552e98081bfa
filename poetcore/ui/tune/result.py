"""A tuning: its trials while it goes on, then what was chosen; stopped or died, how to go on."""

import shutil
import time

import streamlit as st

from poetcore.errors import PoetError
from poetcore.system.figures import count, duration
from poetcore.system.progress import Progress
from poetcore.training.tuning.study import Study
from poetcore.ui.state import explain, tunings
from poetcore.ui.text import counted, plain
from poetcore.ui.tune.chosen_trials import draw_choice, draw_train_this, trial_words
from poetcore.ui.tune.trials import draw_trials
from poetcore.workspace.demo_sets import dataset_title
from poetcore.workspace.run_record import DAMAGED, DIED, Status

__all__ = ["draw_study"]


def draw_study(study: Study) -> None:
    """Show a tuning, whatever it is doing or has come to."""
    status = study.current_status()
    if not status.final:
        _draw_running(study)
        return
    try:
        if status.phase == "done":
            _draw_done(study)
        else:
            _draw_unfinished(study, status)
    except PoetError as error:
        explain(error)
    with st.container(horizontal=True, vertical_alignment="center"):
        _draw_delete(study)
        st.caption(f"Its files are in {plain(study.folder)}.", width="content")


def _draw_running(study: Study) -> None:
    """Show the trials as they come until the last, then draw the page anew once."""
    st.header(f"Tuning on {plain(dataset_title(study.options().image_dir))}")

    @st.fragment(run_every="1s")
    def follow() -> None:
        status = study.current_status()
        if status.final:
            st.rerun()
        progress = Progress(status.phase, status.done, status.total, status.message)
        st.markdown(f"**{plain(progress.text)}**")
        st.progress(progress.share)
        elapsed = duration(max(0, time.time() - status.started), whole=True)
        st.caption(f"{elapsed} so far. You may leave this page or close the browser; the tuning goes on.")
        # A callback is carried out even if the click meets the fragment's own next run.
        st.button("Stop", icon=":material/stop_circle:", key="stop_tuning", on_click=_stop, args=(study,))
        trials = study.trials()
        if trials["accuracy"].notna().any():
            draw_trials(study, trials, None, live=True)

    follow()


def _stop(study: Study) -> None:
    tunings().cancel(study)


def _draw_done(study: Study) -> None:
    """Show what was chosen, and all trials."""
    trials, choice = study.trials(), study.choice()
    if choice:
        draw_choice(study, trials, choice)
    _draw_trials(study)


def _draw_trials(study: Study) -> None:
    trials = study.trials()
    if not trials["accuracy"].notna().any():
        return
    selected = draw_trials(study, trials, study.choice())
    if selected is None:
        st.caption("Select a row, or click a point, to train a run with its settings.")
    else:
        st.markdown(plain(trial_words(study, selected)))
        draw_train_this(study, selected, key="selected")


def _draw_unfinished(study: Study, status: Status) -> None:
    """Show how far a tuning came that was stopped or died, and the button that goes on with it."""
    ended, planned = len(study.ended()), len(study.settings())
    far = f"{count(ended)} of {counted(planned, 'trial')} have ended; they are kept."
    if status.phase == "cancelled":
        st.info(f"The tuning was stopped. {far}", icon=":material/stop_circle:")
    else:
        st.error(f"The tuning failed. {plain(status.message)} {far}", icon=":material/error:")
        with st.expander("The end of its log", expanded=status.message.startswith(DIED)):
            st.code(tunings().log_tail(study) or "It printed nothing.", language=None)
    if status.phase != DAMAGED and st.button(
        "Resume", type="primary", icon=":material/play_arrow:", key="resume_tuning"
    ):
        tunings().resume(study)
        st.rerun()
    _draw_trials(study)


def _draw_delete(study: Study) -> None:
    """Draw the button that deletes a tuning, once it was confirmed."""
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("The trials of this tuning will be gone. Pictures, features and runs stay.")
        sure = st.checkbox("Yes, I am sure", key=f"sure_{study.name}")
        if st.button("Delete for good", key=f"delete_tuning_{study.name}", disabled=not sure):
            shutil.rmtree(study.folder)
            st.rerun()
