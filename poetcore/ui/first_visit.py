"""The first visit to a page: one line and one picture of what it is for, until that is dismissed."""

import base64
import html
from pathlib import Path

import streamlit as st

from poetcore.ui.menu import page_named
from poetcore.ui.state import workspace
from poetcore.workspace.seen import dismiss, dismissed

__all__ = ["draw_first_visit"]

_PICTURES = Path(__file__).parent / "first_visits"


def draw_first_visit(page_name: str) -> None:
    """Draw what a page is for, unless that was dismissed in this workspace before.

    Args:
        page_name: of its file, as in the menu.
    """
    name = f"first visit: {page_name}"
    if name in dismissed(workspace()):
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.html(_picture_and_line(page_name))
        st.button(
            "Got it",
            key="dismiss_first_visit",
            icon=":material/check:",
            on_click=dismiss,
            args=(workspace(), name),
        )


def _picture_and_line(page_name: str) -> str:
    """Return the picture with the line beside it, which says the same: the picture has no text of its own."""
    content = base64.b64encode((_PICTURES / f"{page_name}.svg").read_bytes()).decode()
    return (
        '<div style="display: flex; align-items: center; gap: 1rem">'
        f'<img alt="" width="90" height="48" src="data:image/svg+xml;base64,{content}">'
        f"<span>{html.escape(page_named(page_name).what)}</span></div>"
    )
