"""The section Video: what a run makes of a video, frame by frame."""

import streamlit as st

__all__ = ["draw_video"]


def draw_video() -> None:
    """Draw the section."""
    st.info("Videos come here.")
