"""A training on what was just collected: one button, one question, its progress; then the camera with it."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import streamlit as st

from poetcore.data.held_out import read_held_out
from poetcore.data.layout import demo_beside
from poetcore.data.trainable import why_not_trainable
from poetcore.errors import PoetError
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.litert import converted_file, model_file
from poetcore.system.wording import few
from poetcore.training.config import RunConfig
from poetcore.training.train import TrainingOptions
from poetcore.ui.components.jump import ask_to_jump, draw_jump
from poetcore.ui.freshness import files_now
from poetcore.ui.model.job_panel import draw_ended, draw_job, draw_working_banner
from poetcore.ui.scans import forget_scans, scanned
from poetcore.ui.state import explain, jobs, workspace
from poetcore.ui.text import plain
from poetcore.workspace.collecting import Collected
from poetcore.workspace.demo_sets import dataset_title, kept_aside, release, training_part
from poetcore.workspace.run import Run

__all__ = ["draw_collected_training", "draw_trained_here", "draw_training_from_here", "prepare_ahead"]

#: Anchor of the page's title: the training was watched far below it.
_TITLE = "live"

#: What is kept aside of each label: a fifth of its pictures, by whole holds; one hold at the least.
_SHARE = "20%"

#: With fewer groups of a label, a tenth of them is less than one.
_PLENTY = 10

#: So many holds a label are enough to spare one without being asked.
_ENOUGH = 3


@st.cache_resource(show_spinner=False)
def prepare_ahead() -> None:
    """Convert the default backbone while pictures are taken, where this workspace has none yet.

    That takes 20 seconds, which the first training would wait. What goes wrong the training tells.
    """

    def prepare() -> None:
        with suppress(PoetError, OSError):
            model_file(find(DEFAULT), place.models)

    place = workspace()
    if not converted_file(find(DEFAULT), place.models).exists():
        threading.Thread(target=prepare, name="prepare-backbone", daemon=True).start()


def draw_training_from_here() -> None:
    """Draw the training that was started here until it ends; then go to the camera with its run."""
    name = st.session_state.get("collect_run")
    if name is None:
        return
    run = Run(workspace().runs / name)
    status = jobs().status(run) if run.exists() else None
    if status and not status.final:
        draw_job(run)
        return
    del st.session_state["collect_run"]
    st.session_state.pop("train_view_next", None)
    if status and status.phase == "done":
        st.session_state.pop("ended_run", None)
        st.session_state["live_section_next"] = "Camera"
        st.session_state["collected_run"] = name
        ask_to_jump(_TITLE)
        st.rerun()
    draw_ended()


def draw_trained_here() -> None:
    """Show once, over the camera, what is known of the model that was trained here."""
    name = st.session_state.pop("collected_run", None)
    run = Run(workspace().runs / str(name))
    if name and run.exists():
        message = jobs().status(run).message
        st.success(f"{plain(run.title)} is ready. {plain(message)}", icon=":material/check_circle:")
        draw_jump(_TITLE)


def draw_collected_training(folder: Path, labels: Sequence[Collected]) -> None:
    """Draw on what the model is tested, and the button that trains.

    Args:
        folder: the dataset.
        labels: what is there of each label.
    """
    if "collect_run" in st.session_state:
        return
    filled = [one for one in labels if one.pictures]
    if len(filled) < 2:
        st.caption("Two labels with pictures are enough to train.")
        return
    test = _pick_test(folder, filled)
    running = jobs().running()
    if running:
        draw_working_banner()
    clicked = st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        key="collect_train",
        disabled=running is not None,
        help="Trains on these pictures with the default settings, then shows what the model makes of the"
        " camera. One training runs at a time.",
    )
    if clicked:
        _start(folder, filled, test)


def _pick_test(folder: Path, labels: Sequence[Collected]) -> bool:
    """Draw whether holds are kept aside to test on, and what is known of the accuracy otherwise."""
    if beside := demo_beside(folder):
        st.caption(f"Tested on {plain(dataset_title(beside))}, which the model does not see in training.")
        return False
    camera = [one for one in labels if one.holds]
    single = [one.label for one in camera if one.pictures == sum(len(own) for _, own in one.holds)]
    single = [one.label for one in camera if one.label in single and len(one.holds) == 1]
    possible = len(single) < len(labels)
    kept = kept_aside(folder, workspace()) is not None
    enough = all(len(one.holds) >= _ENOUGH for one in labels)
    test = st.toggle(
        "Keep some holds of each label aside to test the model on",
        value=possible and (kept or enough),
        key=f"collect_test_{folder}_{possible}_{kept or enough}",
        disabled=not possible,
        help="A fifth of each label's pictures, by whole holds, one hold at the least: no training of this"
        " dataset uses them, so the accuracy is of pictures unlike those that it saw. Files stay where they"
        " are.",
    )
    if single:
        one = len(single) == 1
        st.caption(
            f":material/info: {plain(few(single))} {'has' if one else 'have'} one hold"
            f"{'' if one else ' each'}, which is trained on, so how well {'it is' if one else 'they are'}"
            " recognised cannot be told: hold the button down once more, in another place."
        )
    elif not test:
        st.caption(
            "All holds are trained on; the accuracy is estimated by cross validation, each hold by a layer"
            " that was trained without it."
        )
    return test


def _start(folder: Path, labels: Sequence[Collected], test: bool) -> None:
    """Start a training with the default settings; below the button stands why, where that is impossible."""
    forget_scans()
    try:
        dataset = files_now(folder) or scanned(folder)
        if reason := why_not_trainable(dataset):
            st.warning(plain(reason), icon=":material/block:")
            return
        _keep(folder, test)
        config = RunConfig(
            folder,
            training=_options(labels),
            demo_dir=demo_beside(folder),
            keep_aside=_SHARE if test else "",
            evaluate_after=True,
        )
        run = jobs().start_training(config)
    except PoetError as error:
        explain(error)
        return
    st.session_state["collect_run"] = run.name
    st.rerun()


def _options(labels: Sequence[Collected]) -> TrainingOptions:
    """Return the default options; of few holds none is spent on validation and the final test.

    A tenth of them would be a whole hold of some label, and tell of no other. What is kept aside, and the
    cross validation, tell how good the model is.
    """
    groups = [one.pictures - sum(len(own) - 1 for _, own in one.holds) for one in labels]
    if min(groups) >= _PLENTY:
        return TrainingOptions()
    return TrainingOptions(validation_percentage=0, testing_percentage=0)


def _keep(folder: Path, test: bool) -> None:
    """Release what is kept aside where nothing is to be, or where it lacks a label that has come since."""
    place = kept_aside(folder, workspace())
    if place is None:
        return
    dataset = files_now(folder) or scanned(folder)
    there = set(dataset.among(read_held_out(place).contents).pictures["label"])
    left = training_part(dataset, workspace()).pictures
    if not test or there < set(left["label"]):
        release(folder, workspace())
