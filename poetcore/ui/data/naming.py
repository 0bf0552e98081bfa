"""Photos that came without label folders: which label they have, and in which dataset they go."""

from pathlib import Path

import streamlit as st

from poetcore.data.layout import folders_in
from poetcore.errors import PoetError
from poetcore.ui.choice import chosen
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import counted, short_names
from poetcore.workspace.arrivals import Arrived, free_name
from poetcore.workspace.datasets import training_folders
from poetcore.workspace.uploads import Upload, label_upload

__all__ = ["draw_naming"]

_NEW = ""


def draw_naming(upload: Upload, place: str) -> Arrived | None:
    """Draw the question for the label of pictures that came in; return the dataset once it is answered.

    Args:
        upload: pictures without a label.
        place: tells this question from others on the screen.
    """
    offer = upload.offer
    number = sum(one is not None for one in offer.places) - len(upload.missing())
    with st.container(border=True):
        st.markdown(f":material/label: **Which label do these {counted(number, 'photo')} have?**")
        left, right = st.columns(2)
        with right:
            into = _pick_dataset(upload, place)
        labels = [folder.name for folder in folders_in(Path(into))] if into else []
        suggested = offer.only_folder.name if offer.only_folder else ""
        options = list(dict.fromkeys([*([suggested] if suggested else []), *labels]))
        label = left.selectbox(
            "Label",
            options,
            index=0 if suggested else None,
            key=f"name_{place}_{upload.id}_{into}",
            accept_new_options=True,
            placeholder="Choose or type one, such as daisy",
        )
        with st.container(horizontal=True):
            add = st.button(
                "Add them",
                type="primary",
                icon=":material/check:",
                key=f"name_add_{place}_{upload.id}",
                disabled=not label,
            )
            st.button("Discard", key=f"name_discard_{place}_{upload.id}", on_click=upload.discard)
    if add and label:
        try:
            folder = Path(into) if into else free_name(workspace().datasets / "photos")
            arrived = label_upload(upload, label, folder)
        except PoetError as error:
            explain(error)
            return None
        st.session_state["named_into"] = str(folder)
        return arrived
    return None


def _pick_dataset(upload: Upload, place: str) -> str:
    """Draw the choice of the dataset that they go to, one of the workspace or a new one."""
    own = [
        str(folder)
        for folder in training_folders(workspace())
        if folder.is_dir() and folder.is_relative_to(workspace().datasets)
    ]
    names = short_names(own) | {_NEW: "A new dataset"}
    before = st.session_state.get("named_into") or str(chosen().dataset or "")
    options = [_NEW, *own]
    return str(
        st.selectbox(
            "Into",
            options,
            index=options.index(before) if before in options else 0,
            key=f"name_into_{place}_{upload.id}",
            format_func=lambda path: names[path],
            help="Photos of the next label go into the same dataset.",
        )
    )
