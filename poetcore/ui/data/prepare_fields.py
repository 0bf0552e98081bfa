"""The prepare page's fields for folders: where the pictures are, and where the new set goes."""

from pathlib import Path

import streamlit as st

from poetcore.errors import OptionError
from poetcore.system.names import is_name, to_name
from poetcore.system.paths import to_path
from poetcore.ui.choice import chosen
from poetcore.ui.fields import dataset_path, explain_missing
from poetcore.ui.state import workspace
from poetcore.ui.text import plain, short_names
from poetcore.workspace.datasets import training_folders

__all__ = ["keep_source", "pick_folder", "pick_source"]


def pick_source() -> Path | None:
    """Draw the choice of the pictures to split; it follows the dataset until another is chosen here."""
    known = [str(path) for path in training_folders(workspace())]
    dataset = chosen().dataset
    if st.session_state.get("prepare_goes_with") != dataset:
        st.session_state["prepare_goes_with"] = dataset
        st.session_state["prepare_source"] = None
    meant = st.session_state.pop("next_prepare_source", None) or st.session_state.get("prepare_source")
    current, missing = meant or str(dataset or ""), None
    try:
        found = dataset_path(current) if current else None
    except OptionError:
        found = None
    if current and not found:
        missing, found = current, st.session_state.get("prepare_source_kept") or dataset
    if found and str(found) not in known:
        known.insert(0, str(found))
    st.session_state["prepare_source"] = str(found) if found else None
    names = short_names(known)
    value = st.selectbox(
        "Pictures to choose from",
        known,
        index=0 if known else None,
        key="prepare_source",
        format_func=lambda path: names.get(path, path),
        accept_new_options=True,
        placeholder="Type a folder's path",
        help="A folder with one folder of pictures per label, or a CSV file. It stays as it is.",
        persist_state="session",
    )
    if missing:
        explain_missing("Folder", missing)
    if not value:
        return None
    st.session_state["prepare_source_kept"] = Path(value)
    return Path(value)


def keep_source(dataset: Path) -> None:
    """Keep the source although this dataset is chosen next: it was made of it."""
    st.session_state["prepare_goes_with"] = dataset


def pick_folder(source: Path) -> Path | None:
    """Draw the field for the name or the path of the new set; None where it can be none."""
    stem = source.parent.name if source.name == "train" else source.stem
    name = st.text_input(
        "Name of the new set",
        value=f"{to_name(stem, default='pictures')}_set",
        max_chars=1000,
        key=f"prepare_name_{source}",
        help="A folder among the datasets of the workspace; or the path of a folder elsewhere.",
        persist_state="session",
    ).strip()
    if is_name(name):
        return workspace().datasets / name
    try:
        if (folder := to_path(name)).is_absolute():
            return folder
    except OptionError as error:
        st.warning(plain(error))
        return None
    st.warning(
        'Give the whole path of a folder, or a name that every system accepts: without < > : " / \\ | ? *,'
        " without a dot at either end, and not one that a system reserves."
    )
    return None
