"""A training in progress: time left, live curves, a button that stops it, and how it ended."""

import time

import streamlit as st

from poetcore.errors import RunError
from poetcore.system.figures import count, duration
from poetcore.system.progress import Progress
from poetcore.ui.choice import chosen
from poetcore.ui.freshness import trained_on
from poetcore.ui.model.curves import draw_live_curves
from poetcore.ui.model.preview import draw_preview
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import choose, jobs
from poetcore.ui.text import plain
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import DIED, PHASES, Status

__all__ = ["draw_ended", "draw_failure", "draw_job", "draw_working_banner"]


def draw_job(run: Run) -> None:
    """Show a running job until it ends, then rerun the page once with its run chosen."""

    @st.fragment(run_every="1s")
    def follow() -> None:
        try:
            status = jobs().status(run)
            if status.final:
                forget_scans()
                if run.state() == "done":
                    choose(run=run.name, dataset=run.record().image_dir)
                else:
                    st.session_state["train_view_next"] = "New training"  # where to mend it, or to go on
                st.session_state["ended_run"] = run.name
                st.rerun()
            _draw_progress(run, status)
            steps = status.total if status.phase == "training" else 0
            draw_preview(run, folded=draw_live_curves(run, steps))
        except RunError:
            st.rerun()  # its folder is gone
        # A callback is carried out even if the click meets the fragment's own next run.
        label, act = "Stop", _cancel
        if status.phase == "fine_tuning" and not run.stop_file.exists():
            label, act = "Stop, keep the best so far", _finish
        elif run.cancel_file.exists():  # its process is another machine's, or a notebook
            st.caption("It was asked to end, and does so as soon as it can.")
        elif run.stop_file.exists():
            st.caption("Ending with the best so far, then testing it.")
            label = "Cancel"
        st.button(label, icon=":material/stop_circle:", key="stop_job", on_click=act, args=(run,))

    follow()


def draw_working_banner() -> None:
    """Show in one quiet line that something is being trained, with the way to it; rerun the page at its end.

    For the pages that do not show the training themselves. Nothing is drawn while nothing is trained.
    """
    running = jobs().running()
    if running is None:
        return

    @st.fragment(run_every="2s")
    def follow(run: Run) -> None:
        status = jobs().status(run)
        if status.final:
            forget_scans()
            choice = chosen()
            waited = status.phase == "done" and choice.run is None
            if waited and choice.dataset and trained_on(run, choice.dataset):
                choose(run=run.name)
            st.rerun()
        progress = Progress(status.phase, status.done, status.total, status.message)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f":material/model_training: {plain(run.title)} is being trained. {plain(progress.text)}",
                width="content",
            )
            st.page_link(
                "train.py",
                label="Follow it",
                icon=":material/arrow_forward:",
                query_params={"view": "This run"},
            )

    follow(running)


def _cancel(run: Run) -> None:
    jobs().cancel(run)


def _finish(run: Run) -> None:
    jobs().finish(run)


def _draw_progress(run: Run, status: Status) -> None:
    """Draw two bars: one for the pictures, one for the steps."""
    place = PHASES.index(status.phase)
    extracting, training = PHASES.index("bottlenecks"), PHASES.index("training")
    progress = Progress(status.phase, status.done, status.total, status.message)
    # Fine-tuning tells the time left itself.
    pace = _pace(status, f"pace_{run.name}") if status.total and status.phase != "fine_tuning" else ""
    st.markdown(f"**{plain(progress.text)}{pace}**")
    share = progress.share
    pictures = (
        1.0 if place > extracting else share if place == extracting or status.phase == "drawing" else 0.0
    )
    steps = 1.0 if place > training else share if place == training else 0.0
    st.progress(pictures, "Drawing" if status.phase == "drawing" else "Pictures")
    st.progress(steps, "Steps")
    if status.phase in ("feature_maps", "fine_tuning"):
        st.progress(share if status.phase == "fine_tuning" else 0.0, "Fine-tuning")
    elapsed = duration(max(0, time.time() - status.started), whole=True)
    where = f" on {plain(status.elsewhere)}" if status.elsewhere else ""
    st.caption(
        f"{elapsed} so far{where}. You may leave this page or close the browser; the training goes on."
    )


def _pace(status: Status, key: str) -> str:
    """Return items a second and the time left, measured since this phase was first seen.

    Nothing for ten seconds or until a hundredth is done: the first items wait for what is loaded.
    """
    now = time.time()
    phase, since, first = st.session_state.get(key, ("", now, 0))
    if phase != status.phase:
        phase, since, first = status.phase, status.heartbeat, status.done
        st.session_state[key] = (phase, since, first)
    done, took = status.done - first, status.heartbeat - since
    if done <= 0 or took <= 0 or (took < 10 and done < status.total / 100):
        return ""
    rate = done / took
    left = duration(max(0, status.total - status.done) / rate, whole=True)
    speed = f", {count(round(rate))} a second" if rate >= 1 else ""
    return f"{speed}, about {left} left"


def draw_ended() -> None:
    """Show once how the job ended that the page followed."""
    name = st.session_state.pop("ended_run", None)
    run = next((run for run in jobs().workspace.all_runs() if run.name == name), None)
    if run is None:
        return
    status = jobs().status(run)
    if status.phase == "done":
        # Its figures stand on the page; why there is none is in the message only.
        more = "" if run.evaluations() else f" {plain(status.message)}"
        st.success(f"{plain(run.title)} is ready.{more}", icon=":material/check_circle:")
    elif status.phase == "cancelled":
        st.info(
            f"{plain(run.title)} was stopped. The features that were extracted are kept, so the next training"
            " resumes there.",
            icon=":material/stop_circle:",
        )
    else:
        draw_failure(run, status)


def draw_failure(run: Run, status: Status) -> None:
    """Show why a run failed and what to do; its log only where it died without saying why."""
    st.error(f"{plain(run.title)} failed. {plain(status.message)}", icon=":material/error:")
    words = jobs().log_tail(run) or "It printed nothing."
    with st.expander("The end of its log", expanded=status.message.startswith(DIED)):
        st.code(words, language=None)
        st.caption(f"The log is {plain(run.log_file)}.")
    st.caption("Fix the problem and start again: nothing that was computed is lost.")
