"""The section Camera: what a run makes of what the camera sees, while it sees it."""

import streamlit as st

__all__ = ["draw_camera"]


def draw_camera() -> None:
    """Draw the section."""
    st.info("The camera comes here.")
