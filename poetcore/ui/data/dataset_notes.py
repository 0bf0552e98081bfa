"""What lies in a dataset's folder and is not used: unreadable files, empty label folders, loose pictures."""

import streamlit as st

from poetcore.data.dataset import Dataset
from poetcore.ui.text import plain
from poetcore.workspace.datasets import dataset_notes

__all__ = ["draw_notes"]


def draw_notes(dataset: Dataset) -> None:
    """Show quietly what is not used, with a button that leads to the health check where that lists it."""
    notes = dataset_notes(dataset)
    if not notes:
        return
    with st.container(gap="xsmall"):
        for note in notes:
            st.caption(f":material/info: {plain(note)}")
    listed = len(dataset.refused) or dataset.empty or dataset.loose or dataset.hidden
    if listed and st.button(
        "See them under Health",
        icon=":material/health_and_safety:",
        key="notes_health",
        on_click=_to_health,
    ):
        st.switch_page("overview.py")


def _to_health() -> None:
    st.session_state["overview_section"] = "Health"
