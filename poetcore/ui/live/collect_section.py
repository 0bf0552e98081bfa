"""The section Collect: pictures of labels from the camera, and a training on them, on one page."""

from pathlib import Path

import streamlit as st

from poetcore.errors import OptionError, PoetError
from poetcore.ui.choice import chosen
from poetcore.ui.components.collect import collect_area
from poetcore.ui.live.collect_training import (
    draw_collected_training,
    draw_training_from_here,
    prepare_ahead,
)
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import choose, explain, workspace
from poetcore.workspace.collecting import collectable, collected, dataset_at, place_of

__all__ = ["draw_collect"]

#: What a new dataset is called unless something else is typed.
_NEW = "collected"


def draw_collect() -> None:
    """Draw the section: a dataset, the camera with a button for each label, and the training."""
    try:
        folder = _pick_dataset()
    except OptionError as error:
        explain(error)
        return
    _draw_taking(folder)


def _pick_dataset() -> Path:
    """Draw the choice of the dataset, in which a new one may be typed, and return its folder.

    Raises:
        OptionError: what was typed cannot be a folder's name.
    """
    place = workspace()
    folders = collectable(place)
    there = [place_of(place, folder) for folder in folders]
    known = there if _NEW in there else [_NEW, *there]
    if "collect_dataset" not in st.session_state:
        st.session_state["collect_dataset"] = _usual(folders)
    if st.session_state["collect_dataset"] not in known:
        known.insert(0, st.session_state["collect_dataset"])
    picked = st.selectbox(
        "Dataset that takes the pictures",
        known,
        key="collect_dataset",
        accept_new_options=True,
        help="One of the workspace, or a new one: type its name.",
        width=320,
        persist_state="session",
    )
    return dataset_at(place, " ".join(str(picked).split()))


def _usual(folders: list[Path]) -> str:
    """Return the dataset to begin with: the chosen one if the camera took pictures for it, else a new one."""
    dataset = chosen().dataset
    if dataset in folders and any(one.holds for one in collected(dataset)):
        return place_of(workspace(), dataset)
    return _NEW


@st.fragment
def _draw_taking(folder: Path) -> None:
    """Draw the camera and what there is to train on; a change draws this part anew, and not the page."""
    st.caption(
        "Hold a label's button down, or the space bar on it, and move what the camera sees; hold again in"
        " another place, light or hand. What is taken in one go is trained on or tested on, never both."
    )
    if collect_area(place_of(workspace(), folder), key="collect"):
        prepare_ahead()
        forget_scans()
        if chosen().dataset != folder and folder.is_dir():
            choose(dataset=str(folder))
            st.rerun()  # the whole page, so that the choice in the sidebar is this one
    try:
        draw_training_from_here()
        draw_collected_training(folder, collected(folder))
    except PoetError as error:
        explain(error)
